"""What is checked about hook implementations before any of them is called."""

import pytest

from wellhead.plugins.info import PluginRecord, Status
from wellhead.settings import Settings
from wellhead.testing.plugins import PluginWorkshop

ADDS_HOOKS = """
class Hooks:
    @hookspec
    def pump_curves(self, pump):
        \"\"\"The curves of a pump.\"\"\"

@hookimpl
def addhooks():
    return [Hooks]
"""


def refused(workshop: PluginWorkshop, body: str) -> PluginRecord:
    workshop.plugin("pumps", body)
    workshop.plugin("good", "@hookimpl\ndef migrations():\n    return 'good'\n")
    manager = workshop.load()
    assert manager.collect("migrations") == [("good", "good")]
    return manager.records["pumps"]


def test_a_misspelt_hook_gets_a_suggestion(workshop: PluginWorkshop) -> None:
    record = refused(
        workshop,
        "@hookimpl\ndef migrations():\n    return 'pumps'\n"
        "@hookimpl\ndef blueprint():\n    return []\n",
    )

    assert record.status is Status.LOAD_ERROR
    assert record.reason == "unknown hook 'blueprint'. Did you mean \"blueprints\"?"


def test_a_hook_like_no_other_gets_the_list(workshop: PluginWorkshop) -> None:
    record = refused(workshop, "@hookimpl\ndef xyzzy():\n    pass\n")

    assert record.status is Status.LOAD_ERROR
    assert record.reason.startswith("unknown hook 'xyzzy'. Known here: addhooks, asset_kinds, ")


def test_a_wrong_signature_names_hook_and_argument(workshop: PluginWorkshop) -> None:
    record = refused(workshop, "@hookimpl\ndef readings(bach):\n    pass\n")

    assert record.status is Status.LOAD_ERROR
    assert record.reason.startswith("hook signature: ")
    assert "readings(bach)" in record.reason
    assert "bach" in record.reason


@pytest.mark.parametrize("kind", ["wrapper", "hookwrapper"])
def test_a_wrapper_is_refused(workshop: PluginWorkshop, kind: str) -> None:
    record = refused(workshop, f"@hookimpl({kind}=True)\ndef models():\n    yield\n")

    assert record.status is Status.LOAD_ERROR
    assert record.reason == "hook signature: models is a wrapper; write a plain function"


def test_a_plugin_may_take_fewer_arguments_than_the_hook_has(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", "@hookimpl\ndef readings():\n    seen.append(1)\n", head="seen = []")
    manager = workshop.load()

    manager.notify("readings", batch="a batch")

    module = manager.records["pumps"].module
    assert module is not None
    assert module.seen == [1]


def test_addhooks_defines_a_hook_that_others_answer(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", ADDS_HOOKS)
    # `acme` comes before `pumps`, so the hook is specified after its implementation is there.
    workshop.plugin(
        "acme", "@hookimpl(optionalhook=True)\ndef pump_curves(pump):\n    return pump * 2"
    )
    workshop.plugin("zeta", "@hookimpl\ndef pump_curves():\n    return 5")

    manager = workshop.load()

    assert manager.collect("pump_curves", pump=21) == [("acme", 42), ("zeta", 5)]


def test_an_optional_hook_waits_for_a_plugin_that_is_off(workshop: PluginWorkshop) -> None:
    workshop.plugin("pumps", ADDS_HOOKS)
    workshop.plugin("acme", "@hookimpl(optionalhook=True)\ndef pump_curves(pump):\n    return 1")
    workshop.plugin("zeta", "@hookimpl\ndef pump_curves(pump):\n    return 1")

    manager = workshop.load(Settings(plugins={"pumps": {"enabled": False}}))

    assert manager.records["acme"].status is Status.ENABLED
    assert manager.records["zeta"].status is Status.LOAD_ERROR
    assert "unknown hook 'pump_curves'" in manager.records["zeta"].reason


def test_a_wrong_signature_of_an_added_hook_is_its_implementers_error(
    workshop: PluginWorkshop,
) -> None:
    workshop.plugin("pumps", ADDS_HOOKS)
    workshop.plugin("acme", "@hookimpl(optionalhook=True)\ndef pump_curves(pomp):\n    return 1")

    manager = workshop.load()

    assert manager.records["pumps"].status is Status.ENABLED
    assert manager.records["acme"].status is Status.LOAD_ERROR
    assert "pomp" in manager.records["acme"].reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return [object]", "did not find any 'wellhead' hooks"),
        ("return 5", "TypeError"),
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        ("raise SystemExit(1)", "SystemExit: 1"),
    ],
)
def test_a_failing_addhooks_is_its_plugins_error(
    workshop: PluginWorkshop, body: str, reason: str
) -> None:
    record = refused(workshop, f"@hookimpl\ndef addhooks():\n    {body}\n")

    assert record.status is Status.FAILED
    assert record.reason.startswith("hook addhooks: ")
    assert reason in record.reason


def test_a_hook_of_the_core_cannot_be_defined_again(workshop: PluginWorkshop) -> None:
    record = refused(workshop, ADDS_HOOKS.replace("pump_curves(self, pump)", "models(self)"))

    assert record.status is Status.FAILED
    assert "already registered" in record.reason
