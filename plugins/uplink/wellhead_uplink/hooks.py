"""The hook that this plugin offers to others: further kinds of destinations."""

from collections.abc import Sequence

from wellhead import sdk


@sdk.hookspec
def uplinks() -> Sequence[sdk.Lazy]:  # type: ignore[empty-body]
    """Kinds of destinations by name; each target does what `edge.destination.Destination` says.

    Called when the process `uplink` starts. The class is imported when a destination needs it.
    """
