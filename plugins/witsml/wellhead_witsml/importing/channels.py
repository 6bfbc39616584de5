"""Which of the followed curves of a wellbore a BHA run measures with: by what they are called."""

from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_witsml.models import Curve, Log

_ROLES = {
    "bit_depth": ("BDEP", "DBTM", "DEPTBIT", "BITDEP"),
    "hole_depth": ("HDEP", "DMEA", "DEPTMEAS", "HOLEDEP"),
    "block_position": ("BPOS", "BLKPOS"),
    "hook_load": ("HKLD", "HKLA", "HKL"),
    "weight_on_bit": ("WOB", "WOBA", "SWOB"),
    "torque": ("TQ", "TQA", "TORQUE", "STOR"),
    "rotary_speed": ("RPM", "RPMA", "SURFRPM"),
    "rate_of_penetration": ("ROP", "ROPA", "ROP5"),
    "flow_in": ("FLOW", "MFIA", "FLOWIN", "TFLO"),
    "standpipe_pressure": ("SPP", "SPPA"),
    "mud_density_in": ("MDIA", "MWIN"),
    "mud_density_out": ("MDOA", "MWOUT"),
    "ecd": ("ECD", "ECDA"),
    "pit_volume": ("TVA", "PITVOL"),
}
"""Names of WITS record 1 and those that stores commonly use, the best first."""


def channels_of(bore: Wellbore) -> list[dict[str, Any]]:
    """{role, tag} of each role that a curve of a log by time is named for."""
    rows = sdk.db.session.execute(
        select(Curve.mnemonic, Curve.tag_id)
        .join(Log, Log.id == Curve.log_id)
        .where(Log.wellbore_id == bore.id)
        .order_by(Log.created_at)
    )
    tags: dict[str, int] = {}
    for mnemonic, tag in rows:
        if tag is not None:
            tags.setdefault(mnemonic.upper(), tag)
    return [
        {"role": role, "tag": tags[name]}
        for role, names in _ROLES.items()
        for name in [next((one for one in names if one in tags), None)]
        if name is not None
    ]
