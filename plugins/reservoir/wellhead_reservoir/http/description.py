"""Routes of fluid contacts and rock."""

from wellhead import sdk
from wellhead_reservoir.description import (
    change_contact,
    change_rock,
    create_contact,
    create_rock,
)
from wellhead_reservoir.http.reservoirs import EDIT, PREFIX, READ
from wellhead_reservoir.models import Contact, Rock
from wellhead_reservoir.schemas.description import ContactSchema, RockSchema

blp = sdk.Blueprint("reservoir_description", url_prefix=PREFIX, description="Contacts and rock")

contacts = sdk.Resource(
    blp,
    path="/contacts",
    model=Contact,
    schema=ContactSchema,
    name="fluid_contact",
    plural="fluid_contacts",
    read=READ,
    write=EDIT,
    filters=("reservoir_id", "kind", "as_of"),
    sort=("as_of", "kind", "depth", "created_at"),
    create=create_contact,
    update=change_contact,
    asset=Contact.asset_id,
)

rock = sdk.Resource(
    blp,
    path="/rock",
    model=Rock,
    schema=RockSchema,
    name="rock",
    plural="rocks",
    read=READ,
    write=EDIT,
    filters=("reservoir_id", "part"),
    sort=("part", "porosity", "created_at"),
    create=create_rock,
    update=change_rock,
    asset=Rock.asset_id,
)
