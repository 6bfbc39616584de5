"""Permissions: who declares them, who has them."""

import pytest

from wellhead.auth.permissions import CORE_PERMISSIONS, Permissions
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import ROLES, Permission


def made() -> Permissions:
    permissions = Permissions()
    permissions.add(
        "wells",
        [
            Permission("wells.read", "See wells", ("viewer", "engineer")),
            Permission("wells.edit", "Change wells", ("engineer",)),
            Permission("wells.purge", "Only administrators"),
        ],
    )
    return permissions


def test_roles_add_up_and_admin_has_all() -> None:
    permissions = made()
    everything = permissions.granted(["admin"])
    assert everything >= {"wells.read", "wells.edit", "wells.purge", "audit.read"}
    assert "wells.edit" not in permissions.granted(["viewer"])
    assert permissions.granted(["viewer", "engineer"]) >= {"wells.read", "wells.edit"}
    assert permissions.granted([]) == frozenset()
    assert permissions.granted(["unheard of"]) == frozenset()


@pytest.mark.parametrize(
    ("permission", "said"),
    [
        (Permission("drilling.read", "x"), "Call it wells.<action>"),
        (Permission("wells", "x"), "Call it wells.<action>"),
        (Permission("wells.read", "x"), "declared twice, by wells and wells"),
        (Permission("wells.look", "x", ("veiwer",)), 'Did you mean "viewer"?'),
    ],
)
def test_a_permission_that_cannot_be_is_refused_with_its_fellows(
    permission: Permission, said: str
) -> None:
    permissions = made()
    before = permissions.listing()
    with pytest.raises(WellheadError) as refused:
        permissions.add("wells", [Permission("wells.good", "x"), permission])
    assert said in str(refused.value)
    assert permissions.listing() == before


def test_a_route_cannot_ask_for_what_does_not_exist() -> None:
    with pytest.raises(WellheadError, match=r'Did you mean "wells\.read"\?'):
        made().require_known("wells.raed")


def test_the_core_names_only_roles_that_exist() -> None:
    for permission in CORE_PERMISSIONS:
        assert set(permission.roles) <= set(ROLES)
        assert permission.description
