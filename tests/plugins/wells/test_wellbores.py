"""Wellbores over the API: names, parents, kick-offs, depths and the numbers of sidetracks."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from wellhead.testing import ApiClient

pytestmark = pytest.mark.one_app

WELLS = "/api/v1/wells"


@pytest.fixture
def well(api: ApiClient) -> dict[str, Any]:
    """A well whose kelly bushing is 30 m above the sea and 10 m above the ground."""
    data: dict[str, Any] = api.post(
        WELLS,
        {
            "name": "W-1",
            "identifiers": [{"kind": "us_well_number", "value": "42-501-20130"}],
            "datums": [{"code": "KB", "elevation": 30, "unit": "m"}],
            "ground_elevation": 20,
            "elevation_unit": "m",
            "depth_datum": "KB",
        },
    ).data
    return data


@pytest.fixture
def bores(well: dict[str, Any]) -> str:
    return f"{WELLS}/{well['id']}/wellbores"


INITIAL: dict[str, Any] = {
    "name": "OH",
    "wellbore_type": "initial",
    "md": 3_000,
    "tvd": 2_900,
    "depth_unit": "m",
}


def sidetrack(parent: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "name": "ST1",
        "number": "1",
        "wellbore_type": "sidetrack",
        "parent_id": parent["id"],
        "kickoff_md": 1_500,
        "md": 3_400,
        "depth_unit": "m",
    } | fields


def test_wellbores_are_created_read_listed_changed_and_deleted(
    api: ApiClient, bores: str, well: dict[str, Any]
) -> None:
    first = api.post(bores, INITIAL)
    assert first.status == 201
    initial = first.data
    assert initial["well_id"] == well["id"]
    assert initial["status"] == "proposed"
    assert initial["depth_datum"] == "KB"
    assert initial["tvd_subsea"] == pytest.approx(2_870)
    asset = api.get(f"/api/v1/assets/{initial['asset_id']}").data
    assert (asset["kind"], asset["name"]) == ("wellbore", "OH")
    assert asset["parent_id"] == well["asset_id"]

    number = {"kind": "us_well_number", "value": "42-501-20130-01"}
    second = api.post(bores, sidetrack(initial, identifiers=[number])).data
    assert second["identifiers"][0]["normalised"] == "42501201300100"
    assert api.get(f"{bores}/{second['id']}").data == second
    assert [bore["name"] for bore in api.get(bores).data] == ["OH", "ST1"]
    assert api.get(bores, wellbore_type="sidetrack").meta["total"] == 1
    assert api.get(bores, parent_id=initial["id"]).data == [second]

    changed = api.patch(
        f"{bores}/{second['id']}", {"name": "ST01", "status": "drilling", "tvd": 3_000}
    ).data
    assert (changed["name"], changed["status"], changed["md"]) == ("ST01", "drilling", 3_400)
    assert api.get(f"/api/v1/assets/{second['asset_id']}").data["name"] == "ST01"

    refused = api.delete(f"{bores}/{initial['id']}")
    assert refused.status == 409
    assert "ST01 leaves it" in refused.error["message"]
    assert api.delete(f"{bores}/{second['id']}").status == 200
    assert api.delete(f"{bores}/{initial['id']}").status == 200
    assert api.get(bores).data == []
    assert api.get(f"/api/v1/assets/{second['asset_id']}").status == 404


def test_a_wellbore_is_found_under_its_own_well_only(api: ApiClient, bores: str) -> None:
    other = api.post(WELLS, {"name": "W-2"}).data
    initial = api.post(bores, INITIAL).data
    strange = f"{WELLS}/{other['id']}/wellbores/{initial['id']}"
    assert api.get(strange).status == 404
    assert api.patch(strange, {"name": "x"}).status == 404
    assert api.delete(strange).status == 404
    answer = api.post(f"{WELLS}/{other['id']}/wellbores", sidetrack(initial, depth_datum="KB"))
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == "parent_id"
    assert "the well has no such wellbore" in answer.error["message"]


def test_parents_make_no_circle(api: ApiClient, bores: str) -> None:
    initial = api.post(bores, INITIAL | {"wellbore_type": "unknown"}).data
    first = api.post(bores, sidetrack(initial)).data
    second = api.post(bores, sidetrack(first, name="ST2", kickoff_md=2_000)).data
    for bore, parent in ((initial, second), (first, second), (first, first)):
        answer = api.patch(
            f"{bores}/{bore['id']}", {"parent_id": parent["id"], "kickoff_md": 1_000}
        )
        assert answer.status == 422
        assert "cannot leave itself" in answer.error["message"]


def test_a_wellbore_that_cannot_be_is_explained(api: ApiClient, bores: str) -> None:
    initial = api.post(bores, INITIAL).data
    for body, status, field, message in (
        (sidetrack(initial, parent_id=None), 422, "parent_id", "leaves another wellbore"),
        (sidetrack(initial, kickoff_md=None), 422, "kickoff_md", "leaves another wellbore"),
        (sidetrack(initial, kickoff_md=3_001), 422, "kickoff_md", "below its end at 3000.0 m KB"),
        (sidetrack(initial, kickoff_md=3_500), 422, "kickoff_md", "deeper than md"),
        (
            sidetrack(initial, kickoff_md=9_900, md=12_000, depth_unit="ft"),
            422,
            "kickoff_md",
            "below its end",
        ),
        (
            sidetrack(initial, kickoff_md=2_995, depth_datum="GL"),
            422,
            "kickoff_md",
            "leaves OH at 2995.0 m GL",
        ),
        (sidetrack(initial, tvd=3_401), 422, "tvd", "deeper than md"),
        (sidetrack(initial, depth_unit=None), 422, "depth_unit", "means nothing without it"),
        (sidetrack(initial, md=-1), 422, "md", "greater than or equal to 0"),
        (sidetrack(initial, wellbore_type="initial"), 422, "parent_id", "leaves no other"),
        (
            {"name": "OH2", "wellbore_type": "initial"},
            409,
            "wellbore_type",
            "wellbore OH is the initial one",
        ),
        (
            {"name": "X", "kickoff_md": 5, "depth_unit": "m"},
            422,
            "parent_id",
            "needs the wellbore it is in",
        ),
        ({"name": "OH"}, 409, "name", "of this name here already"),
        (
            {
                "name": "X",
                "identifiers": [{"kind": "us_well_number", "value": "42-501-20131-01"}],
            },
            422,
            "identifiers",
            "begins with its well's, 4250120130",
        ),
    ):
        answer = api.post(bores, body)
        assert answer.status == status, (body, answer.body)
        assert answer.error["details"][0]["field"] == field
        assert message in answer.error["message"]
    assert api.get(bores).meta["total"] == 1


def test_kickoffs_are_compared_across_units_and_datums(api: ApiClient, bores: str) -> None:
    initial = api.post(bores, INITIAL).data
    for number, fields in enumerate(
        (
            {"kickoff_md": 3_000 / 0.3048, "md": 12_000, "depth_unit": "ft"},
            {"kickoff_md": 2_990, "depth_datum": "GL"},
            {"kickoff_md": 3_300, "depth_datum": "DF"},  # the floor's elevation is not known
        )
    ):
        answer = api.post(bores, sidetrack(initial, name=f"ST{number}", **fields))
        assert answer.status == 201, answer.body


def test_a_parent_cannot_end_above_a_kickoff(api: ApiClient, bores: str) -> None:
    initial = api.post(bores, INITIAL).data
    api.post(bores, sidetrack(initial))
    answer = api.patch(f"{bores}/{initial['id']}", {"md": 1_400, "tvd": None})
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == "md"
    assert "ST1 leaves OH at 1500.0 m KB" in answer.error["message"]


def test_depths_need_a_datum(api: ApiClient) -> None:
    plain = api.post(WELLS, {"name": "W-2"}).data
    path = f"{WELLS}/{plain['id']}/wellbores"
    answer = api.post(path, INITIAL)
    assert answer.error["details"][0]["field"] == "depth_datum"
    made = api.post(path, INITIAL | {"depth_datum": "RT"}).data
    assert made["tvd_subsea"] is None  # nobody said how high the rotary table is
    api.patch(
        f"{WELLS}/{plain['id']}", {"datums": [{"code": "RT", "elevation": 100, "unit": "ft"}]}
    )
    assert api.get(f"{path}/{made['id']}").data["tvd_subsea"] == pytest.approx(2_869.52)


def test_a_datum_in_use_stays(api: ApiClient, bores: str, well: dict[str, Any]) -> None:
    api.post(bores, INITIAL)
    path = f"{WELLS}/{well['id']}"
    answer = api.patch(path, {"datums": []})
    assert answer.status == 422
    assert "wellbore OH counts its depths from KB" in answer.error["message"]
    changed = api.patch(path, {"datums": [{"code": "KB", "elevation": 31, "unit": "m"}]})
    assert changed.data["datums"][0]["elevation"] == 31


def test_one_number_belongs_to_one_wellbore(api: ApiClient, bores: str) -> None:
    number = {"identifiers": [{"kind": "us_well_number", "value": "42-501-20130-00"}]}
    api.post(bores, INITIAL | number)
    taken = api.post(bores, {"name": "X"} | number)
    assert taken.status == 409
    assert "wellbore OH has this identifier" in taken.error["message"]


def test_two_people_at_once_make_no_circle(api: ApiClient, bores: str) -> None:
    first, second = (api.post(bores, {"name": name}).data for name in ("A", "B"))
    for _ in range(5):
        for bore in (first, second):
            api.patch(f"{bores}/{bore['id']}", {"parent_id": None})
        pairs = ((first, second), (second, first))
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda pair: (
                        api.patch(f"{bores}/{pair[0]['id']}", {"parent_id": pair[1]["id"]}).status
                    ),
                    pairs,
                )
            )
        assert sorted(answers) == [200, 422]


def test_an_etag_covers_what_is_kept_in_other_tables(
    api: ApiClient, well: dict[str, Any], bores: str
) -> None:
    """The identifiers, and the name, which is the asset's."""
    for path in (f"{WELLS}/{well['id']}", f"{bores}/{api.post(bores, INITIAL).data['id']}"):
        first = api.get(path)
        number = {"kind": "other", "value": first.data["id"]}
        changed = api.patch(path, {"identifiers": [number]})
        assert changed.headers["ETag"] != first.headers["ETag"]
        assert changed.headers["ETag"] == api.get(path).headers["ETag"]
        api.patch(f"/api/v1/assets/{first.data['asset_id']}", {"name": "Renamed"})
        late = {"If-Match": changed.headers["ETag"]}
        assert api.request("PATCH", path, {"status": "active"}, headers=late).status == 412
        assert api.request("DELETE", path, headers=late).status == 412
        now = {"If-Match": api.get(path).headers["ETag"]}
        assert api.request("PATCH", path, {"status": "active"}, headers=now).status == 200


def test_of_two_editors_of_a_wellbore_one_wins(api: ApiClient, bores: str) -> None:
    path = f"{bores}/{api.post(bores, INITIAL).data['id']}"
    for turn in range(5):
        tag = {"If-Match": api.get(path).headers["ETag"]}
        with ThreadPoolExecutor(3) as editors:
            edits = [
                editors.submit(api.request, "PATCH", path, {"number": f"{who}{turn}"}, headers=sent)
                for who, sent in (("a", tag), ("b", tag), ("c", {}))
            ]
        found = sorted(edit.result().status for edit in edits)
        assert found in ([200, 200, 412], [200, 412, 412]), "who names no ETag is never refused"
