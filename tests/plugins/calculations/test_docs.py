"""docs/calculated-tags.md is true."""

import json
import re
from pathlib import Path

import pytest
from tests.plugins.calculations.conftest import CALCULATIONS, Plant

from wellhead.testing import ApiClient
from wellhead_calculations.expression.check import Known, check

PAGE = Path(__file__).parents[3] / "docs" / "calculated-tags.md"
UNITS = {"P1": "bar", "P2": "bar", "T": "degC", "QL": "m3/d", "RUN": None}


def rows() -> list[tuple[str, str | None]]:
    found = re.findall(r"^\| .*\| `(.+)` \| (?:`(.+)` )?\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [(expression, unit or None) for expression, unit in found]


@pytest.mark.parametrize(("expression", "unit"), rows())
def test_documented_expressions_are_of_their_units(expression: str, unit: str | None) -> None:
    names = {f"W-01.{name}": Known(place, of) for place, (name, of) in enumerate(UNITS.items())}
    assert check(expression, names, {}, unit).inputs


def test_the_table_is_found() -> None:
    assert len(rows()) == 11


def test_documented_bodies_make_calculated_tags(api: ApiClient, plant: Plant) -> None:
    plant.tags(**{"W_01.QL": "m3/d", "W_01.WC": "%"})
    bodies = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(bodies) == 2
    for body in bodies:
        answer = api.post(CALCULATIONS, json.loads(body))
        assert answer.status == 201, answer.body
