"""docs/permissions.md, from the permissions that the core and the installed plugins declare.

`make docs` writes it; `python -m wellhead.care.permissions_page` prints it for what is installed.
"""

import sys
import tempfile
from pathlib import Path

from wellhead.app import create_app
from wellhead.auth.permissions import Permissions
from wellhead.auth.state import EXTENSION
from wellhead.plugins.contributions import ROLES
from wellhead.runtime import Runtime
from wellhead.settings import Settings

_INTRODUCTION = """\
# Permissions

Written by `make docs` from what the core and the plugins declare; do not edit it here.

The built-in roles have what is marked. A tenant's own roles (`/api/v1/roles`) are made of any of
these but `platform.…`, which administrators of the platform have, and nobody by a role. The same
list for what a server has installed is `GET /api/v1/permissions`.

"""


def page(permissions: Permissions) -> str:
    """The page: a table of permission × role a plugin."""
    owners = sorted(
        {owner for owner, _ in permissions.listing()}, key=lambda name: (name != "core", name)
    )
    return _INTRODUCTION + "\n".join(_table(owner, permissions) for owner in owners)


def installed() -> Permissions:
    """Of the core and all plugins that are installed, with the default configuration. Touches no
    database."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Runtime.make(Settings(data_dir=Path(folder))))
    permissions: Permissions = app.extensions[EXTENSION].permissions
    return permissions


def _table(owner: str, permissions: Permissions) -> str:
    lines = [
        f"## {owner}\n",
        f"| permission | allows to | {' | '.join(ROLES)} |",
        f"|---|---|{'---|' * len(ROLES)}",
    ]
    for declared_by, permission in permissions.listing():
        if declared_by == owner:
            held = permissions.holders(permission.name)
            marks = " | ".join("✓" if role in held else "" for role in ROLES)
            lines.append(f"| `{permission.name}` | {permission.description} | {marks} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(installed()))
