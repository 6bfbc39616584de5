"""A log as a file gives it, whatever the form of the file, and what is odd about it."""

from dataclasses import dataclass, field, replace

import numpy as np

from wellhead import sdk
from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.notes import Note, Notes
from wellhead_well_logs.service import NewCurve, NewLog

_TOLERANCE = 0.01
"""Of a step: depths are written with a few decimals."""
_GAP = 1.5
"""Steps from one row to the next that are a gap."""

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class FoundLog:
    """index: float64[n], ascending, each once; columns: of each curve of `new`, in order,
    float64[n] or n texts
    well: what the file says of its well: `UWI`, `API`, `WELL`, as texts
    """

    new: NewLog
    index: Floats
    columns: list[Floats | Texts]
    notes: list[Note]
    well: dict[str, str] = field(default_factory=dict)


def ordered(
    index: Floats, columns: list[Floats | Texts], notes: Notes
) -> tuple[Floats, list[Floats | Texts]]:
    """Rows by ascending index, each once; rows without an index are left out, with a warning.

    Raises WellheadError where no row has an index.
    """
    fit = np.flatnonzero(np.isfinite(index))
    if not len(fit):
        raise sdk.WellheadError(
            "no row has an index", field="body", remedy="Send the file with its data section"
        )
    if len(fit) < len(index):
        notes.add("index", f"{len(index) - len(fit)} rows without an index are left out")
    order = fit[np.argsort(index[fit], kind="stable")]
    steps = np.diff(index[fit])
    if (steps > 0).any() and (steps < 0).any():
        notes.add("index", "the index goes up and down; rows are stored in ascending order")
    sorted_index = index[order]
    last = np.append(sorted_index[1:] != sorted_index[:-1], True)
    if not last.all():
        again = float(sorted_index[np.flatnonzero(~last)[0]])
        notes.add(
            "index",
            f"{int((~last).sum())} rows have the index of a later row, which is the one kept",
            f"{again:g}",
        )
        order = order[last]
    if len(order) == len(index) and (np.diff(order) == 1).all():
        return index, columns
    places = order.tolist()
    taken = [
        [column[place] for place in places] if isinstance(column, list) else column[order]
        for column in columns
    ]
    return index[order], taken


def look_at_steps(index: Floats, declared: float | None, unit: str, notes: Notes) -> float | None:
    """The step from row to row, None where it changes; warns of gaps and of another one than the
    file declares. index: as `ordered` gives it"""
    if len(index) < 2:
        return None
    steps = np.diff(index)
    step = float(np.median(steps))
    gaps = np.flatnonzero(steps > _GAP * step)
    if len(gaps):
        first = int(gaps[0])
        where = f"{index[first]:g} to {index[first + 1]:g} {unit}"
        notes.add("index", f"{len(gaps)} gaps, longer than {_GAP} steps of {step:g} {unit}", where)
    regular = bool((np.abs(steps - step) <= _TOLERANCE * step).all())
    if declared and abs(abs(declared) - step) > _TOLERANCE * step:
        notes.add("STEP", f"rows are {step:g} {unit} apart", f"{declared:g}")
    elif declared and not regular and not len(gaps):
        notes.add("STEP", "the step from row to row is not regular", f"{declared:g}")
    return step if regular else None


def named_once(curves: list[NewCurve], notes: Notes) -> list[NewCurve]:
    """The curves with a number behind a mnemonic that another has already, and a name for none.

    Raises WellheadError for a mnemonic that is no name.
    """
    seen: dict[str, int] = {}
    named: list[NewCurve] = []
    for curve in curves:
        mnemonic = curve.mnemonic or "UNKNOWN"
        if len(mnemonic) > _LONGEST or not mnemonic.isprintable():
            raise sdk.WellheadError(
                f"a mnemonic is one line of at most {_LONGEST} characters",
                field="curves",
                value=mnemonic[:_LONGEST],
                remedy="Shorten it in the file",
            )
        if not curve.mnemonic:
            notes.add("curves", "a curve without a mnemonic is called UNKNOWN", curve.description)
        count = seen[mnemonic.upper()] = seen.get(mnemonic.upper(), 0) + 1
        if count > 1:
            notes.add(
                "curves", f"the mnemonic is there twice; this one is {mnemonic}:{count}", mnemonic
            )
            mnemonic = f"{mnemonic}:{count}"
        named.append(replace(curve, mnemonic=mnemonic))
    return named
