"""Published cases of material balance, as their books print them (field units).

DAKE: Dake, Fundamentals of Reservoir Engineering (1978). AHMED: Ahmed, Reservoir Engineering
Handbook, 3rd ed. (2006).
"""

import numpy as np

from wellhead_reservoir.calc.oil_balance import Fluids, Volumes

WEDGE_PRESSURE = np.array([2740, 2500, 2290, 2109, 1949, 1818, 1702, 1608, 1535, 1480, 1440], float)
"""DAKE exercise 9.2, an oil reservoir in a wedge between faults with its aquifer; psia, by year."""
WEDGE_DAYS = np.arange(0.0, 4015.0, 365.0)
WEDGE_FLUIDS = Fluids(
    bo=np.array([1.404, 1.374, 1.349, 1.329, 1.316, 1.303, 1.294, 1.287, 1.280, 1.276, 1.273]),
    rs=np.array([650, 592, 545, 507, 471, 442, 418, 398, 383, 371, 364], float),
    bg=np.array([93, 98, 107, 117, 128, 139, 150, 160, 170, 176, 182]) * 1e-5,
    bw=np.ones(11),
)
_WEDGE_OIL = 1e6 * np.array(
    [0, 7.88, 18.42, 29.15, 40.69, 50.14, 58.42, 65.39, 70.74, 74.54, 77.43]
)
_WEDGE_RP = np.array([760, 760, 845, 920, 975, 1025, 1065, 1095, 1120, 1145, 1160], float)
WEDGE_VOLUMES = Volumes(
    _WEDGE_OIL, _WEDGE_OIL * _WEDGE_RP, np.zeros(11), np.zeros(11), np.zeros(11)
)

GAS_CAP_PRESSURE = np.array([3330, 3150, 3000, 2850, 2700, 2550, 2400], float)
"""DAKE exercise 3.4, a reservoir with a gas cap of unknown size; psia."""
GAS_CAP_FLUIDS = Fluids(
    bo=np.array([1.2511, 1.2353, 1.2222, 1.2122, 1.2022, 1.1922, 1.1822]),
    rs=np.array([510, 477, 450, 425, 401, 375, 352], float),
    bg=np.array([87, 92, 96, 101, 107, 113, 120]) * 1e-5,
    bw=np.ones(7),
)
_GAS_CAP_OIL = 1e6 * np.array([0, 3.295, 5.903, 8.852, 11.503, 14.513, 17.730])
_GAS_CAP_RP = np.array([510, 1050, 1060, 1160, 1235, 1265, 1300], float)
GAS_CAP_VOLUMES = Volumes(
    _GAS_CAP_OIL, _GAS_CAP_OIL * _GAS_CAP_RP, np.zeros(7), np.zeros(7), np.zeros(7)
)

HILLS_PRESSURE = np.array(
    [3685, 3680, 3676, 3667, 3664, 3640, 3605, 3567, 3515, 3448, 3360, 3275, 3188], float
)
"""AHMED example 11-3, Virginia Hills Beaverhill Lake, undersaturated and volumetric; psia."""
HILLS_FLUIDS = Fluids(
    bo=np.array(
        [
            1.3102, 1.3104, 1.3104, 1.3105, 1.3105, 1.3109, 1.3116,
            1.3122, 1.3128, 1.3130, 1.3150, 1.3160, 1.3170,
        ]
    ),
    rs=np.zeros(13),
    bg=np.ones(13),
    bw=np.ones(13),
)  # fmt: skip
HILLS_VOLUMES = Volumes(
    1e3
    * np.array(
        [
            0, 20.481, 34.750, 78.557, 101.846, 215.681, 364.613,
            542.985, 841.591, 1273.530, 1691.887, 2127.077, 2575.330,
        ]
    ),
    np.zeros(13),
    1e3 * np.array([0, 0, 0, 0, 0, 0, 0, 0.159, 0.805, 2.579, 5.008, 6.500, 8.000]),
    np.zeros(13),
    np.zeros(13),
)  # fmt: skip

VOLUMETRIC_GAS = {
    "pressure": np.array([1798, 1680, 1540, 1428, 1335], float),
    "z": np.array([0.869, 0.870, 0.880, 0.890, 0.900]),
    "produced": 1e9 * np.array([0, 0.96, 2.12, 3.21, 3.92]),
}
"""AHMED example 13-1: psia, and scf."""

ANDERSON_L = {
    "pressure": np.array(
        [
            9507, 9292, 8970, 8595, 8332, 8009, 7603, 7406,
            7002, 6721, 6535, 5764, 4766, 4295, 3750, 3247,
        ],
        float,
    ),
    "z": np.array(
        [
            1.440, 1.418, 1.387, 1.344, 1.316, 1.282, 1.239, 1.218,
            1.176, 1.147, 1.127, 1.048, 0.977, 0.928, 0.891, 0.854,
        ]
    ),
    "produced": 1e9
    * np.array(
        [
            0, 0.3925, 1.6425, 3.2258, 4.2603, 5.5035, 7.5381, 8.7492,
            10.5093, 11.7589, 12.7892, 17.2625, 22.8908, 28.1446, 32.5667, 36.8199,
        ]
    ),
}  # fmt: skip
"""Duggan, JPT 24 (1972) 132-138: the overpressured Anderson L, 9,507 psia at 11,167 ft."""
