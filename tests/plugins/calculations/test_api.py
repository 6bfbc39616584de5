"""The HTTP API: definitions, who may make them of what, trials, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.plugins.calculations.conftest import CALCULATIONS, Plant

from wellhead.testing import ApiClient
from wellhead_historian.testing import BASE

pytestmark = pytest.mark.one_app

S = 1_000_000
Define = Callable[..., int]


def test_a_calculation_is_shown_with_the_names_its_tags_have_now(
    api: ApiClient, plant: Plant, define: Define
) -> None:
    plant.tags(A="bar", Q="m3/d")
    tag = define("D", unit="psi", expression="{A} * 2", description="Twice")
    api.patch(f"/api/v1/tags/{plant.ids['A']}", {"name": "W-01.P"})
    shown = api.get(f"{CALCULATIONS}/{tag}").data
    assert (shown["expression"], shown["unit"], shown["description"]) == (
        "{W-01.P} * 2", "psi", "Twice",
    )  # fmt: skip
    assert shown["total_of"] is None
    as_tag = api.get(f"/api/v1/tags/{tag}").data
    assert (as_tag["name"], as_tag["datatype"], as_tag["unit"]) == ("D", "float64", "psi")
    total = define("V", unit="m3", total_of="Q")
    shown = api.get(f"{CALCULATIONS}/{total}").data
    assert (shown["total_of"], shown["expression"], shown["period"]) == ("Q", None, "day")
    assert (shown["zone"], shown["day_start"], shown["least_share"]) == ("UTC", "06:00", 0.95)
    assert [row["name"] for row in api.get(CALCULATIONS).data] == ["D", "V"]
    assert len(api.get(CALCULATIONS, period="day").data) == 1


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"unit": "bar"}, "expression"),
    ({"unit": "bar", "expression": "{A}", "total_of": "Q"}, "expression"),
    ({"unit": "bar", "expression": "{A} + {Q}"}, "expression"),
    ({"unit": "bar", "expression": "{TXT}"}, "expression"),
    ({"unit": "barr", "expression": "{A}"}, "unit"),
    ({"unit": "bar", "expression": "{A}", "zone": "UTC"}, "zone"),
    ({"unit": "m3", "total_of": "A"}, "unit"),
    ({"unit": "m3", "total_of": "nothing"}, "total_of"),
    ({"unit": "m3", "total_of": "Q", "zone": "Mars/Olympus"}, "zone"),
    ({"unit": "m3", "total_of": "Q", "day_start": "6"}, "day_start"),
    ({"unit": "m3", "total_of": "tag(99999999999)"}, "total_of"),
    ({"unit": "m3", "total_of": "Q} {A"}, "total_of"),
    ({"unit": "bar", "expression": "{A}", "start": "1969-01-01T00:00:00Z"}, "start"),
    ({"unit": "bar", "expression": "{A}", "max_age_s": 0}, "max_age_s"),
)


def test_what_is_refused_names_its_field(api: ApiClient, plant: Plant) -> None:
    plant.tags(A="bar", Q="m3/d", TXT=None)
    plant.connection.execute("UPDATE historian_tag SET datatype = 'string' WHERE name = 'TXT'")
    for body, field in REFUSED:
        for path, sent in ((CALCULATIONS, {"name": "D", **body}), (f"{CALCULATIONS}/try", body)):
            answer = api.post(path, sent)
            assert (answer.status, answer.error["details"][0]["field"]) == (422, field), sent
    assert api.get(CALCULATIONS).data == []
    assert api.get("/api/v1/tags", name="D").data == []


def test_a_tag_of_texts_is_said_to_be_one(api: ApiClient, plant: Plant) -> None:
    plant.tags(TXT=None)
    plant.connection.execute("UPDATE historian_tag SET datatype = 'string' WHERE name = 'TXT'")
    for wanted in (
        {"expression": "1 + {TXT}"},
        {"expression": f"1 + tag({plant.ids['TXT']})"},
        {"total_of": "TXT"},
    ):
        answer = api.post(CALCULATIONS, {"name": "D", **wanted})
        assert answer.status == 422
        assert "texts" in answer.error["message"]
        assert "a tag of numbers" in answer.error["details"][0]["remedy"]


def test_nobody_imports_what_is_calculated(api: ApiClient, plant: Plant, define: Define) -> None:
    plant.tags(A="bar")
    tag = define("D", unit="bar", expression="{A}")

    def imported(text: str) -> Any:
        headers, query = {"Content-Type": "text/csv"}, {"dry_run": "true"}
        return api.request("POST", "/api/v1/tags/imports", query=query, headers=headers, text=text)

    [error] = imported(f"tag,time,value\n{tag},2020-01-01T00:00:00Z,1\n").data["errors"]
    assert (error["row"], error["column"]) == (2, "tag")
    assert "is a calculated tag" in error["message"]
    wide = "time,D\n2020-01-01T00:00:00Z,1\n"
    assert "is a calculated tag" in imported(wide).error["message"]
    assert api.delete(f"{CALCULATIONS}/{tag}").status == 200
    assert imported(wide).data["readings"] == 1


def test_a_circle_is_refused_and_named(api: ApiClient, plant: Plant, define: Define) -> None:
    plant.tags(A=None)
    one = define("C1", expression="{A}")
    define("C2", expression="{C1} * 2")
    define("C3", expression="{C2} * 2")
    answer = api.patch(f"{CALCULATIONS}/{one}", {"expression": "{C3}"})
    assert answer.status == 422
    assert "C1 ← C3 ← C2 ← C1" in answer.error["message"]
    assert api.patch(f"{CALCULATIONS}/{one}", {"expression": "{C1}"}).status == 422
    assert api.get(f"{CALCULATIONS}/{one}").data["expression"] == "{A}"


def test_a_trial_stores_nothing(api: ApiClient, plant: Plant) -> None:
    plant.tags(A="bar", Q="m3/d")
    plant.store([("A", BASE, 1.0, 192), ("A", BASE + S, float("nan"), 24)])
    asked = {"unit": "kPa", "expression": "{A} * 2", "start": "2025-06-15T15:00:00Z"}
    answer = api.post(f"{CALCULATIONS}/try", {**asked, "to": "2025-06-15T16:00:00Z"})
    assert answer.data == {
        "inputs": [{"id": plant.ids["A"], "name": "A", "unit": "bar"}],
        "t": [BASE, BASE + S], "v": [200.0, None], "q": [192, 24], "unit": "kPa", "more": False,
    }  # fmt: skip
    assert api.get("/api/v1/tags").meta["total"] == 2
    backwards = api.post(f"{CALCULATIONS}/try", {**asked, "to": "2025-06-15T14:00:00Z"})
    assert backwards.status == 422


def test_a_name_that_a_tag_has_is_refused_with_what_to_do_about_it(
    api: ApiClient, plant: Plant, define: Define
) -> None:
    plant.tags(A="bar")
    tag = define("D", unit="bar", expression="{A}")
    body = {"name": "D", "unit": "bar", "expression": "{A} * 2"}
    [error] = (refused := api.post(CALCULATIONS, body)).error["details"]
    assert (refused.status, error["field"], error["value"]) == (409, "name", "D")
    assert f"PATCH {CALCULATIONS}/{tag}" in error["remedy"]

    assert api.delete(f"{CALCULATIONS}/{tag}").status == 200
    [error] = (refused := api.post(CALCULATIONS, body)).error["details"]
    assert (refused.status, error["field"]) == (409, "name")
    assert f"PATCH /api/v1/tags/{tag}" in error["remedy"]
    [row] = api.post(f"{CALCULATIONS}/bulk", {"items": [body]}).error["details"]
    assert f"DELETE /api/v1/tags/{tag}" in row["remedy"]

    assert api.patch(f"/api/v1/tags/{tag}", {"name": "D (old)"}).status == 200
    again = define("D", unit="bar", expression="{A} * 2")
    assert api.delete(f"{CALCULATIONS}/{again}").status == 200
    assert api.delete(f"/api/v1/tags/{again}").status == 200
    define("D", unit="bar", expression="{A} * 2")


def test_changing_and_deleting(api: ApiClient, plant: Plant, define: Define) -> None:
    plant.tags(A="bar", Q="m3/d")
    tag = define("D", unit="bar", expression="{A}")
    path = f"{CALCULATIONS}/{tag}"
    plant.store([("A", BASE, 1.0, 192)])
    plant.calculate()
    assert api.patch(path, {"unit": "psi"}).status == 422  # it has readings
    assert api.patch(path, {"expression": "{Q}"}).status == 422
    changed = api.patch(path, {"name": "D2", "expression": "{A} + 1 [bar]", "max_age_s": 60})
    assert (changed.data["name"], changed.data["max_age_s"]) == ("D2", 60.0)
    changed = api.patch(path, {"description": "only for people"})
    assert changed.data["expression"] == "{A} + 1 [bar]"
    plant.ids["D2"] = tag
    plant.calculate()
    assert plant.readings("D2") == [(BASE, 2.0, 192)]
    assert api.delete(path).status == 200
    assert api.get(path).status == 404
    assert api.get(f"/api/v1/tags/{tag}").status == 200
    plant.store([("A", BASE + S, 5.0, 192)])
    assert plant.calculate() == 0
    assert plant.connection.execute("SELECT count(*) FROM calculations_dirty").fetchone() == (0,)
    tables = {row["table"] for row in api.get("/api/v1/audit", per_page=100).data}
    assert {"calculations_calculation", "calculations_input"} <= tables
    assert not tables & {"calculations_due", "calculations_dirty", "calculations_state"}


def test_tags_kept_by_numbers_make_no_expression_too_long(
    api: ApiClient, plant: Plant, define: Define
) -> None:
    plant.tags(A="bar")
    text = f"max({','.join(['{A}'] * 490)})"
    tag = define("D", unit="bar", expression=text)
    plant.store([("A", BASE, 5.0, 192)])
    plant.calculate()
    assert plant.readings("D") == [(BASE, 5.0, 192)]
    assert api.patch(f"{CALCULATIONS}/{tag}", {"max_age_s": 60}).data["expression"] == text


def test_a_total_becomes_an_expression_and_back(
    api: ApiClient, plant: Plant, define: Define
) -> None:
    plant.tags(Q="m3/d", N="m3")
    tag = define("V", unit="m3", total_of="Q", period="hour")
    path = f"{CALCULATIONS}/{tag}"
    shown = api.patch(path, {"expression": "{N} * 2"}).data
    assert (shown["expression"], shown["total_of"], shown["period"]) == ("{N} * 2", None, None)
    shown = api.patch(path, {"total_of": "Q"}).data
    assert (shown["expression"], shown["total_of"], shown["period"]) == (None, "Q", "day")


def test_limited_users_use_the_tags_they_see(api: ApiClient, plant: Plant, define: Define) -> None:
    north, south = (
        api.post("/api/v1/assets", {"kind": "field", "name": name}).data["id"]
        for name in ("North", "South")
    )
    plant.tags(A=None, B=None)
    for name, asset in (("A", north), ("B", south)):
        assert api.patch(f"/api/v1/tags/{plant.ids[name]}", {"asset_id": asset}).status == 200
    seen = define("D", expression="{A} + {B}", asset_id=north)
    hidden = define("E", expression="{B}", asset_id=south)
    limited = api.limited(north, role="engineer")
    assert [row["name"] for row in limited.get(CALCULATIONS).data] == ["D"]
    shown = limited.get(f"{CALCULATIONS}/{seen}").data["expression"]
    assert shown == f"{{A}} + tag({plant.ids['B']})"
    assert limited.get(f"{CALCULATIONS}/{hidden}").status == 404
    assert limited.get(f"{CALCULATIONS}/{hidden}/state").status == 404
    for expression in ("{B}", f"tag({plant.ids['B']})"):
        body = {"expression": expression, "asset_id": north}
        assert "no such tag" in limited.post(CALCULATIONS, {"name": "F", **body}).error["message"]
        assert limited.post(f"{CALCULATIONS}/try", {"expression": expression}).status == 422
    assert limited.post(CALCULATIONS, {"name": "F", "expression": "{A}"}).status == 422
    kept = limited.patch(f"{CALCULATIONS}/{seen}", {"expression": shown + " + 1"})
    assert kept.status == 200, kept.body
