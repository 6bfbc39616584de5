"""Oils of the books, as the API takes them."""

from typing import Any

PSIA = "60F_14.696psia"

AHMED = {
    "standard_conditions": PSIA,
    "temperature": {"value": 250, "unit": "degF"},
    "oil_gravity": 47.1,
    "gas_gravity": 0.851,
    "solution_gor": {"value": 751, "unit": "scf/STB"},
}
"""Oil 1 of Ahmed's Reservoir Engineering Handbook."""

PRESSURES = [2620, 2350, 2100, 1850, 1600, 1350, 1100, 850, 600, 350, 159]
RS = [854, 763, 684, 612, 544, 479, 416, 354, 292, 223, 157]
BO = [1.600, 1.554, 1.515, 1.479, 1.445, 1.412, 1.382, 1.351, 1.320, 1.283, 1.244]


def column(name: str, unit: str, values: list[Any]) -> dict[str, Any]:
    return {"name": name, "unit": unit, "values": values}


def mccain(**more: Any) -> dict[str, Any]:
    """The black oil of McCain's Properties of Petroleum Fluids, chapter 10, as reported: psig."""
    return {
        "name": "Good Oil 4",
        "kind": "recombined separator",
        "sampled_on": "1989-06-15",
        "standard_conditions": PSIA,
        "temperature": {"value": 220, "unit": "degF"},
        "pressure_unit": "psig",
        "atmospheric_pressure": {"value": 14.7, "unit": "psia"},
        "bubble_point": 2_620,
        "solution_gor": {"value": 768, "unit": "scf/STB"},
        "oil_volume": {"value": 1.474, "unit": "bbl/STB"},
        "oil_gravity": 40.7,
        "gas_gravity": 0.786,
        "separator_pressure": 100,
        "separator_temperature": {"value": 75, "unit": "degF"},
        "experiments": [
            {
                "kind": "differential liberation",
                "temperature": {"value": 220, "unit": "degF"},
                "columns": [
                    column("pressure", "psig", PRESSURES),
                    column("rs", "scf/STB", RS),
                    column("bo", "bbl/STB", BO),
                ],
            },
            {
                "kind": "constant composition expansion",
                "columns": [
                    column("pressure", "psig", [5_000, 4_000, 3_000, 2_620, 2_000]),
                    column("relative_volume", "1", [0.9639, 0.9771, 0.9929, 1.0, 1.16]),
                ],
            },
        ],
    } | more
