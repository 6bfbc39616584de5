"""Cement jobs: creating and changing them, and the volume that fills the annulus.

Like `rigs`, these functions do not commit.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from wellhead import sdk
from wellhead_drilling.calc.hydraulics import annulus_area
from wellhead_drilling.calc.volumes import cement_volume, pipe_capacity
from wellhead_drilling.depths import Depth, below, depth_of, refuse_outside, settle_depths
from wellhead_drilling.models import CasingString, CementJob, Section
from wellhead_drilling.records import held_wellbore, of_wellbore, refuse_before
from wellhead_drilling.vocabulary import SlurryPurpose
from wellhead_wells.models import Wellbore

_DEPTHS = ("planned_top_md", "top_md")
_STAYS = (SlurryPurpose.LEAD, SlurryPurpose.TAIL, SlurryPurpose.SLURRY)
_ROUNDING = 0.02
"""What sacks times yield may differ from the volume by: both are reported rounded."""


class CementVolumes(NamedTuple):
    """m³: what fills the annulus to the top of cement with its excess and the shoe track, what of
    that is open hole and what lies within the casing above, and what was pumped."""

    required: float
    open_hole: float
    within_casing: float
    shoe_track: float
    pumped: float


def create_cement_job(data: Mapping[str, Any]) -> CementJob:
    """A cement job. data: as `CementJobSchema` loads it.

    Raises WellheadError for depths, times or a casing that cannot be, and for sacks that do not
    make the volume.
    """
    bore = held_wellbore(data["wellbore_id"])
    job = CementJob(**{"job_type": "unknown", "slurries": []} | dict(data))
    _check(job, bore)
    sdk.db.session.add(job)
    sdk.db.session.flush()
    return job


def change_cement_job(job: CementJob, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_cement_job` does."""
    bore = held_wellbore(job.wellbore_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(job, data, fixed=("wellbore_id",))
        _check(job, bore)


def volumes_of(job: CementJob) -> CementVolumes:
    """What the job needed and what was pumped.

    The excess goes on top of the open hole alone: a cased annulus has the size that it has.
    Raises WellheadError naming what is not known.
    """
    bore = sdk.db.session.get_one(Wellbore, job.wellbore_id)
    string = _known(
        sdk.db.session.get(CasingString, job.casing_string_id) if job.casing_string_id else None,
        "casing_string_id",
    )
    top = _known(depth_of(job, "top_md") or depth_of(job, "planned_top_md"), "top_md")
    shoe = _known(depth_of(string, "shoe_md"), "shoe_md of the casing")
    height = _known(below(bore.well, shoe, top), "the elevations of both depth datums")
    outer = string.size.to("m")
    hole = _known(_hole(job, string), "hole_diameter").to("m")
    cased, inner = _above(bore, string, shoe, top)
    open_hole = cement_volume(hole, outer, height - cased, (job.excess or 0) / 100)
    within = float(annulus_area(inner, outer)) * cased if inner is not None else 0.0
    track = 0.0
    if job.shoe_track is not None:
        capacity = pipe_capacity(_known(string.inner_diameter, "inner_diameter").to("m"))
        track = float(capacity) * job.shoe_track.to("m")
    pumped = sum(
        slurry["volume"].to("m3")
        for slurry in job.slurries
        if slurry["purpose"] in _STAYS and slurry.get("volume") is not None
    )
    return CementVolumes(float(open_hole) + within + track, float(open_hole), within, track, pumped)


def _hole(job: CementJob, string: CasingString) -> sdk.Quantity | None:
    if job.hole_diameter is not None or string.section_id is None:
        return job.hole_diameter
    diameter: sdk.Quantity = sdk.db.session.get_one(Section, string.section_id).diameter
    return diameter


def _above(
    bore: Wellbore, string: CasingString, shoe: Depth, top: Depth
) -> tuple[float, float | None]:
    """(metres of cement within the casing above, its inner diameter in m); (0, None) where cement
    ends below that casing's shoe, or no casing above has an inner diameter."""
    best, inner = 0.0, None
    others = select(CasingString).where(
        CasingString.wellbore_id == bore.id, CasingString.id != string.id
    )
    for other in sdk.db.session.scalars(others):
        end = depth_of(other, "shoe_md")
        if end is None or other.inner_diameter is None or (below(bore.well, end, shoe) or 0) >= 0:
            continue
        within = below(bore.well, end, top) or 0
        if within > best:
            best, inner = within, other.inner_diameter.to("m")
    return best, inner


def _known(value: Any, name: str) -> Any:
    if value is None:
        raise sdk.WellheadError(
            f"the volume of the annulus needs {name}", field=name, remedy="Give it, and ask again"
        )
    return value


def _check(job: CementJob, bore: Wellbore) -> None:
    string: CasingString | None = of_wellbore(
        CasingString, job.casing_string_id, "casing_string_id", bore
    )
    settle_depths(job, bore, _DEPTHS)
    refuse_outside(job, bore, ("top_md",))
    refuse_before(job, "start_at", "end_at")
    if string is not None:
        _check_top(job, string, bore)
        hole = _hole(job, string)
        if hole is not None and string.size.to("m") >= hole.to("m"):
            raise sdk.WellheadError(
                f"is not more than the casing, {string.size.value:g} {string.size.unit}",
                field="hole_diameter",
                value=hole.value,
                remedy="Correct it, or the casing",
            )
    for place, slurry in enumerate(job.slurries):
        _check_sacks(slurry, f"slurries.{place}.sacks")


def _check_top(job: CementJob, string: CasingString, bore: Wellbore) -> None:
    shoe = depth_of(string, "shoe_md")
    for name in _DEPTHS:
        top = depth_of(job, name)
        distance = below(bore.well, top, shoe) if top is not None and shoe is not None else None
        if top is not None and distance is not None and distance >= 0:
            raise sdk.WellheadError(
                f"does not lie above the shoe of the casing, {shoe}",
                field=name,
                value=top.value,
                remedy="Correct the top of cement, or the casing",
            )


def _check_sacks(slurry: Mapping[str, Any], field: str) -> None:
    sacks, volume, made = slurry.get("sacks"), slurry.get("volume"), slurry.get("slurry_yield")
    if sacks is None or volume is None or made is None:
        return
    expected = sdk.Quantity(sacks * made.to("ft3/sk"), "ft3").to(volume.unit)
    if abs(expected - volume.value) > _ROUNDING * volume.value:
        raise sdk.WellheadError(
            f"{sacks:g} sacks of {made.value:g} {made.unit} make {expected:.4g} {volume.unit} and "
            f"not {volume.value:g}",
            field=field,
            value=sacks,
            remedy="Correct the sacks, the yield or the volume",
        )
