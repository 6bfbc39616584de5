"""Expressions of hundreds of values and chains of a thousand tags, which are deeper than Python."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from tests.plugins.calculations.conftest import CALCULATIONS, Plant

from wellhead.testing import ApiClient
from wellhead_historian.testing import BASE

pytestmark = pytest.mark.one_app

GOOD = 192
Define = Callable[..., int]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"max({{A}}, {', '.join(['1'] * 490)}, 7)", 7.0),
        ("{A} and " + " and ".join(["1"] * 300), 1.0),
        ("{A}" + "<9" * 480, 0.0),
    ],
    ids=["max", "and", "comparison"],
)
def test_hundreds_of_values_stop_no_other_calculation(
    plant: Plant, define: Define, text: str, value: float
) -> None:
    plant.tags(A=None)
    define("B", expression="{A}")
    define("C", expression=text)
    plant.store([("A", BASE, 5.0, GOOD)])
    plant.calculate()
    assert plant.readings("B") == [(BASE, 5.0, GOOD)]
    assert plant.readings("C") == [(BASE, value, GOOD)]


def test_a_chain_of_a_thousand_whose_first_is_the_newest_is_evaluated(
    api: ApiClient, plant: Plant, define: Define
) -> None:
    plant.tags(A=None, **{f"C{n}": None for n in range(1000)})
    last = define("LAST", expression="{A}")
    chain = [plant.ids[f"C{n}"] for n in range(1000)]
    pairs = list(pairwise([*chain, last]))  # each is calculated from one with a higher number
    with plant.connection.transaction(), plant.connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO calculations_calculation (tag_id, expression, max_age_s, start)"
            " VALUES (%s, %s, 3600, '2025-06-01')",
            [(tag, f"tag({of})") for tag, of in pairs],
        )
        cursor.executemany("INSERT INTO calculations_input VALUES (%s, %s, 0)", pairs)
        cursor.execute("UPDATE calculations_head SET version = version + 1")
    plant.store([("A", BASE, 5.0, GOOD)])
    plant.calculate()
    assert plant.readings("C0") == [(BASE, 5.0, GOOD)]
    refused = api.patch(f"{CALCULATIONS}/{last}", {"expression": "{C0}"})
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "expression")
