"""Routes of networks, and of the wells and meters that belong to them when."""

from wellhead import sdk
from wellhead_production.allocation.networks import (
    change_network,
    change_network_meter,
    change_network_well,
    create_network,
    create_network_meter,
    create_network_well,
)
from wellhead_production.http.facilities import EDIT, READ
from wellhead_production.models import Network, NetworkMeter, NetworkWell
from wellhead_production.schemas.allocation import (
    NetworkMeterSchema,
    NetworkSchema,
    NetworkWellSchema,
)

blp = sdk.Blueprint(
    "production_networks",
    url_prefix="/api/v1/production",
    description="Which wells flow together through which meters",
)

networks = sdk.Resource(
    blp,
    path="/networks",
    model=Network,
    schema=NetworkSchema,
    name="network",
    plural="networks",
    read=READ,
    write=EDIT,
    filters=("facility_id", "name"),
    sort=("name", "created_at"),
    create=create_network,
    update=change_network,
    asset=Network.asset_id,
    instead="Give its wells and meters a last day, and keep it",
)

wells = sdk.Resource(
    blp,
    path="/network-wells",
    model=NetworkWell,
    schema=NetworkWellSchema,
    name="network_well",
    plural="network_wells",
    read=READ,
    write=EDIT,
    filters=("network_id", "well_id"),
    sort=("first_day", "last_day", "created_at"),
    create=create_network_well,
    update=change_network_well,
    asset=NetworkWell.asset_id,
)

meters = sdk.Resource(
    blp,
    path="/network-meters",
    model=NetworkMeter,
    schema=NetworkMeterSchema,
    name="network_meter",
    plural="network_meters",
    read=READ,
    write=EDIT,
    filters=("network_id", "meter_id"),
    sort=("first_day", "last_day", "created_at"),
    create=create_network_meter,
    update=change_network_meter,
    asset=NetworkMeter.asset_id,
)
