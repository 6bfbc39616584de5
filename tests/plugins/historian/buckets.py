"""What is compared in tests of roll-ups."""

from dataclasses import fields

import numpy as np

from wellhead_historian.store.interface import Buckets


def check_equal(found: Buckets, expected: Buckets) -> None:
    """The sums to 1e-9 of the largest that each may be, everything else exactly."""
    assert len(found) == len(expected)
    peak = np.fmax(np.abs(expected.minimum), np.abs(expected.maximum))
    longest = {
        "total": expected.usable,
        "step": expected.step_covered,
        "linear": expected.linear_covered,
    }
    for name in (field.name for field in fields(Buckets)):
        got, want = getattr(found, name), getattr(expected, name)
        assert got.dtype == want.dtype
        if name not in longest:
            np.testing.assert_array_equal(got, want, err_msg=name)
            continue
        with np.errstate(over="ignore", invalid="ignore"):
            close = np.abs(got - want) <= 1e-9 * peak * longest[name]
        same = (got == want) | (np.isnan(got) & np.isnan(want))
        assert (close | same).all(), f"{name}: {got} is not {want}"
