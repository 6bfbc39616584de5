"""Tubulars: what hangs in the hole, from the bit upward; a BHA run names the one it used."""

from collections.abc import Mapping
from dataclasses import dataclass

from wellhead_witsml.objects.common import Measure, Reader, WitsmlObject


@dataclass(frozen=True, slots=True)
class Bit:
    """A component's bit. iadc: its code; measures: `diaBit`, `diaPassThru` …

    dull: final grade, `condFinalInner` … by WITSML's name
    """

    number: str | None
    type: str | None
    manufacturer: str | None
    iadc: str | None
    measures: Mapping[str, Measure]
    dull: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TubularComponent:
    """One component. sequence: from 1, the bit first

    measures: `id`, `od`, `len`, `wtPerLen` … by WITSML's name
    nozzles: their diameters, by their index
    """

    uid: str
    type: str | None
    sequence: int | None
    description: str | None
    vendor: str | None
    model: str | None
    measures: Mapping[str, Measure]
    bit: Bit | None
    nozzles: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tubular(WitsmlObject):
    """A string or assembly."""

    type: str | None = None
    hole_diameter: Measure | None = None
    components: tuple[TubularComponent, ...] = ()


_DULL = ("Inner", "Outer", "Dull", "Location", "Bearing", "Gauge", "Other", "Reason")


def read_tubular(of: Reader) -> Tubular:
    """A `tubular` of any version."""
    return Tubular(
        type=of.text("typeTubularAssy"),
        hole_diameter=of.measure("diaHoleAssy"),
        components=tuple(_component(part) for part in of.inner("tubularComponent")),
        **of.identity(),
    )


def _component(of: Reader) -> TubularComponent:
    bit = of.first("bitRecord")
    nozzles = [(one.whole("index") or 0, one.measure("diaNozzle")) for one in of.inner("nozzle")]
    return TubularComponent(
        uid=of.attribute("uid") or "",
        type=of.text("typeTubularComp", "typeTubularComponent"),
        sequence=of.whole("sequence"),
        description=of.text("description"),
        vendor=of.text("vendor"),
        model=of.text("model"),
        measures=of.measures(),
        bit=None if bit is None else _bit(bit),
        nozzles=tuple(
            size for _, size in sorted(nozzles, key=lambda one: one[0]) if size is not None
        ),
    )


def _bit(of: Reader) -> Bit:
    grades = {f"condFinal{part}": of.text(f"condFinal{part}") for part in _DULL}
    return Bit(
        number=of.text("numBit"),
        type=of.text("typeBit"),
        manufacturer=of.text("manufacturer"),
        iadc=of.text("codeIADC"),
        measures=of.measures(),
        dull={name: grade for name, grade in grades.items() if grade is not None},
    )
