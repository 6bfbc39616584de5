"""Which kinds of nodes the tree may hold."""

from collections.abc import Iterable

from wellhead.errors import WellheadError
from wellhead.plugins.contributions import AssetKind
from wellhead.settings.checking import did_you_mean

KINDS = "wellhead_asset_kinds"
"""app.extensions key: the AssetKinds of the app"""
CORE_KINDS = (
    AssetKind("field", "Field"),
    AssetKind("facility", "Facility", ("field", "facility")),
    AssetKind("pad", "Pad", ("field", "facility")),
    AssetKind("equipment", "Equipment"),
)


class AssetKinds:
    """All kinds of this installation; core first, then plugins' as they are added."""

    def __init__(self) -> None:
        self._known = {kind.name: kind for kind in CORE_KINDS}

    def add(self, plugin: str, kinds: Iterable[AssetKind]) -> None:
        """Raises WellheadError for a name that is taken."""
        for kind in kinds:
            if kind.name in self._known:
                raise WellheadError(
                    f"the asset kind of plugin {plugin} is registered already",
                    field="asset_kinds",
                    value=kind.name,
                    remedy="Give it another name",
                )
            self._known[kind.name] = kind

    def check(self, name: str, parent: str | None) -> None:
        """Raises WellheadError for an unknown kind, or one that may not hang under `parent`."""
        if name not in self._known:
            raise WellheadError(
                "unknown kind of asset",
                field="kind",
                value=name,
                remedy=did_you_mean(name, self._known),
            )
        allowed = self._known[name].parents
        if parent is not None and allowed and parent not in allowed:
            raise WellheadError(
                f"a {name} cannot hang under a {parent}",
                field="parent_id",
                remedy=f"Under one of: {', '.join(allowed)}",
            )

    def check_move(self, name: str, parent: str | None) -> None:
        """Raises WellheadError for a kind that stays where it is, or that may not hang there."""
        if not self._known[name].moves:
            raise WellheadError(
                f"a {name} stays under its parent",
                field="parent_id",
                remedy="Delete it, and create one there",
            )
        self.check(name, parent)

    def all(self) -> list[AssetKind]:
        return [self._known[name] for name in sorted(self._known)]
