"""The configuration in force, apart from the file that people edit."""

from pathlib import Path

import pytest

from wellhead.errors import ConfigError
from wellhead.run_state import Reload, Role, RunState, forget_state, read_state, write_state
from wellhead.supervisor.accepted import Accepted


def test_an_edit_is_in_force_when_it_is_accepted_and_not_before(tmp_path: Path) -> None:
    source = tmp_path / "wellhead.toml"
    source.write_text("first")
    accepted = Accepted(tmp_path, source)
    accepted.take()
    accepted.accept()
    source.write_text("second")
    accepted.take()
    accepted.refuse()
    assert accepted.path.read_text() == "first"
    accepted.take()
    source.write_text("third")
    accepted.accept()
    assert accepted.path.read_text() == "second", "what was checked"
    assert accepted.path.stat().st_mode & 0o777 == 0o600, "it may hold passwords"
    assert not accepted.candidate.exists()


def test_what_is_in_force_already_needs_no_room_on_the_disk(tmp_path: Path) -> None:
    source = tmp_path / "wellhead.toml"
    source.write_text("first")
    data = tmp_path / "data"
    data.mkdir()
    accepted = Accepted(data, source)
    accepted.start()
    assert accepted.path.read_text() == "first"
    accepted.candidate.mkdir()  # as on a full disk, nothing can be written there
    accepted.start()
    source.write_text("second")
    with pytest.raises(ConfigError, match=r"data_dir: .* cannot be copied .*candidate\.toml"):
        accepted.start()
    assert accepted.path.read_text() == "first"


def test_without_a_file_the_defaults_are_in_force_and_a_named_one_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    accepted = Accepted(tmp_path, None)
    accepted.take()
    assert accepted.candidate.read_text() == ""
    (tmp_path / "wellhead.toml").write_text("# made later")
    accepted.take()
    assert accepted.candidate.read_text() == "# made later"
    with pytest.raises(ConfigError, match=r"gone\.toml"):
        Accepted(tmp_path, tmp_path / "gone.toml").take()


def test_the_state_is_read_as_it_was_written_and_nonsense_is_nothing(tmp_path: Path) -> None:
    roles = (Role("web", 7, 1.5), Role("gateway", None, 2.5, 3, -9, 4.5))
    state = RunState(5, True, roles, {"acme": "why"}, 2, Reload(1, ("web: renewed",)))
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    write_state(tmp_path, RunState(5))
    assert read_state(tmp_path) == RunState(5)
    for text in ("", "[]", "{}", '{"pid": 1, "roles": [7], "reload": null}'):
        (tmp_path / "run.json").write_text(text)
        assert read_state(tmp_path) is None
    forget_state(tmp_path)
    assert read_state(tmp_path) is None
