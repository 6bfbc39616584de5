"""What is counted of commands for Prometheus, in whichever process makes the step."""

from wellhead import sdk
from wellhead_scada.commands.states import State

_STEPS = sdk.counter("scada_commands_total", "Commands that came into a state", ("tenant", "state"))


def count(state: State, tenant: str | None = None) -> None:
    """tenant: None = the one that is set"""
    _STEPS.labels(tenant or sdk.current_tenant(), state.value).inc()
