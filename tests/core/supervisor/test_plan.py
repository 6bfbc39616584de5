"""From one configuration to the next: what is refused, and the least that must be done."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead.supervisor.plan import WEB, Plan, Planned, refusals, steps
from wellhead.testing.plugins import PluginWorkshop

GATEWAY = Planned("gateway", ("gateway",), ("scada", "historian"), reloads=("scada",))
FIELD = Planned("simulator", ("simulator",), ("simulator", "scada", "historian", "wells"))
PLUGINS = ("historian", "scada", "wells", "simulator", "modbus", "console")


def plan(*processes: Planned, **digests: str) -> Plan:
    known = dict.fromkeys(PLUGINS, "1") | digests
    return Plan(
        web={"host": "127.0.0.1", "port": 8080, "workers": 1, "origins": []},
        fixed={"data_dir": "a", "[database]": "b", "[log]": "c"},
        statuses=dict.fromkeys(known, "enabled"),
        reasons={},
        digests={name: digest for name, digest in known.items() if digest},
        processes=(Planned(WEB, ("web",), tuple(known)), *processes),
    )


BEFORE = plan(GATEWAY, FIELD)


def test_nothing_changed_renews_the_web_alone() -> None:
    todo = steps(BEFORE, BEFORE)
    assert (todo.reloaded, todo.untouched) == ((WEB,), ("gateway", "simulator"))
    assert (todo.started, todo.stopped, todo.restarted) == ((), (), {})


@pytest.mark.parametrize(
    ("changed", "gateway", "field"),
    [
        ("console", "reloaded", "untouched"),
        ("modbus", "reloaded", "untouched"),  # a driver, which the gateway requires not
        ("scada", "reloaded", "scada changed"),
        ("historian", "historian changed", "historian changed"),
        ("simulator", "reloaded", "simulator changed"),
    ],
)
@pytest.mark.parametrize("digest", ["2", ""], ids=["another configuration", "switched off"])
def test_a_change_concerns_those_who_work_with_it(
    changed: str, gateway: str, field: str, digest: str
) -> None:
    todo = steps(BEFORE, plan(GATEWAY, FIELD, **{changed: digest}))
    done = dict.fromkeys(todo.reloaded, "reloaded") | dict.fromkeys(todo.untouched, "untouched")
    done |= todo.restarted
    assert (done["gateway"], done["simulator"]) == (gateway, field)


@given(st.permutations([GATEWAY, FIELD]), st.sets(st.sampled_from(PLUGINS)), st.booleans())
def test_every_process_is_in_one_step(order: list[Planned], changed: set[str], off: bool) -> None:
    after = plan(*(order[:1] if off else order), **dict.fromkeys(changed, "2"))
    todo = steps(BEFORE, after)
    kept = [*todo.restarted, *todo.reloaded, *todo.untouched]
    assert sorted([*kept, *todo.started]) == sorted(one.name for one in after.processes)
    assert sorted([*kept, *todo.stopped]) == sorted(one.name for one in BEFORE.processes)


def test_a_process_with_another_command_is_restarted() -> None:
    other = replace(FIELD, arguments=("simulator", "run"))
    assert steps(BEFORE, plan(GATEWAY, other)).restarted == {"simulator": "its command changed"}


def test_what_is_read_once_at_start_is_refused_by_name() -> None:
    after = replace(BEFORE, fixed={"data_dir": "a", "[database]": "x", "[log]": "c"})
    assert refusals(BEFORE, after) == [
        "[database] changed, which needs a restart of `wellhead run`"
    ]


def test_a_plugin_that_would_break_is_refused_and_one_that_was_broken_is_not() -> None:
    broken = replace(
        BEFORE,
        statuses={**BEFORE.statuses, "wells": "config_error", "simulator": "dependency_error"},
        reasons={"wells": "unknown key", "simulator": "requires wells"},
    )
    assert refusals(BEFORE, broken) == ["plugin wells would be off: config_error: unknown key"]
    assert refusals(broken, broken) == []


def test_a_plan_is_made_of_the_plugins_answers_and_survives_json(
    settings: sdk.Settings, workshop: PluginWorkshop
) -> None:
    workshop.plugin(
        "acme",
        "@hookimpl\ndef processes():\n"
        "    return [sdk.ProcessSpec('pump', ('acme', 'serve'), reloads=('acme',))]\n",
        head="from wellhead import sdk\n",
    )
    made = Plan.of(sdk.Runtime.make(settings))
    assert Planned("pump", ("acme", "serve"), ("acme",), ("acme",)) in made.processes
    gateway = next(one for one in made.processes if one.name == "gateway main")
    assert set(gateway.concerns) == {"scada", "historian"}
    assert gateway.reloads == ("scada",)
    assert made.web_settings == settings.web
    again = Plan.from_json(json.loads(json.dumps(asdict(made))))
    assert again == made


def test_a_name_that_is_taken_switches_the_plugin_off(
    settings: sdk.Settings, workshop: PluginWorkshop
) -> None:
    workshop.plugin(
        "acme",
        "@hookimpl\ndef processes():\n    return [sdk.ProcessSpec('web', ('acme', 'serve'))]\n",
        head="from wellhead import sdk\n",
    )
    made = Plan.of(sdk.Runtime.make(settings))
    assert made.statuses["acme"] == "failed"
    assert made.reasons["acme"] == "hook processes: the name 'web' is taken; rename the process"
    assert [one.arguments for one in made.processes if one.name == WEB] == [("web",)]
    assert "acme" not in made.digests
