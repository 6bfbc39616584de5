"""[plugins.witsml]: what can be configured, and its defaults."""

import ipaddress

from marshmallow import ValidationError, fields

from wellhead import sdk


def _is_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise ValidationError(f'{error}; write it like "192.168.10.0/24".') from error


class WitsmlConfig(sdk.Schema):
    """[plugins.witsml]"""

    tenants = fields.List(
        fields.String(validate=sdk.check_tenant_name),
        load_default=lambda: [sdk.DEFAULT_TENANT],
        metadata={"description": "Tenants whose stores `wellhead run` reads"},
    )
    allow_networks = fields.List(
        fields.String(validate=_is_network),
        load_default=lambda: list(sdk.PRIVATE_NETWORKS),
        metadata={"description": "Networks in which stores may be talked to"},
    )
    rig = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Simulate a rig that drills, behind a store of its own, under "
            "`wellhead run`, with its records"
        },
    )
