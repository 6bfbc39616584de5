"""Plugins come after those they need, and go with them."""

import pytest

from wellhead.plugins.info import Status
from wellhead.plugins.manager import PluginManager
from wellhead.settings import Settings
from wellhead.testing.plugins import PluginWorkshop


def names(manager: PluginManager) -> list[str]:
    return [record.name for record in manager.enabled()]


def test_dependencies_come_first_whatever_their_names(workshop: PluginWorkshop) -> None:
    workshop.plugin("a_top", info="requires=('m_middle',)")
    workshop.plugin("m_middle", info="requires=('z_base',)")
    workshop.plugin("z_base")
    workshop.plugin("b_late", info="after=('m_middle',)")

    order = names(workshop.load())

    assert set(order) == {"a_top", "b_late", "m_middle", "z_base"}
    assert order.index("z_base") < order.index("m_middle") < order.index("a_top")
    assert order.index("m_middle") < order.index("b_late")


def test_the_order_is_the_same_at_every_start(workshop: PluginWorkshop) -> None:
    for name in ("e", "d", "c", "b", "a"):
        workshop.plugin(name)
    workshop.plugin("top", info="requires=('a', 'b', 'c', 'd', 'e')")

    assert names(workshop.load()) == ["a", "b", "c", "d", "e", "top"]


def test_hooks_are_called_dependencies_first(workshop: PluginWorkshop) -> None:
    hook = "@hookimpl\ndef migrations():\n    return info.name\n"
    workshop.plugin("a_top", hook, info="requires=('z_base',)")
    workshop.plugin("z_base", hook)

    assert workshop.load().collect("migrations") == [("z_base", "z_base"), ("a_top", "a_top")]


def test_a_dependency_that_is_not_installed(workshop: PluginWorkshop) -> None:
    workshop.plugin("top", info="requires=('base',)")

    record = workshop.load().records["top"]

    assert record.status is Status.DEPENDENCY_ERROR
    assert record.reason == "requires base, which is not installed; install its package"


def test_a_dependency_that_is_switched_off(workshop: PluginWorkshop) -> None:
    workshop.plugin("base")
    workshop.plugin("middle", info="requires=('base',)")
    workshop.plugin("top", info="requires=('middle',)")
    workshop.plugin("other")

    manager = workshop.load(Settings(plugins={"base": {"enabled": False}}))

    assert manager.records["middle"].status is Status.DEPENDENCY_ERROR
    assert manager.records["middle"].reason == (
        "requires base, which is disabled; set [plugins.base] enabled = true"
    )
    assert manager.records["top"].status is Status.DEPENDENCY_ERROR
    assert "requires middle, which is off: dependency_error" in manager.records["top"].reason
    assert names(manager) == ["other"]


def test_a_dependency_that_failed_to_load(workshop: PluginWorkshop) -> None:
    workshop.plugin("base", head="raise RuntimeError('broken')")
    workshop.plugin("top", info="requires=('base',)")

    record = workshop.load().records["top"]

    assert record.status is Status.DEPENDENCY_ERROR
    assert record.reason == "requires base, which is off: load_error; see its reason"


def test_after_is_no_requirement(workshop: PluginWorkshop) -> None:
    workshop.plugin("top", info="after=('base', 'never_installed')")
    workshop.plugin("base")

    manager = workshop.load(Settings(plugins={"base": {"enabled": False}}))

    assert names(manager) == ["top"]


@pytest.mark.parametrize("last", ["requires", "after"])
def test_a_circle_is_switched_off_and_shown(workshop: PluginWorkshop, last: str) -> None:
    workshop.plugin("a", info="requires=('b',)")
    workshop.plugin("b", info="requires=('c',)")
    workshop.plugin("c", info=f"{last}=('a',)")
    workshop.plugin("outside", info="requires=('a',)")
    workshop.plugin("good")

    manager = workshop.load()

    assert names(manager) == ["good"]
    for name in "abc":
        record = manager.records[name]
        assert record.status is Status.DEPENDENCY_ERROR
        assert record.reason.startswith("circular dependency ")
        assert record.reason.count("→") == 3
        assert record.reason.endswith("remove one `requires` or `after`")
    assert manager.records["outside"].status is Status.DEPENDENCY_ERROR


def test_a_plugin_that_requires_itself_is_a_circle(workshop: PluginWorkshop) -> None:
    workshop.plugin("a", info="requires=('a',)")

    record = workshop.load().records["a"]

    assert record.status is Status.DEPENDENCY_ERROR
    assert record.reason.startswith("circular dependency a → a")


def test_switching_one_off_later_takes_its_dependents(workshop: PluginWorkshop) -> None:
    hook = "@hookimpl\ndef migrations():\n    return info.name\n"
    workshop.plugin("base", hook)
    workshop.plugin("middle", hook, info="requires=('base',)")
    workshop.plugin("top", hook, info="requires=('middle',)")
    workshop.plugin("other", hook)
    manager = workshop.load()

    manager.switch_off("base", Status.FAILED, "its migration failed")

    assert manager.records["base"].reason == "its migration failed"
    assert manager.records["top"].status is Status.DEPENDENCY_ERROR
    assert manager.collect("migrations") == [("other", "other")]
