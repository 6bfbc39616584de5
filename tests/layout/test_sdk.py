"""The SDK: every name is documented, docs/sdk.md is up to date, and what goes warns first."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import wellhead
from wellhead import sdk
from wellhead.cli.main import cli
from wellhead.plugins.info import PluginInfo
from wellhead.sdk import deprecated, reference


def test_every_name_has_a_docstring_and_a_signature() -> None:
    silent = [entry.name for entry in reference.entries() if not (entry.text and entry.signature)]

    assert silent == [], "give these a docstring; a constant has it on the line below"


def test_names_are_listed_in_order_and_exist() -> None:
    assert len(set(sdk.__all__)) == len(sdk.__all__)
    assert [name for name in sdk.__all__ if not hasattr(sdk, name)] == []
    assert {entry.name for entry in reference.entries()} == set(sdk.__all__)


def test_the_reference_is_up_to_date(root: Path) -> None:
    written = (root / "docs" / "sdk.md").read_text(encoding="utf-8")

    assert written == reference.page(), "run `make docs`"


def test_the_reference_needs_no_checkout() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "wellhead.sdk.reference"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert shown.stdout == reference.page()


def test_the_version_is_the_contracts_own() -> None:
    assert sdk.API_VERSION.count(".") == 1
    assert f"**{sdk.API_VERSION}**" in reference.page()
    shown = CliRunner().invoke(cli, ["--version"]).output
    assert shown == f"wellhead {wellhead.__version__}, plugin API {sdk.API_VERSION}\n"


@pytest.fixture
def going(monkeypatch: pytest.MonkeyPatch) -> None:
    """`sdk.PluginDescription`, as PluginInfo might once have been called."""
    old = deprecated.Deprecated("1.1", "2.0", "sdk.PluginInfo", "wellhead.plugins.info:PluginInfo")
    monkeypatch.setitem(deprecated.DEPRECATED, "PluginDescription", old)


@pytest.mark.usefixtures("going")
@pytest.mark.parametrize(
    "source",
    [
        "from wellhead import sdk\nfound = sdk.PluginDescription\n",
        "\nfrom wellhead.sdk import PluginDescription as found\n",
    ],
    ids=["attribute", "import"],
)
def test_a_deprecated_name_works_and_warns_where_it_is_used(tmp_path: Path, source: str) -> None:
    path = tmp_path / "plugin.py"
    space: dict[str, object] = {}

    with pytest.warns(DeprecationWarning, match="since plugin API 1.1") as warned:
        exec(compile(source, str(path), "exec"), space)

    assert space["found"] is PluginInfo
    assert {(warning.filename, warning.lineno) for warning in warned} == {(str(path), 2)}
    assert "goes with 2.0; use sdk.PluginInfo" in str(warned[0].message)


@pytest.mark.usefixtures("going")
def test_the_reference_lists_what_is_deprecated() -> None:
    assert "| `PluginDescription` | 1.1 | 2.0 | sdk.PluginInfo |" in reference.page()


def test_what_is_deprecated_still_exists() -> None:
    for name in deprecated.DEPRECATED:
        assert name not in sdk.__all__
        with pytest.warns(DeprecationWarning, match=f"sdk.{name} is deprecated"):
            getattr(sdk, name)


def test_a_name_that_never_was_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'PluginInof'"):
        _ = sdk.PluginInof  # type: ignore[attr-defined]
    assert not hasattr(sdk, "PluginInof")
