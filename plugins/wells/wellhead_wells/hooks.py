"""The hooks that wells offers to others: the past of a field that is simulated."""

from wellhead import sdk
from wellhead_wells.past import Past


@sdk.hookspec
def keep_past(past: Past) -> None:
    """A simulated field has been made, with its wells: keep your part of its past as records.
    Called once for a field, inside the tenant. Commit nothing: what a plugin did that raises an
    error is taken back, and the others go on."""


@sdk.hookspec
def analyse_past(past: Past) -> None:
    """Every plugin has kept its part of that past: keep what people made of it, months that were
    closed and analyses, which need what others kept. Called after `keep_past`, in the same way."""
