"""`wellhead plugin new`: what it says, and what it refuses, with field, value and remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.app import CORE_BLUEPRINTS
from wellhead.errors import WellheadError
from wellhead.plugins.info import NAME
from wellhead.scaffold.names import LONGEST, check_name, check_title

from .helpers import new


def refusal(*arguments: str) -> WellheadError:
    with pytest.raises(WellheadError) as refused:
        new(*arguments)
    assert refused.value.remedy
    return refused.value


def test_it_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    lines = new("gas_lab").splitlines()

    files = [path for path in (tmp_path / "wellhead-gas-lab").rglob("*") if path.is_file()]
    assert lines == [
        f"Wrote {len(files)} files into wellhead-gas-lab. Next:",
        "",
        "  cd wellhead-gas-lab",
        "  pip install -e '.[dev]'",
        "  pytest",
        "  wellhead plugin check .",
    ]


def test_the_title_is_what_people_read(tmp_path: Path) -> None:
    new("gas_lab", "--title", "Gas laboratory", "--path", str(tmp_path))

    assert "Gas laboratory for Wellhead" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_an_empty_repository_may_be_there_already(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()

    new("gas_lab", "--path", str(tmp_path))

    assert (tmp_path / "pyproject.toml").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    refused = refusal("gas_lab", "--path", str(tmp_path))

    assert (refused.field, refused.value) == ("--path", str(tmp_path))
    assert "notes.txt" in refused.message
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        assert refusal("gas_lab", "--path", str(path)).field == "--path"


def test_a_plugin_is_begun_as_one_thing() -> None:
    assert refusal("gas_lab", "--driver", "--module").field == "--driver"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Gas-Lab", "a letter first: gas_lab"),
        ("gas__lab", "a letter first: gas_lab"),
        ("7gas", "a letter first"),
        ("", "lower-case words"),
        ("g" * (LONGEST + 1), "longer than 24"),
        ("async", "async_data"),
        ("wells", "an installed plugin (of wellhead)"),
        ("platform", "core"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, words: str, tmp_path: Path) -> None:
    refused = refusal(name, "--path", str(tmp_path / "new"))

    assert (refused.field, refused.value) == ("NAME", name)
    assert words in str(refused)
    assert not (tmp_path / "new").exists()


@given(st.text() | st.from_regex(NAME))
def test_a_name_is_taken_as_it_is_or_refused_with_a_remedy(text: str) -> None:
    refused = None
    try:
        assert check_name(text) == text
    except WellheadError as error:
        refused = error

    if refused is None:
        assert NAME.fullmatch(text)
        assert len(text) <= LONGEST
    else:
        assert (refused.field, refused.value) == ("NAME", text)
        assert refused.remedy


def test_names_of_the_cores_own_routes_are_taken() -> None:
    for blueprint in CORE_BLUEPRINTS:
        with pytest.raises(WellheadError, match="Wellhead's core"):
            check_name(blueprint.name)


@pytest.mark.parametrize("title", ["", " a", 'say "a"', "a\\b", "a\nb", "a\0b", "a" * 41])
def test_a_title_that_cannot_stand_in_code_is_refused(title: str) -> None:
    with pytest.raises(WellheadError) as refused:
        check_title(title)

    assert (refused.value.field, refused.value.value) == ("--title", title)
