"""`wellhead status`: what somebody at night is told of what runs."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from wellhead.cli.main import cli
from wellhead.run_state import Role, RunState, write_state
from wellhead.supervisor.lock import only_one

UP = Role("web", 7, 1.0)


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        (RunState(5, ready=True, roles=(UP,)), 0, "supervisor 5: ready"),
        (RunState(5, roles=(UP,), away="it does not answer"), 0, "spools: it does not answer"),
        (RunState(5, roles=(Role("web", None, 1.0),)), 1, "supervisor 5: starting"),
        (RunState(5, ready=True, roles=(UP,), off={"scada": "bad"}), 1, "plugin scada is off: bad"),
    ],
)
def test_it_says_how_it_is(tmp_path: Path, state: RunState, code: int, said: str) -> None:
    config = tmp_path / "wellhead.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')
    write_state(tmp_path, state)
    with only_one(tmp_path):
        done = CliRunner().invoke(cli, ["--config", str(config), "status"])
    assert done.exit_code == code, done.output
    assert said in done.output


def test_nothing_runs(tmp_path: Path) -> None:
    config = tmp_path / "wellhead.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')
    done = CliRunner().invoke(cli, ["--config", str(config), "status"])
    assert done.exit_code == 1
    assert "no `wellhead run` is up in this data directory" in str(done.exception)
