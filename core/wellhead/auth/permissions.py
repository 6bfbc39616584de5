"""Which permissions exist, and which roles have them."""

from collections.abc import Iterable

from wellhead.errors import WellheadError
from wellhead.plugins.contributions import ROLES, Permission
from wellhead.settings.checking import did_you_mean

ADMIN = "admin"
_EVERYONE = ("manager", "engineer", "operator", "viewer")

CORE_PERMISSIONS = (
    Permission("account.use", "See one's own roles, change the password, log out", _EVERYONE),
    Permission("plugins.read", "See the plugins, their status and why", ("manager", "engineer")),
    Permission("health.read", "See how each part is doing", ("manager", "engineer", "operator")),
    Permission("assets.read", "See the asset tree", _EVERYONE),
    Permission("assets.edit", "Change the asset tree", ("manager", "engineer")),
    Permission("live.read", "Open the live connection", _EVERYONE),
    Permission("metrics.read", "Read /metrics", ("manager",)),
    Permission("jobs.read", "See the jobs and how their runs ended", ("manager", "engineer")),
    Permission("jobs.run", "Have a job run now", ("manager",)),
    Permission("audit.read", "Read who changed what", ("manager",)),
    Permission("keys.use", "Make API keys for oneself", _EVERYONE),
    Permission("users.read", "See the tenant's users, roles, sessions and API keys"),
    Permission("users.edit", "Change the tenant's users and roles, end sessions, revoke API keys"),
    Permission("platform.tenants", "See all tenants, name them, suspend and resume them"),
)
"""The core's own. Names: `<area>.<action>`; no plugin may be called as one of these areas.
`platform.…` goes beyond one tenant: no role of a tenant has it, `User.platform_admin` does."""
_PLATFORM = "platform."


class Permissions:
    """All permissions of this installation by name; core first, then plugins as they are added."""

    def __init__(self) -> None:
        self._known: dict[str, Permission] = {}
        self._owners: dict[str, str] = {}
        for permission in CORE_PERMISSIONS:
            self._known[permission.name] = permission
            self._owners[permission.name] = "core"

    def add(self, plugin: str, permissions: Iterable[Permission]) -> None:
        """Take all permissions of a plugin, or none. Raises WellheadError for a name outside the
        plugin's, one that is taken, or an unknown role."""
        new: dict[str, Permission] = {}
        for permission in permissions:
            self._check(plugin, permission, new)
            new[permission.name] = permission
        self._known |= new
        self._owners |= dict.fromkeys(new, plugin)

    def require_known(self, name: str) -> None:
        """Raises WellheadError when no permission has this name: a route that asks for it could
        never be used."""
        if name not in self._known:
            raise WellheadError(
                "unknown permission", field="permission", value=name,
                remedy=did_you_mean(name, self._known),
            )  # fmt: skip

    def require_assignable(self, names: Iterable[str], field: str) -> None:
        """Raises WellheadError for a permission that no role of a tenant can have."""
        for place, name in enumerate(names):
            if name not in self._assignable():
                raise WellheadError(
                    "unknown permission, or one that no role can have",
                    field=f"{field}.{place}",
                    value=name,
                    remedy=did_you_mean(name, self._assignable()),
                )

    def granted(
        self, roles: Iterable[str], own: Iterable[str] = (), platform_admin: bool = False
    ) -> frozenset[str]:
        """What somebody with these roles may do.

        own: permissions of the roles that the tenant made for itself; those of plugins that are off
            count for nothing
        """
        held = set(roles)
        everything = self._assignable()
        if ADMIN in held:
            granted = everything
        else:
            granted = {name for name in everything if held.intersection(self._known[name].roles)}
            granted |= everything.intersection(own)
        if platform_admin:
            granted |= self._known.keys() - everything
        return frozenset(granted)

    def _assignable(self) -> set[str]:
        return {name for name in self._known if not name.startswith(_PLATFORM)}

    def holders(self, name: str) -> list[str]:
        """The built-in roles that have this permission."""
        return [role for role in ROLES if name in self.granted([role])]

    def listing(self) -> list[tuple[str, Permission]]:
        """(owner, permission) by name."""
        return [(self._owners[name], self._known[name]) for name in sorted(self._known)]

    def _check(self, plugin: str, permission: Permission, new: dict[str, Permission]) -> None:
        name = permission.name
        area, _, action = name.removeprefix(_PLATFORM).partition(".")
        if area != plugin or not action:
            raise WellheadError(
                "a plugin's permissions begin with its name",
                field="permission",
                value=name,
                remedy=f"Call it {plugin}.<action>, or {_PLATFORM}{plugin}.<action>",
            )
        if name.startswith(_PLATFORM) and permission.roles:
            raise WellheadError(
                "no role of a tenant can have a permission of the platform",
                field="roles",
                value=", ".join(permission.roles),
                remedy="Name no roles: administrators of the platform have it",
            )
        if name in self._known or name in new:
            raise WellheadError(
                f"permission declared twice, by {self._owners.get(name, plugin)} and {plugin}",
                field="permission",
                value=name,
                remedy="Give each permission a name of its own",
            )
        for role in permission.roles:
            if role not in ROLES:
                raise WellheadError(
                    f"permission {name} names an unknown role",
                    field="roles",
                    value=role,
                    remedy=did_you_mean(role, ROLES),
                )
