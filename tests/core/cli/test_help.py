"""Every command and option of the command line says what it is for, and looking changes nothing."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from wellhead.cli.main import Context, cli, main
from wellhead.errors import ConfigError, DatabaseError
from wellhead.run_state import SUPERVISED_VARIABLE
from wellhead.testing import free_port
from wellhead.testing.running import data_folder

ROOT = Path(__file__).parents[3]


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """(path, command) of a command and all below it, those of plugins too."""
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, name
            inner = click.Context(below, parent=context, info_name=name, obj=context.obj)
            yield from commands(below, inner)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory, with a path that is short enough for a data directory below."""
    with data_folder() as folder:
        monkeypatch.chdir(folder)
        yield folder


@pytest.mark.usefixtures("elsewhere")
def test_every_command_and_option_has_help() -> None:
    root = click.Context(cli, info_name="wellhead", obj=Context(None))
    found = dict(commands(cli, root))

    assert {"wellhead run", "wellhead plugin check", "wellhead simulator fault"} <= set(found)
    silent = [path for path, command in found.items() if not command.help]
    for path, command in found.items():
        silent += [
            f"{path} {option.opts[0]}"
            for option in command.params
            if isinstance(option, click.Option) and not option.hidden and not option.help
        ]
    assert silent == []


@pytest.mark.usefixtures("elsewhere")
def test_the_commands_in_the_documentation_exist() -> None:
    """All of them, also those that no test can run (they serve until stopped, say)."""
    root = click.Context(cli, info_name="wellhead", obj=Context(None))
    lines = [
        line.strip()
        for page in (ROOT.glob("docs/**/*.md"), ROOT.glob("*.md"), ROOT.glob("plugins/*/*/*.md"))
        for path in page
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("wellhead ")
    ]
    assert len(lines) > 20
    for line in lines:
        command: click.Command = cli
        context = root
        words = shlex.split(line, comments=True)[1:]
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            below = command.get_command(context, words[0])
            if below is None:
                break
            context = click.Context(below, parent=context, info_name=words[0], obj=root.obj)
            command, words = below, words[1:]
        assert command is not cli, line
        known = {name for option in command.params for name in option.opts}
        given = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert given <= known, line


@pytest.mark.usefixtures("elsewhere")
def test_the_configuration_may_be_named_after_any_command_of_the_core() -> None:
    root = click.Context(cli, info_name="wellhead", obj=Context(None))
    without = [
        path
        for path, command in commands(cli, root)
        if command.callback is not None
        and command.callback.__module__.startswith("wellhead.")
        and "--config" not in [name for option in command.params for name in option.opts]
    ]
    assert without == ["wellhead plugin", "wellhead plugin new"], "they read none"

    result = CliRunner().invoke(cli, ["tenant", "list", "--config", "nowhere.toml"])

    assert isinstance(result.exception, ConfigError)
    assert result.exception.value == "nowhere.toml"


def test_looking_leaves_nothing_behind(elsewhere: Path) -> None:
    result = CliRunner().invoke(cli, ["plugins"])

    assert (result.exit_code, "wells" in result.output) == (0, True)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["user", "list"], ["db", "status"], ["plugin", "purge", "x"]]
)
def test_a_command_in_the_wrong_place_makes_no_database_there(
    elsewhere: Path, arguments: list[str]
) -> None:
    """Whoever forgets --config at night should not wonder where the users are."""
    result = CliRunner().invoke(cli, arguments)
    assert isinstance(result.exception, DatabaseError)
    assert result.exception.message == "there is no database in the data directory"
    assert "--config" in str(result.exception.remedy)
    assert not (elsewhere / "wellhead-data" / "postgres").exists()


@pytest.mark.parametrize("arguments", [["user", "list"], ["jobs"], ["uplink", "status"]])
def test_a_database_that_is_away_is_one_line(
    elsewhere: Path,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"postgresql://nobody:secret@127.0.0.1:{free_port()}/none"
    (elsewhere / "wellhead.toml").write_text(f'[database]\nurl = "{url}"\nadmin_url = "{url}"\n')
    monkeypatch.setattr("sys.argv", ["wellhead", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    [line] = [line for line in capsys.readouterr().err.splitlines() if "Error" in line]
    assert line.startswith("Error: the database cannot be used: connection failed")
    assert line.endswith("`wellhead doctor` looks closer")


def test_a_process_of_a_run_says_who_it_is_when_it_cannot_go_on(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines are among those of seven others."""
    (elsewhere / "wellhead.toml").write_text("nonsense")
    monkeypatch.setattr("wellhead.supervisor.child.end_with_parent", lambda: None)
    monkeypatch.setenv(SUPERVISED_VARIABLE, "1")
    monkeypatch.setattr("sys.argv", ["wellhead", "scheduler"])
    with capture_logs() as lines, pytest.raises(SystemExit):
        main()
    [line] = lines
    assert (line["event"], line["log_level"]) == ("cannot go on", "error")
    assert "not valid TOML" in line["reason"]


def test_why_a_plugin_is_off_is_shown_to_the_letter(elsewhere: Path) -> None:
    (elsewhere / "wellhead.toml").write_text("[plugins.console]\nenabled = false\n")
    result = CliRunner().invoke(cli, ["plugins"])
    assert "switched off by [plugins.console] enabled = false" in result.output
