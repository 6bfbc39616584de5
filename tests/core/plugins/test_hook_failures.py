"""A hook that raises, exits or answers nonsense: that plugin pays for it, the others go on."""

import inspect
from typing import Any

import pytest

from wellhead.plugins import hookspecs
from wellhead.plugins.info import Status
from wellhead.plugins.manager import HookFailed
from wellhead.testing.plugins import PluginWorkshop

HOOKS = sorted(
    name for name, function in vars(hookspecs).items() if hasattr(function, "wellhead_spec")
)
LATER_HOOKS = [name for name in HOOKS if name != "addhooks"]
FAILURES = {
    "RuntimeError: boom": "raise RuntimeError('boom')",
    "SystemExit: 4": "raise SystemExit(4)",
}


def arguments(hook: str) -> dict[str, Any]:
    """Something for every argument of the hook."""
    return dict.fromkeys(inspect.signature(getattr(hookspecs, hook)).parameters, "anything")


def answer(hook: str) -> str:
    """Source of an implementation that does nothing wrong."""
    value = {"migrations": "'package'", "live_snapshot": "None"}.get(hook, "[]")
    return f"@hookimpl\ndef {hook}():\n    called.append(1)\n    return {value}\n"


def failing(hook: str, statement: str) -> str:
    return f"@hookimpl\ndef {hook}():\n    {statement}\n"


@pytest.mark.parametrize("reason", FAILURES)
@pytest.mark.parametrize("hook", LATER_HOOKS)
def test_a_failure_at_composition_switches_the_plugin_and_its_dependents_off(
    workshop: PluginWorkshop, hook: str, reason: str
) -> None:
    workshop.plugin("b_broken", failing(hook, FAILURES[reason]))
    workshop.plugin("dependent", answer(hook), head="called = []", info="requires=('b_broken',)")
    workshop.plugin("a_first", answer(hook), head="called = []")
    workshop.plugin("z_last", answer(hook), head="called = []")
    manager = workshop.load()

    results = manager.collect(hook, **arguments(hook))

    assert [name for name, _ in results] == ["a_first", "z_last"]
    broken, dependent = manager.records["b_broken"], manager.records["dependent"]
    assert (broken.status, broken.reason) == (Status.FAILED, f"hook {hook}: {reason}")
    assert dependent.status is Status.DEPENDENCY_ERROR
    assert dependent.module is not None
    assert dependent.module.called == []
    assert [record.name for record in manager.enabled()] == ["a_first", "z_last"]


@pytest.mark.parametrize("statement", FAILURES.values())
@pytest.mark.parametrize("hook", LATER_HOOKS)
def test_a_failure_when_notified_is_logged_and_the_others_are_told(
    workshop: PluginWorkshop, hook: str, statement: str
) -> None:
    workshop.plugin("broken", failing(hook, statement))
    workshop.plugin("z_last", answer(hook), head="called = []")
    manager = workshop.load()

    manager.notify(hook, **arguments(hook))

    last = manager.records["z_last"].module
    assert last is not None
    assert last.called == [1]
    assert manager.records["broken"].status is Status.ENABLED


@pytest.mark.parametrize("statement", FAILURES.values())
@pytest.mark.parametrize("hook", LATER_HOOKS)
def test_a_failure_when_asked_leaves_its_answer_out_and_the_plugin_on(
    workshop: PluginWorkshop, hook: str, statement: str
) -> None:
    workshop.plugin("broken", failing(hook, statement))
    workshop.plugin("z_last", answer(hook), head="called = []")
    manager = workshop.load()

    assert [name for name, _ in manager.ask(hook, **arguments(hook))] == ["z_last"]
    assert manager.records["broken"].status is Status.ENABLED


@pytest.mark.parametrize("hook", LATER_HOOKS)
def test_an_attempt_says_what_failed(workshop: PluginWorkshop, hook: str) -> None:
    workshop.plugin("broken", failing(hook, "raise SystemExit(4)"))
    [(name, answered, error)] = workshop.load().attempt(hook, **arguments(hook))

    assert (name, answered, type(error)) == ("broken", None, HookFailed)
    assert str(error) == f"plugin broken, hook {hook}: SystemExit: 4"


@pytest.mark.parametrize("hook", sorted(hookspecs.RESULT_TYPES))
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("None", "must return a list, not NoneType"),
        ("{}", "must return a list, not dict"),
        ("[5]", "items, not 5"),
    ],
)
def test_a_wrong_result_switches_the_plugin_off(
    workshop: PluginWorkshop, hook: str, value: str, reason: str
) -> None:
    workshop.plugin("broken", f"@hookimpl\ndef {hook}():\n    return {value}\n")
    manager = workshop.load()

    assert manager.collect(hook, **arguments(hook)) == []
    record = manager.records["broken"]
    assert record.status is Status.FAILED
    assert record.reason.startswith(f"hook {hook}: WrongResult: must return")
    assert reason in record.reason


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("migrations", "must return str, not int"),
        ("live_snapshot", "must return Batch, not int"),
    ],
)
def test_a_wrong_single_result_is_named(workshop: PluginWorkshop, hook: str, reason: str) -> None:
    workshop.plugin("broken", f"@hookimpl\ndef {hook}():\n    return 5\n")
    manager = workshop.load()

    [(_, _, error)] = manager.attempt(hook, **arguments(hook))
    assert str(error) == f"plugin broken, hook {hook}: WrongResult: {reason}"
    assert manager.collect(hook, **arguments(hook)) == []
    assert manager.records["broken"].reason == f"hook {hook}: WrongResult: {reason}"
