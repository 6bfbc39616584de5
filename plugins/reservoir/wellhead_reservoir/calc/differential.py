"""What a differential liberation says of oil that goes through separators.

In the reservoir gas leaves the oil as in a differential liberation, at surface as in a separator
test; so the liberation's volumes, which are of its own residual oil, are made those of stock tank
oil by what both say at the bubble point (Amyx, Bass and Whiting 1960; McCain 1990, chapter 10).
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within


def separator_bo(bo: Numbers, bo_bubble: float, separator_bo_bubble: float) -> Array:
    """bbl/STB: Bod·Bofb/Bodb.

    bo: bbl a bbl of residual oil; bo_bubble: the same at the bubble point, above 0;
    separator_bo_bubble: bbl/STB by the separator test
    """
    base = within("bo_bubble", bo_bubble, 0, 10, "bbl/bbl", above=True)
    return np.asarray(bo, np.float64) * separator_bo_bubble / base


def separator_rs(
    rs: Numbers,
    rs_bubble: float,
    bo_bubble: float,
    separator_rs_bubble: float,
    separator_bo_bubble: float,
) -> Array:
    """scf/STB: Rsfb − (Rsdb − Rsd)·Bofb/Bodb. It may fall below 0 at the lowest pressures, where
    the method does not hold, and is 0 there.

    rs, rs_bubble: scf a bbl of residual oil; separator_rs_bubble: scf/STB by the separator test
    """
    base = within("bo_bubble", bo_bubble, 0, 10, "bbl/bbl", above=True)
    freed = (rs_bubble - np.asarray(rs, np.float64)) * separator_bo_bubble / base
    return np.maximum(separator_rs_bubble - freed, 0)
