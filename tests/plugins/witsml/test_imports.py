"""Objects of a store become records; what comes again changes them, or nothing."""

import secrets
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from tests.plugins.witsml.conftest import Known

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_wells.surveys.models import Survey
from wellhead_witsml.models import Store
from wellhead_witsml.status import stores_health


def only(answer: Any) -> dict[str, Any]:
    """The one object of an import's answer."""
    [found] = answer.data["objects"]
    shown: dict[str, Any] = found
    return shown


def well(uid: str, inner: str = "", name: str = "") -> str:
    return f'<well uid="{uid}"><name>{name or f"Well {uid}"}</name>{inner}</well>'


FULL = (
    "<field>Big Field</field><country>NO</country><operator>Company</operator>"
    "<numAPI>123-543-987AZ</numAPI><timeZone>-06:00</timeZone><statusWell>Drilling</statusWell>"
    "<purposeWell>exploration</purposeWell><dTimSpud>2001-05-31T03:15:00Z</dTimSpud>"
    '<wellDatum uid="k"><name>Kelly Bushing</name><code>KB</code>'
    '<elevation uom="ft">78.5</elevation></wellDatum>'
    '<groundElevation uom="cm">1200</groundElevation>'
    '<wellLocation uid="l"><wellCRS uidRef="g">WGS84</wellCRS>'
    '<latitude uom="dega">59.75</latitude><longitude uom="dega">1.71</longitude></wellLocation>'
)


def test_a_well_is_imported_and_a_malformed_number_is_kept_with_a_warning(known: Known) -> None:
    found = only(known.bring("well", well(known.well, FULL)))
    assert (found["outcome"], found["errors"]) == ("created", [])
    assert [one["value"] for one in found["warnings"] if "kept as it came" in one["message"]] == [
        "123-543-987AZ"
    ]
    record = known.api.get(f"/api/v1/wells/{found['id']}").data
    assert record["name"] == f"Well {known.well}"
    assert (record["status"], record["country"], record["field"]) == ("drilling", "NO", "Big Field")
    assert record["spud_date"] == "2001-05-30"  # in the well's own zone
    assert (record["latitude"], record["longitude"]) == (59.75, 1.71)
    assert (record["ground_elevation"], record["elevation_unit"]) == (12.0, "m")
    assert record["datums"] == [{"code": "KB", "elevation": 78.5, "unit": "ft"}]
    assert record["depth_datum"] == "KB"
    assert [(one["value"], one["normalised"]) for one in record["identifiers"]] == [
        ("123-543-987AZ", None)
    ]


def test_a_spud_at_the_end_of_the_calendar_is_a_day(known: Known) -> None:
    late = "<timeZone>+09:00</timeZone><dTimSpud>9999-12-31T23:00:00Z</dTimSpud>"
    found = only(known.bring("well", well(known.well, late)))
    assert (found["outcome"], found["errors"]) == ("created", [])
    record = known.api.get(f"/api/v1/wells/{found['id']}").data
    assert record["spud_date"] == "9999-12-31"


def test_what_no_record_holds_is_left_out_or_refused(known: Known) -> None:
    """Depths and heights beyond all reason with a warning, a uid that no index holds with an
    error."""
    far = '<groundElevation uom="m">1e308</groundElevation>'
    found = only(known.bring("well", well(known.well, far)))
    assert found["outcome"] == "created"
    assert "beyond 60000 m" in found["warnings"][0]["message"]
    assert known.api.get(f"/api/v1/wells/{found['id']}").data["ground_elevation"] is None
    told = known.bring("well", well(secrets.token_hex(5_000)), on_error="skip").data["objects"][0]
    assert told["outcome"] == "failed"
    assert "longer than 200 characters" in told["errors"][0]["message"]


def test_what_comes_again_changes_its_record_or_nothing(known: Known) -> None:
    first = only(known.bring("well", well(known.well, "<field>A</field>")))
    again = only(known.bring("well", well(known.well, "<field>A</field>")))
    assert (again["outcome"], again["id"]) == ("unchanged", first["id"])
    changed = only(known.bring("well", well(known.well, "<field>B</field>", name="Renamed")))
    assert (changed["outcome"], changed["id"]) == ("updated", first["id"])
    record = known.api.get(f"/api/v1/wells/{first['id']}").data
    assert (record["field"], record["name"]) == ("B", "Renamed")


def test_a_dry_run_says_what_would_become_and_stores_nothing(known: Known) -> None:
    told = known.bring("well", well(known.well), dry_run=True).data
    assert (told["created"], told["dry_run"], told["objects"][0]["id"]) == (1, True, None)
    assert known.api.get("/api/v1/wells", name=f"Well {known.well}").data == []


def test_one_object_that_cannot_be_stops_all_or_is_skipped(known: Known) -> None:
    two = well(f"{known.well}a") + well("", name="without uid")
    refused = known.bring("well", two)
    assert refused.status == 422
    assert refused.error["details"][0]["field"] == "objects.1.uid"
    assert known.api.get("/api/v1/wells", name=f"Well {known.well}a").data == []
    told = known.bring("well", two, on_error="skip").data
    assert (told["created"], told["failed"]) == (1, 1)
    assert "uid" in told["objects"][1]["errors"][0]["message"]
    assert len(known.api.get("/api/v1/wells", name=f"Well {known.well}a").data) == 1


def test_a_sidetrack_finds_its_parent_and_depths_their_datum(known: Known) -> None:
    bore = known.bring_wellbore()
    assert (bore["md"], bore["depth_unit"], bore["depth_datum"]) == (3000, "m", "KB")
    found = only(
        known.bring(
            "wellbore",
            f'<wellbore uidWell="{known.well}" uid="ST1"><name>ST1</name>'
            f'<parentWellbore uidRef="{known.bore}">OH</parentWellbore>'
            "<typeWellbore>sidetrack</typeWellbore><md uom='ft' datum='kelly bushing'>8200</md>"
            "<mdKickoff uom='m' datum='KB'>1500</mdKickoff></wellbore>",
        )
    )
    assert found["errors"] == []
    path = f"/api/v1/wells/{bore['well_id']}/wellbores/{found['id']}"
    side = known.api.get(path).data
    assert (side["parent_id"], side["wellbore_type"]) == (bore["id"], "sidetrack")
    assert (side["md"], side["depth_unit"]) == (8200, "ft")
    assert side["kickoff_md"] == pytest.approx(1500 / 0.3048)


def test_an_object_of_a_wellbore_that_was_not_imported_says_so(known: Known) -> None:
    told = known.bring(
        "message",
        f'<message uidWell="{known.well}" uidWellbore="{known.bore}" uid="m"><name>m</name>'
        "</message>",
        on_error="skip",
    )
    assert only(told)["errors"][0]["remedy"] == "Import the well and the wellbore first"


def stations(*rows: tuple[float, float, float]) -> str:
    return "".join(
        f'<trajectoryStation uid="s{number}"><typeTrajStation>magnetic MWD</typeTrajStation>'
        f'<md uom="m" datum="KB">{md}</md><incl uom="dega">{inclination}</incl>'
        f'<azi uom="dega">{azimuth}</azi></trajectoryStation>'
        for number, (md, inclination, azimuth) in enumerate(rows)
    )


def trajectory(known: Known, *rows: tuple[float, float, float], bore: str = "") -> str:
    return (
        f'<trajectory uidWell="{known.well}" uidWellbore="{bore or known.bore}" uid="t">'
        "<name>MWD</name><definitive>true</definitive><aziRef>grid north</aziRef>"
        f"{stations(*rows)}</trajectory>"
    )


def test_a_trajectory_becomes_versions_of_a_survey(known: Known) -> None:
    bore = known.bring_wellbore()
    rows = [(0.0, 0.0, 0.0), (500.0, 10.0, 45.0)]
    first = only(known.bring("trajectory", trajectory(known, *rows)))
    assert (first["outcome"], first["errors"]) == ("created", [])
    again = only(known.bring("trajectory", trajectory(known, *rows)))
    assert (again["outcome"], again["id"]) == ("unchanged", first["id"])
    longer = only(known.bring("trajectory", trajectory(known, *rows, (600.0, 12.0, 46.0))))
    assert longer["outcome"] == "updated"
    with known.api.app.app_context(), sdk.tenant("default"):
        mine = select(Survey).where(Survey.wellbore_id == uuid.UUID(bore["id"]))
        versions = sdk.db.session.scalars(mine.order_by(Survey.version)).all()
    assert [(one.version, one.definitive) for one in versions] == [(1, False), (2, True)]
    assert versions[1].replaces_id == versions[0].id
    assert (versions[1].azimuth_reference, versions[1].kind) == ("grid", "mwd")
    assert (versions[1].md, versions[1].depth_datum) == ([0, 500, 600], "KB")


def test_a_sidetracks_trajectory_from_the_surface_gives_what_is_below_its_kickoff(
    known: Known,
) -> None:
    known.bring_wellbore()
    known.bring(
        "wellbore",
        f'<wellbore uidWell="{known.well}" uid="ST2"><name>ST2</name>'
        f'<parentWellbore uidRef="{known.bore}">OH</parentWellbore><typeWellbore>sidetrack'
        "</typeWellbore><mdKickoff uom='ft' datum='KB'>1640.42</mdKickoff></wellbore>",
    )
    rows = [(0.0, 0.0, 0.0), (400.0, 8.0, 45.0), (500.0, 10.0, 45.0), (600.0, 12.0, 60.0)]
    found = only(known.bring("trajectory", trajectory(known, *rows, bore="ST2")))
    assert (found["outcome"], found["errors"]) == ("created", [])
    [warning] = found["warnings"]
    assert (warning["field"], warning["value"]) == ("trajectoryStation", "2")
    with known.api.app.app_context(), sdk.tenant("default"):
        survey = sdk.db.session.get(Survey, uuid.UUID(found["id"]))
        assert survey is not None
        assert survey.md == [500, 600]
    again = only(known.bring("trajectory", trajectory(known, *rows, bore="ST2")))
    assert again["outcome"] == "unchanged"


def of_wellbore(known: Known, kind: str, uid: str, inner: str) -> str:
    return (
        f'<{kind} uidWell="{known.well}" uidWellbore="{known.bore}" uid="{uid}">'
        f"<name>{kind} {uid}</name>{inner}</{kind}>"
    )


def test_messages_and_risks_are_listed_and_filtered(known: Known) -> None:
    bore = known.bring_wellbore()
    messages = "".join(
        of_wellbore(
            known,
            "message",
            str(number),
            f"<dTim>2016-02-28T1{number}:15:05.015Z</dTim><typeMessage>{kind}</typeMessage>"
            f'<md uom="ft">100{number}</md><messageText>Transfer from Pit {number}</messageText>',
        )
        for number, kind in enumerate(("alarm", "event", "alarm"))
    )
    assert known.bring("message", messages).data["created"] == 3
    assert known.bring("message", messages).data["failed"] == 0
    listed = known.api.get(
        "/api/v1/witsml/messages", wellbore_id=bore["id"], message_type="alarm"
    ).data
    assert [one["text"] for one in listed] == ["Transfer from Pit 0", "Transfer from Pit 2"]
    later = known.api.get(
        "/api/v1/witsml/messages", wellbore_id=bore["id"], **{"from": "2016-02-28T11:00:00Z"}
    ).data
    assert [(one["uid"], one["md"], one["depth_unit"]) for one in later] == [
        ("1", 1001.0, "ft"),
        ("2", 1002.0, "ft"),
    ]
    risk = of_wellbore(
        known,
        "risk",
        "r",
        "<type>risk</type><category>hydraulics</category><subCategory>gas kick</subCategory>"
        "<affectedPersonnel>tool pusher</affectedPersonnel>"
        '<mdHoleStart uom="ft">200</mdHoleStart><mdHoleEnd uom="ft">200.5</mdHoleEnd>'
        "<severityLevel>3</severityLevel><probabilityLevel>4</probabilityLevel>"
        "<mitigation>Call the boss</mitigation><mitigation>Run for cover</mitigation>",
    )
    assert known.bring("risk", risk).data["created"] == 1
    [found] = known.api.get("/api/v1/witsml/risks", wellbore_id=bore["id"], severity=3).data
    assert (found["category"], found["md_end"], found["depth_unit"]) == ("hydraulics", 200.5, "ft")
    assert found["mitigation"] == ["Call the boss", "Run for cover"]
    assert known.api.get("/api/v1/witsml/risks", wellbore_id=bore["id"], severity=5).data == []


def test_a_mud_log_is_kept_with_its_intervals(known: Known) -> None:
    bore = known.bring_wellbore()
    mud_log = of_wellbore(
        known,
        "mudLog",
        "g",
        "<mudLogCompany>Geo</mudLogCompany><startMd uom='m'>500</startMd><endMd uom='m'>510</endMd>"
        "<geologyInterval uid='i'><typeLithology>cuttings</typeLithology><mdTop uom='m'>500</mdTop>"
        "<mdBottom uom='m'>510</mdBottom><lithology uid='a'><type>sandstone</type>"
        "<lithPc uom='%'>80</lithPc></lithology></geologyInterval>",
    )
    assert known.bring("mudLog", mud_log).data["created"] == 1
    [found] = known.api.get("/api/v1/witsml/mud-logs", wellbore_id=bore["id"]).data
    [interval] = found["intervals"]
    assert (interval["md_top"], interval["md_bottom"], interval["depth_unit"]) == (500, 510, "m")
    assert [(one["kind"], one["percent"]) for one in interval["lithologies"]] == [("sandstone", 80)]


def test_a_bha_run_goes_to_the_plugin_that_keeps_runs(known: Known) -> None:
    bore = known.bring_wellbore()

    def run(stop: int) -> str:
        return of_wellbore(
            known,
            "bhaRun",
            "r",
            "<dTimStart>2026-05-01T13:08:00Z</dTimStart><numStringRun>5</numStringRun>"
            '<objectiveBha>Drilling</objectiveBha><drillingParams uid="p">'
            '<eTimOpBit uom="h">2.25</eTimOpBit><mdHoleStart uom="m">1000</mdHoleStart>'
            f'<mdHoleStop uom="m">{stop}</mdHoleStop><rpmMx uom="c/min">120</rpmMx>'
            '<wobMx uom="klbf">30</wobMx></drillingParams>',
        )

    first = only(known.bring("bhaRun", run(1200)))
    assert (first["outcome"], first["errors"]) == ("created", [])
    assert only(known.bring("bhaRun", run(1200)))["outcome"] == "unchanged"
    assert only(known.bring("bhaRun", run(1300)))["outcome"] == "updated"
    [found] = known.api.get("/api/v1/drilling/runs", wellbore_id=bore["id"]).data
    assert (found["id"], found["number"], found["objective"]) == (first["id"], 5, "Drilling")
    assert (found["depth_in"], found["depth_out"], found["depth_datum"]) == (1000, 1300, "KB")
    assert (found["rotary_speed_max"], found["drilling_hours"]) == (120, 2.25)
    assert found["weight_on_bit_max"] == {"value": 30, "unit": "klbf"}


def test_what_is_not_imported_says_what_to_do_instead(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = known.bring("log", "<log/>")
    assert "Logs are followed: name one at POST /witsml/logs" in logs.error["message"]
    monkeypatch.setattr(sdk, "ask", lambda hook, **asked: [])
    runs = known.bring("bhaRun", "<bhaRun/>")
    assert runs.status == 422
    assert runs.error["details"][0]["remedy"] == "Enable the plugin drilling"


def test_a_store_that_is_away_has_no_logs_that_go_well(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"connected": "connected, 0 of 0 logs go well: why", "down": "down: why"}
    for state, detail in told.items():
        monkeypatch.setattr(Store, "status", {"state": state, "reason": "why"})
        with known.api.app.app_context():
            assert {part.detail for part in stores_health()} == {detail}


def test_an_import_is_no_way_around_another_plugins_permission(
    known: Known, shared_api: ApiClient
) -> None:
    role = shared_api.post(
        "/api/v1/roles", {"name": "rig_reader", "permissions": ["witsml.read", "witsml.edit"]}
    )
    assert role.status == 201, role.body
    user = shared_api.post(
        "/api/v1/users",
        {"email": "rig@example.com", "password": "correct horse battery", "roles": ["rig_reader"]},
    )
    assert user.status == 201, user.body
    limited = Known(ApiClient(shared_api.app).as_role("rig"), known.id, known.well, known.bore)
    assert limited.bring("well", well(known.well)).status == 403


def test_a_file_of_version_2_is_imported(known: Known) -> None:
    """Its objects stand alone, are named by aliases, and do not all name their well."""
    energy = "http://www.energistics.org/energyml/data/"
    spaces = f'xmlns="{energy}witsmlv2" xmlns:eml="{energy}commonv2" schemaVersion="2.0"'

    def bring(kind: str, root: str, uid: str, inner: str) -> dict[str, Any]:
        xml = (
            f'<{root} {spaces}><eml:Aliases authority="1.4.1.1"><eml:Identifier>{uid}'
            f"</eml:Identifier></eml:Aliases><eml:Citation><eml:Title>{root} {uid}</eml:Title>"
            f"</eml:Citation>{inner}</{root}>"
        )
        body = {"object_type": kind, "xml": xml}
        path = f"/api/v1/witsml/stores/{known.id}/imports"
        return only(known.api.post(path, body))

    well = bring("well", "Well", f"v2-{known.well}", "<NumAPI>123-543-987AZ</NumAPI>")
    assert (well["outcome"], len(well["warnings"])) == ("created", 1)
    of_well = f"<Well><eml:UuidAuthority>V2-{known.well}</eml:UuidAuthority></Well>"
    bore = bring("wellbore", "Wellbore", f"v2-{known.bore}", of_well)
    assert (bore["outcome"], bore["errors"]) == ("created", [])
    refused = known.bring("message", "<message/>")
    assert refused.status == 422
    wrong = known.api.post(
        f"/api/v1/witsml/stores/{known.id}/imports",
        {"object_type": "risk", "xml": '<wells version="1.4.1.1"><well uid="a"/></wells>'},
    )
    assert (wrong.status, "well objects" in wrong.error["message"]) == (422, True)


def test_a_document_with_a_doctype_is_refused(known: Known) -> None:
    xml = '<!DOCTYPE wells [<!ENTITY a "b">]><wells version="1.4.1.1"/>'
    body = {"object_type": "well", "xml": xml}
    answer = known.api.post(f"/api/v1/witsml/stores/{known.id}/imports", body)
    assert answer.status == 422
    assert "DOCTYPE" in answer.error["message"]
