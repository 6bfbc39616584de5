"""Well tests and their rates: entered, imported, shown, refused."""

import pytest

from wellhead.testing import ApiClient

from .conftest import CONDITIONS, RATES, TESTING, TESTS, Lease, of


def test_a_test_is_kept_as_entered_and_shown_in_other_units(lease: Lease) -> None:
    api = lease.api
    made = lease.test(
        **RATES, choke=of(24, "in64"), separator_pressure=of(110, "psig"), reference="PT-7"
    )
    assert (made["state"], made["revision"], made["duration"]) == ("running", 1, 24.0)
    assert made["well_name"] == lease.well["name"]
    assert made["oil_rate"] == of(420, "STB/d")
    assert made["gas_oil_ratio"] == of(pytest.approx(800.0), "scf/STB")
    assert made["water_oil_ratio"] == pytest.approx(180 / 420)
    assert made["water_cut"] == pytest.approx(30.0)
    metric = api.get(f"{TESTS}/{made['id']}", units="metric").data
    assert metric["oil_rate"] == of(pytest.approx(66.775, abs=0.001), "Sm3/d")
    assert metric["gas_rate"] == of(pytest.approx(9514.46, abs=0.1), "Sm3/d")
    assert metric["gas_oil_ratio"] == of(pytest.approx(142.486, abs=0.001), "Sm3/Sm3")
    assert metric["separator_pressure"] == of(pytest.approx(7.584, abs=0.001), "barg")
    assert metric["standard_conditions"] == CONDITIONS  # the unit changes, the conditions do not
    listed = api.get(TESTS, well_id=lease.well["id"], kind="production", state="running")
    assert [row["id"] for row in listed.data] == [made["id"]]
    assert api.patch(f"{TESTS}/{made['id']}", {"water_rate": None}).data["water_cut"] is None
    ahead = lease.test(start_at="2036-01-01T00:00:00Z", end_at=None)
    assert (ahead["state"], ahead["duration"]) == ("planned", None)
    assert api.delete(f"{TESTS}/{ahead['id']}").status == 200


def test_what_cannot_be_is_refused_by_its_field(lease: Lease) -> None:
    lease.test()
    other = Lease(lease.api).well["id"]
    bad = {
        "end_at": {"end_at": "2026-03-01T06:00:00Z"},
        "start_at": {},  # a test that is there
        "well_id": {"well_id": "00000000-0000-0000-0000-000000000001"},
        "completion_id": {"kind": "drawdown", "completion_id": other},
        "kind": {"kind": "guess"},
        "standard_conditions": {"standard_conditions": "warm"},
        "oil_rate.value": {"oil_rate": of(-1, "STB/d")},
        "gas_rate.unit": {"gas_rate": of(1, "psi")},
        "separator_pressure.unit": {"separator_pressure": of(100, "psia")},
    }
    assert {name: lease.refused("tests", **lease.body(**body)) for name, body in bad.items()} == {
        name: name for name in bad
    }


def test_tests_are_imported_by_the_wells_names_once(lease: Lease) -> None:
    api, name = lease.api, lease.well["name"]
    lines = [
        "well,kind,start_at,end_at,standard_conditions,oil_rate.value,oil_rate.unit",
        f"{name},production,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,{CONDITIONS},400,STB/d",
        f"{name},production,2026-02-05T00:00:00Z,2026-02-06T00:00:00Z,{CONDITIONS},390,STB/d",
        f"nowhere,production,2026-02-05T00:00:00Z,2026-02-06T00:00:00Z,{CONDITIONS},390,STB/d",
    ]

    def sent(rows: list[str], **query: str) -> dict[str, object]:
        headers, text = {"Content-Type": "text/csv"}, "\n".join(rows)
        answer = api.request("POST", f"{TESTS}/bulk", query=query, headers=headers, text=text)
        found: dict[str, object] = answer.body.get("data") or answer.error
        return found

    dry = sent(lines, dry_run="true", on_error="skip")
    assert (dry["created"], dry["failed"]) == (2, 1)
    assert api.get(TESTS, well_id=lease.well["id"]).meta["total"] == 0
    refused = sent(lines)
    assert refused["details"][0]["field"] == "items.2.well"  # type: ignore[index]
    done = sent(lines, on_error="skip")
    assert (done["created"], done["failed"]) == (2, 1)
    first = done["rows"][0]  # type: ignore[index]
    assert [one["field"] for one in first["warnings"]] == ["gas_rate", "water_rate"]
    assert sent(lines[:3], on_error="skip")["created"] == 0  # a file that comes twice
    assert api.get(TESTS, well_id=lease.well["id"]).meta["total"] == 2


def test_rates_are_steps_that_last_until_the_next(lease: Lease) -> None:
    api, test = lease.api, lease.test()["id"]
    first = lease.add("rate-steps", test_id=test, start_at="2026-03-01T06:00:00Z", **RATES)
    assert first["gas_oil_ratio"] == of(pytest.approx(800.0), "scf/STB")
    assert first["standard_conditions"] == CONDITIONS
    shut = lease.add(
        "rate-steps", test_id=test, start_at="2026-03-01T18:00:00Z", oil_rate=of(0, "STB/d")
    )
    assert shut["gas_oil_ratio"] is None
    listed = api.get(f"{TESTING}/rate-steps", test_id=test).data
    assert [row["id"] for row in listed] == [first["id"], shut["id"]]
    step = {"test_id": test, "oil_rate": of(1, "STB/d")}
    assert lease.refused("rate-steps", **step, start_at="2026-03-02T06:00:00Z") == "start_at"
    assert lease.refused("rate-steps", **step, start_at="2026-03-01T18:00:00Z") == "start_at"
    empty = {"test_id": test, "start_at": "2026-03-01T20:00:00Z"}
    assert lease.refused("rate-steps", **empty) == "oil_rate"
    path = f"{TESTING}/rate-steps/{shut['id']}"
    assert api.patch(path, {"start_at": "2026-03-01T19:00:00Z"}).status == 200
    assert api.patch(path, {"test_id": lease.test(kind="drawdown")["id"]}).status == 422
    assert api.delete(path).status == 200


def test_who_is_limited_to_assets_sees_the_tests_of_those(lease: Lease) -> None:
    made, other = lease.test(), Lease(lease.api)
    mine = lease.api.limited(lease.well["asset_id"], role="engineer")
    theirs: ApiClient = lease.api.limited(other.well["asset_id"], role="operator")
    assert [row["id"] for row in mine.get(TESTS).data] == [made["id"]]
    assert theirs.get(f"{TESTS}/{made['id']}").status == 404
    refused = theirs.post(
        f"{TESTING}/rate-steps", {"test_id": made["id"], "start_at": "2026-03-01T06:00:00Z"}
    )
    assert refused.error["details"][0]["field"] == "test_id"
