"""From entry points to statuses: every way in which one plugin can fail to load."""

import sys

import pytest

from wellhead.errors import ConfigError
from wellhead.plugins.info import API_VERSION, PluginInfo, Status
from wellhead.settings import Settings
from wellhead.testing.plugins import PluginWorkshop


def test_a_good_plugin_is_enabled_and_says_where_it_comes_from(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", distribution="acme-pumps")

    record = workshop.load().records["pumps"]

    assert record.status is Status.ENABLED
    assert record.reason == ""
    assert record.distribution == "acme-pumps"
    assert record.version == "1.0"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("raise ValueError('no such valve')", "import failed: ValueError: no such valve"),
        ("import nowhere_at_all", "import failed: ModuleNotFoundError: No module named"),
        ("raise SystemExit(3)", "import failed: SystemExit: 3"),
        ("def (", "import failed: SyntaxError"),
    ],
)
def test_a_failing_import_switches_off_that_plugin_only(
    workshop: PluginWorkshop, head: str, reason: str
) -> None:
    workshop.plugin("broken", head=head)
    workshop.plugin("good")

    records = workshop.load().records

    assert records["broken"].status is Status.LOAD_ERROR
    assert reason in records["broken"].reason
    assert records["broken"].version == "-"
    assert records["good"].status is Status.ENABLED


def test_a_module_without_info_is_named(workshop: PluginWorkshop) -> None:
    module = workshop.plugin("pumps", info="info = 'pumps'")

    record = workshop.load().records["pumps"]

    assert record.status is Status.LOAD_ERROR
    assert record.reason == f"{module} is no module with `info = PluginInfo(…)`"


def test_the_name_must_be_the_entry_points(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", entry_point="valves")

    record = workshop.load().records["valves"]

    assert record.status is Status.LOAD_ERROR
    assert record.reason == (
        "calls itself 'pumps' but its entry point is 'valves'; make them equal"
    )


@pytest.mark.parametrize("api", ["2.0", "0.9", "1.999"])
def test_another_plugin_api_is_refused(workshop: PluginWorkshop, api: str) -> None:
    workshop.plugin("pumps", info=f"api='{api}'")

    record = workshop.load().records["pumps"]

    assert record.status is Status.LOAD_ERROR
    assert record.reason == (
        f"was written for plugin API {api}, this Wellhead has {API_VERSION}; "
        f"install a version of the plugin for API {API_VERSION}"
    )


@pytest.mark.parametrize("api", ["1", "", "one.two", "1.0.0"])
def test_a_plugin_api_that_cannot_be_read_is_refused(workshop: PluginWorkshop, api: str) -> None:
    workshop.plugin("pumps", info=f"api='{api}'")

    record = workshop.load().records["pumps"]

    assert record.status is Status.LOAD_ERROR
    assert record.reason == f'info.api must be "major.minor", not {api!r}'


def test_a_missing_extra_comes_with_the_pip_command(workshop: PluginWorkshop) -> None:
    workshop.plugin(
        "acme",
        info="modules=('json', 'nowhere.at.all', 'nowhere_else'), extra='acme'",
        distribution="wellhead-acme",
    )

    record = workshop.load().records["acme"]

    assert record.status is Status.UNAVAILABLE
    assert record.reason == (
        "needs nowhere.at.all, nowhere_else: pip install 'wellhead-acme[acme]'"
    )


def test_a_missing_module_without_an_extra_is_installed_by_its_own_name(
    workshop: PluginWorkshop,
) -> None:
    workshop.plugin("acme", info="modules=('nowhere',)")

    assert workshop.load().records["acme"].reason == "needs nowhere: pip install nowhere"


def test_a_disabled_plugin_is_not_imported(workshop: PluginWorkshop) -> None:
    module = workshop.plugin("pumps", head="raise SystemExit('never imported')")

    record = workshop.load(Settings(plugins={"pumps": {"enabled": False}})).records["pumps"]

    assert record.status is Status.DISABLED
    assert record.reason == "switched off by [plugins.pumps] enabled = false"
    assert record.module is None
    assert module not in sys.modules


def test_two_distributions_with_one_plugin_name_are_both_named(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", distribution="acme-pumps")
    workshop.plugin("pumps", distribution="other-pumps")

    manager = workshop.load()

    assert manager.enabled() == []
    record = manager.records["pumps"]
    assert record.status is Status.LOAD_ERROR
    assert "acme-pumps" in record.reason
    assert "other-pumps" in record.reason
    assert record.reason.endswith("uninstall one of them")


def test_a_name_that_is_there_twice_can_be_switched_off(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", distribution="acme-pumps")
    workshop.plugin("pumps", distribution="other-pumps")

    manager = workshop.load(Settings(plugins={"pumps": {"enabled": False}}))

    assert manager.records["pumps"].status is Status.DISABLED


def test_a_section_for_a_plugin_that_is_not_installed_stops_the_start(
    workshop: PluginWorkshop,
) -> None:
    module = workshop.plugin("pumps")

    with pytest.raises(ConfigError) as caught:
        workshop.load(Settings(plugins={"pump": {}}))

    assert caught.value.field == "[plugins.pump]"
    assert 'Did you mean "pumps"?' in str(caught.value)
    assert module not in sys.modules, "nothing is imported before the sections are right"


@pytest.mark.parametrize("name", ["Pumps", "1pump", "pumps_", "pump__station", "pump-station", ""])
def test_a_name_must_be_able_to_begin_a_table_name(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case words"):
        PluginInfo(name=name, version="1", api="1.0")


@pytest.mark.parametrize("key", ["requires", "after", "modules"])
def test_a_text_where_names_belong_is_refused(workshop: PluginWorkshop, key: str) -> None:
    workshop.plugin("pumps", info=f"{key}='historian'")

    record = workshop.load().records["pumps"]

    assert record.status is Status.LOAD_ERROR
    assert f"PluginInfo.{key} must be a tuple of names" in record.reason


def test_without_entry_points_given_the_installed_plugins_are_found() -> None:
    from wellhead.plugins.loader import load_plugins

    assert {"historian", "scada", "wells"} <= set(load_plugins(Settings()).records)
