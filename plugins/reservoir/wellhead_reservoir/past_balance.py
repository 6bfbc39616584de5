"""The material balance of a simulated field's reservoir, by its surveys and what its wells made."""

from sqlalchemy import select

from wellhead import sdk
from wellhead_reservoir.models import Reservoir
from wellhead_reservoir.oil_balances import balance
from wellhead_reservoir.past import WATER_COMPRESSIBILITY
from wellhead_reservoir.schemas.oil_balances import OilBalanceSchema
from wellhead_wells.past import Past


def keep_balance(past: Past) -> None:
    """Does not commit."""
    reservoir = sdk.db.session.scalars(select(Reservoir).where(Reservoir.name == past.field)).one()
    inputs = {
        "standard_conditions": past.conditions,
        "volumes_from": "production",
        "water_saturation": past.water_saturation,
        "rock_compressibility": {"value": past.rock_compressibility, "unit": "1/bar"},
        "water_compressibility": {"value": WATER_COMPRESSIBILITY, "unit": "1/bar"},
        "units": "metric",
    }
    balance(OilBalanceSchema().load({"reservoir_id": str(reservoir.id), "inputs": inputs}))
