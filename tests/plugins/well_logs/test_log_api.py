"""Logs over the API: imported, revised, found, read, exported and drawn."""

import io
import math
import uuid
from typing import Any

import lasio
import numpy as np
import pytest
from flask import Flask
from sqlalchemy import event

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_well_logs.models import Log
from wellhead_well_logs.plots import Line, figure
from wellhead_well_logs.revisions import revise
from wellhead_well_logs.routes_data import figure_of
from wellhead_well_logs.views import Question, view_of
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import create_survey, make_definitive

from .conftest import LOGS, Logs
from .files import LAS_30, las_12

SPIKE = 6_543


def long_log(rows: int = 10_000) -> str:
    """Two curves over 10,000 rows, one with a single spike, one with a hole."""
    lines = ["DEPT [m],GR [gAPI],RT (ohm.m)"]
    for row in range(rows):
        gamma = 900.0 if row == SPIKE else 50 + row % 7
        deep = "" if 2_000 <= row < 4_000 else f"{1 + row % 10}"
        lines.append(f"{row / 8},{gamma},{deep}")
    return "\n".join(lines)


def uwi_of(logs: Logs) -> str:
    well = logs.api.get(f"/api/v1/wells/{logs.bore['well_id']}").data
    number: str = well["identifiers"][0]["value"].replace("-", "")
    return number


def test_a_dry_run_says_what_would_be_made(logs: Logs) -> None:
    said = logs.send(las_12(uwi_of(logs)), dry_run=True, file_name="runs/7.las").data
    assert said["dry_run"] is True
    assert (said["log"]["id"], said["log"]["name"]) == (None, "7")
    assert (said["log"]["rows"], said["log"]["index_unit"]) == (5, "m")
    assert [curve["mnemonic"] for curve in said["curves"]] == ["GR", "DT", "ILD", "XTRA"]
    assert [(one["field"], one["value"]) for one in said["warnings"]] == [("unit", "FURLONG")]
    assert logs.api.get(LOGS, wellbore_id=logs.bore["id"]).data == []


def test_an_import_is_kept_with_its_whole_header(logs: Logs) -> None:
    uwi = uwi_of(logs)
    log = logs.imported(las_12(uwi), file_name="7.las", run="2A")
    assert (log["run"], log["revision"], log["state"]) == ("2A", 1, "current")
    assert (log["first_index"], log["last_index"], log["step"]) == (1999.0, 2000.0, 0.25)
    assert (log["depth_datum"], log["direction"]) == ("KB", "decreasing")
    assert (log["index_unit_as_came"], log["null_value"]) == ("M", "-999.2500")
    assert log["created_by"] == "admin@example.com"
    header = logs.api.get(f"{LOGS}/{log['id']}/header").data["header"]
    values = {item["mnemonic"]: item["value"] for item in header["sections"][1]["items"]}
    assert (values["UWI"], values["LIC"]) == (uwi, "0012345")
    read = logs.data(log, curves="ild,GR")
    assert read.data == {
        "index": [1999.0, 1999.25, 1999.5, 1999.75, 2000.0],
        "ILD": [4.5, 4.0, 3.5, None, 2.5],
        "GR": [75.5, 70.4, None, 60.2, 55.1],
    }
    assert read.meta["units"] == {"ILD": "ohm*m", "GR": "gAPI"}
    assert read.meta["stretch"] is None
    curves = logs.api.get(f"{LOGS}/{log['id']}/curves").data
    assert [curve["quantity"] for curve in curves] == ["gamma_ray", "slowness", "resistivity", None]
    assert (curves[3]["unit"], curves[3]["unit_as_came"]) == ("FURLONG", "FURLONG")


def test_a_file_of_another_well_is_told(logs: Logs) -> None:
    """By its number; a malformed one is kept raw with a warning too."""
    said = logs.send(las_12("42501201300000"), dry_run=True).data["warnings"]
    assert [one["field"] for one in said if one["field"] == "UWI"] == ["UWI"]
    assert "none of the well's" in said[-1]["message"]
    said = logs.send(las_12("300E074350061450"), dry_run=True).data["warnings"]
    assert [one["message"].split(",")[0] for one in said if one["field"] == "UWI"] == [
        "is malformed",
        "is none of the well's and wellbore's numbers",
    ]


def test_a_bad_file_is_refused_with_its_line(logs: Logs) -> None:
    refused = logs.send(las_12().replace("1999.250  70.4", "1999.250  seventy"))
    assert refused.status == 422
    assert refused.error["details"][0]["field"] == "line 32"
    assert refused.error["details"][0]["value"] == "seventy"
    assert logs.send("").error["details"][0]["field"] == "body"
    assert logs.send("\0" * 50).status == 422
    nowhere = logs.api.request(
        "POST", f"{LOGS}/imports/las", query={"wellbore_id": str(uuid.uuid4())}, text=las_12()
    )
    assert nowhere.error["details"][0]["field"] == "wellbore_id"


def test_a_revision_leaves_the_one_before_readable(logs: Logs) -> None:
    first = logs.imported(las_12(), name="Main")
    again = logs.send(las_12(), name="Main")
    assert again.status == 409
    assert first["id"] in again.error["message"]
    text = las_12().replace("75.5  254.0", "99.0  254.0")
    assert logs.send(text, replaces=first["id"]).error["details"][0]["field"] == "reason"
    second = logs.imported(text, replaces=first["id"], reason="Corrected by the company")
    assert (second["name"], second["revision"], second["replaces"]) == ("Main", 2, first["id"])
    assert logs.data(first, curves="GR").data["GR"][0] == 75.5
    assert logs.data(second, curves="GR").data["GR"][0] == 99.0

    rows = {"index": [1999.0, 1999.125], "columns": {"gr": [42, None], "ILD": [None, 7.5]}}
    path = f"{LOGS}/{second['id']}/rows"
    assert logs.api.post(path, rows).error["details"][0]["field"] == "reason"
    third = logs.api.post(path, rows | {"reason": "Shoe depth corrected"}).data
    assert (third["revision"], third["rows"], third["reason"]) == (3, 6, "Shoe depth corrected")
    assert logs.data(second, curves="GR").data["GR"][0] == 99.0
    read = logs.data(third, curves="GR,ILD,DT").data
    assert (read["GR"][:3], read["ILD"][:2]) == ([42.0, None, 70.4], [None, 7.5])
    assert read["DT"][0] == 254.0

    for log in (first, third):
        chain = logs.api.get(f"{LOGS}/{log['id']}/revisions").data
        assert [one["state"] for one in chain] == ["superseded", "superseded", "current"]
    assert logs.api.patch(f"{LOGS}/{first['id']}", {"run": "1"}).status == 409
    assert logs.api.delete(f"{LOGS}/{second['id']}").status == 409
    assert logs.api.post(path, rows | {"reason": "late"}).status == 409
    assert logs.api.delete(f"{LOGS}/{third['id']}").status == 200
    assert logs.api.get(f"{LOGS}/{second['id']}").data["state"] == "current"


def test_a_log_that_goes_while_it_is_changed_is_answered(shared_app: Flask, logs: Logs) -> None:
    """By another at the worst moment: before it is held for a revision, and when its change has
    just been committed."""
    going, changed = logs.imported(las_12(), name="Going"), logs.imported(las_12(), name="Changed")
    settings = sdk.runtime_of(shared_app).settings

    def delete(key: str) -> int:
        with sdk.connect(settings, "default", autocommit=True) as raw:
            gone = "DELETE FROM well_logs_log WHERE id = %s AND name <> 'Changed'"
            return raw.execute(gone, [key]).rowcount

    with shared_app.app_context(), sdk.tenant("default"):
        log = sdk.db.session.get(Log, uuid.UUID(going["id"]))
        assert log is not None
        assert delete(going["id"]) == 1
        with pytest.raises(sdk.ApiError) as caught:
            revise(log, "better")
        assert caught.value.status == 404
    deleted = []

    def at_once(session: Any) -> None:
        deleted.append(delete(changed["id"]))

    event.listen(sdk.db.session, "after_commit", at_once)
    try:
        answer = logs.api.patch(f"{LOGS}/{changed['id']}", {"name": "Anew"})
    finally:
        event.remove(sdk.db.session, "after_commit", at_once)
    assert sum(deleted) == 1
    assert (answer.status, answer.data["name"]) == (200, "Anew")


def test_a_log_of_a_run_by_time_grows(logs: Logs) -> None:
    """Rows that a person sends, by date and time, and what cannot be one."""
    body = {
        "wellbore_id": logs.bore["id"],
        "name": "Surface",
        "kind": "time",
        "run": "BHA 4",
        "index_mnemonic": "TIME",
        "index_unit": "datetime",
        "curves": [
            {"mnemonic": "HKLD", "unit": "klbf"},
            {"mnemonic": "ACTC", "data_type": "text"},
        ],
        "growing": True,
    }
    log = logs.api.post(LOGS, body).data
    assert logs.api.post(LOGS, body).status == 409
    second = 1_000_000
    start = 1_764_340_200 * second
    rows = {"index": [start, start + second], "columns": {"HKLD": [150, 151.5]}}
    path = f"{LOGS}/{log['id']}/rows"
    for _ in range(2):
        grown = logs.api.post(path, rows).data
    assert (grown["id"], grown["rows"], grown["revision"]) == (log["id"], 2, 1)
    logs.api.post(path, {"index": [start], "columns": {"ACTC": ["rotating"]}})
    read = logs.data(log, to="2025-11-28T14:30:00Z").data
    assert read == {"t": [start], "HKLD": [150.0], "ACTC": ["rotating"]}
    text = logs.data(log, format="csv").text
    assert text.splitlines()[1] == "2025-11-28T14:30:00.000000Z,150.0,rotating"
    assert logs.data(log, **{"from": "yesterday"}).error["details"][0]["field"] == "from"
    assert [one["id"] for one in logs.api.get(LOGS, run="BHA 4").data] == [log["id"]]
    for columns, field in (
        ({"HKLD": ["x", 1]}, "columns.HKLD.0"),
        ({"HKLD": [1]}, "columns.HKLD"),
        ({"ACTC": ["x", 5]}, "columns.ACTC.1"),
        ({"NONE": [1, 2]}, "curves"),
    ):
        refused = logs.api.post(path, {"index": [1, 2], "columns": columns})
        assert (refused.status, refused.error["details"][0]["field"]) == (422, field)


def test_a_decimated_read_keeps_the_peaks(logs: Logs) -> None:
    log = logs.imported(long_log(), "csv", name="Long")
    assert log["rows"] == 10_000
    for points in (50, 200, 2_000):
        read = logs.data(log, points=points)
        assert len(read.data["index"]) <= points
        assert read.meta["of"] == 10_000
        place = read.data["GR"].index(900.0)
        assert abs(read.data["index"][place] - SPIKE / 8) <= read.meta["stretch"] / 8
        assert max(value for value in read.data["RT"] if value) == 10.0
        hole = [
            value
            for depth, value in zip(read.data["index"], read.data["RT"], strict=True)
            if 310 < depth < 440
        ]
        assert set(hole) == {None}
        assert (read.data["index"][0], read.data["index"][-1]) == (0.0, 9_999 / 8)
    part = logs.data(log, points=40, curves="GR", **{"from": 300.0, "to": 1_100.0})
    assert part.data["index"][0] == 300.0
    assert part.data["index"][-1] == 1_100.0
    assert max(part.data["GR"]) == 900.0
    few = logs.data(log, points=40, **{"from": 100, "to": 101})
    assert few.data["index"] == [100 + step / 8 for step in range(9)]
    assert logs.data(log, curves="XX").error["details"][0]["field"] == "curves"


def test_depths_are_read_in_other_units_datums_and_tvd(shared_app: Flask, logs: Logs) -> None:
    log = logs.imported(las_12(), name="Main")
    read = logs.data(log, units="oilfield", curves="DT")
    assert (read.meta["index_unit"], read.meta["units"]) == ("ft", {"DT": "us/ft"})
    assert read.data["index"][0] == pytest.approx(1999 / 0.3048)
    assert read.data["DT"][0] == pytest.approx(254.0 * 0.3048)
    ground = logs.data(log, datum="GL", curves="GR")
    assert (ground.data["index"][0], ground.meta["datum"]) == (pytest.approx(1989.0), "GL")
    assert logs.data(log, datum="RT").error["details"][0]["field"] == "datum"
    assert logs.data(log, tvd=True).error["details"][0]["field"] == "survey"
    with shared_app.app_context(), sdk.tenant("default"):
        bore = sdk.db.session.get(Wellbore, uuid.UUID(logs.bore["id"]))
        assert bore is not None
        stations = {"md": [0, 1000, 1999.6], "inclination": [0, 60, 60], "azimuth": [0, 0, 0]}
        described = {"name": "S", "kind": "measured", "azimuth_reference": "true"}
        survey = create_survey(bore, described | {"stations": stations})
        make_definitive(survey, "the only one")
        sdk.db.session.commit()
    tvd = logs.data(log, tvd=True, curves="GR").data["tvd"]
    build = 1000 * math.sin(math.radians(60)) / math.radians(60)
    assert tvd[0] == pytest.approx(build + 999 * math.cos(math.radians(60)), abs=1e-6)
    assert tvd[-1] is None  # below the survey


def test_the_catalogue_finds_curves_over_logs(logs: Logs) -> None:
    logs.imported(las_12(), name="Main")
    logs.imported(LAS_30, name="LWD")
    mine = {"wellbore_id": logs.bore["id"]}
    path = f"{LOGS}/curves"
    found = logs.api.get(path, **mine, per_page=50)
    assert sorted(curve["mnemonic"] for curve in found.data) == [
        "DT", "GR", "ILD", "LITH", "NMR[1]", "NMR[2]", "ROP", "XTRA",
    ]  # fmt: skip
    [gamma] = logs.api.get(path, **mine, mnemonic="gr").data
    assert (gamma["count"], gamma["minimum"], gamma["maximum"]) == (4, 55.1, 75.5)
    assert gamma["mean"] == pytest.approx((55.1 + 60.2 + 70.4 + 75.5) / 4)
    assert (gamma["first_index"], gamma["last_index"], gamma["log_name"]) == (1999, 2000, "Main")
    [sonic] = logs.api.get(path, **mine, quantity="slowness", units="oilfield").data
    assert (sonic["unit"], sonic["maximum"]) == ("us/ft", pytest.approx(254 * 0.3048))
    assert sonic["first_index"] == pytest.approx(1999 / 0.3048)
    deep = logs.api.get(path, **mine, from_depth=1_500)
    assert {curve["log_name"] for curve in deep.data} == {"Main"}
    shallow = logs.api.get(path, **mine, to_depth=600, well_id=logs.bore["well_id"])
    assert {curve["log_name"] for curve in shallow.data} == {"LWD"}
    named = [curve for curve in found.data if curve["unit"] == gamma["unit"]]
    assert logs.api.get(path, **mine, unit=gamma["unit"]).meta["total"] == len(named)
    [array] = logs.api.get(path, **mine, mnemonic="NMR[2]").data
    assert (array["dimension"], array["element"]) == (2, 2)


def test_csv_goes_out_and_comes_back(logs: Logs) -> None:
    log = logs.imported(LAS_30, name="LWD")
    text = logs.data(log, format="csv").text
    lines = text.splitlines()
    assert lines[0] == "index [m],ROP [m/h],LITH,NMR[1] [ms],NMR[2] [ms]"
    assert lines[1] == '500.0,12.5,"SAND, FINE",1.0,2.0'
    back = logs.imported(text, "csv", name="Again")
    one, other = logs.data(log).data, logs.data(back).data
    assert one == other


def test_las_goes_out_as_lasio_reads_it(logs: Logs) -> None:
    """With the source's header, decreasing as it came; wrapped where lines would be too long."""
    uwi = uwi_of(logs)
    log = logs.imported(las_12(uwi), name="Main")
    answer = logs.api.get(f"{LOGS}/{log['id']}/las")
    assert "attachment" in answer.headers["Content-Disposition"]
    again = lasio.read(io.StringIO(answer.text))
    assert (again.well.UWI.value, again.well.COMP.value) == (uwi, "HERON PETROLEUM LTD.")
    assert (again.well.STRT.value, again.well.STEP.value, again.well.STRT.unit) == (
        2000,
        -0.25,
        "M",
    )
    assert "0012345" in answer.text
    assert again.params.BS.value == 215.9
    original = lasio.read(io.StringIO(las_12()))
    for curve, expected in zip(again.curves, original.curves, strict=True):
        assert (curve.mnemonic, curve.unit) == (expected.mnemonic, expected.unit)
        np.testing.assert_array_equal(curve.data, expected.data)

    header = ",".join(["DEPT [ft]", *(f"C{place}" for place in range(60))])
    row = ",".join(["100.5", *(f"{place}.125" for place in range(60))])
    wide = logs.imported(f"{header}\n{row}\n{row.replace('100.5', '101')}\n", "csv", name="Wide")
    text = logs.api.get(f"{LOGS}/{wide['id']}/las").text
    assert max(map(len, text.splitlines())) <= 256
    wrapped = lasio.read(io.StringIO(text))
    assert wrapped.version.WRAP.value == "YES"
    assert wrapped.curves[60].data.tolist() == [59.125, 59.125]
    texts = logs.imported(LAS_30, name="LWD")
    assert "# Left out" in logs.api.get(f"{LOGS}/{texts['id']}/las").text


def test_a_log_plot_draws_what_the_api_gives(shared_app: Flask, logs: Logs) -> None:
    log = logs.imported(las_12(), name="Main")
    numbers = logs.data(log, units="oilfield").data
    with shared_app.app_context(), sdk.tenant("default"):
        record = sdk.db.session.get(Log, uuid.UUID(log["id"]))
        assert record is not None
        asked = Question(points=2_000, system=sdk.units.System.OILFIELD)
        drawn = figure_of(record, view_of(record, asked, 10**6))
    labels = {axes.get_xlabel(): axes for axes in drawn.axes}
    assert set(labels) == {
        "GR (gAPI)", "ILD (ohm*m)", "DT (us/ft)", "XTRA (FURLONG)",
    }  # fmt: skip
    for label, axes in labels.items():
        line = axes.get_lines()[0]
        expected = numbers[label.split(" ")[0]]
        np.testing.assert_allclose(line.get_xdata(), np.array(expected, float))
        np.testing.assert_allclose(line.get_ydata(), numbers["index"])
        assert axes.yaxis_inverted()
    assert labels["ILD (ohm*m)"].get_xscale() == "log"
    assert labels["GR (gAPI)"].get_xscale() == "linear"
    assert drawn.axes[0].get_ylabel() == "DEPT (ft from KB)"
    svg = logs.api.get(f"{LOGS}/{log['id']}/plot", curves="GR,ILD")
    assert "GR (gAPI)" in svg.text
    client = shared_app.test_client()
    png = client.get(
        f"{LOGS}/{log['id']}/plot?format=png&curves=GR",
        headers={"Authorization": f"Bearer {logs.api.token}"},
    )
    assert png.data.startswith(b"\x89PNG")
    assert logs.api.get(f"{LOGS}/{log['id']}/plot", format="gif").status == 422


def test_a_log_plot_hides_no_value_and_says_whose_scale_is_whose() -> None:
    index = np.array([1_670.0, 1_670.125, 1_670.25, 1_670.375])
    lone = np.array([2.3, 2.4, np.nan, 2.5])
    lines = [
        Line("RHOB", "g/cm3", "g/cm3", lone),
        Line("NPHI", "fraction", "fraction", np.array([0.1, 0.2, 0.2, 0.1])),
    ]
    drawn = figure("W-1", index, "DEPT (m from KB)", lines, depth=True)
    density, porosity = drawn.axes
    _, dot = density.get_lines()
    np.testing.assert_array_equal(dot.get_xydata(), [[2.5, 1_670.375]])
    for axes in (density, porosity):
        assert axes.xaxis.get_ticks_position() == "top"
        assert axes.xaxis.label.get_color() == axes.get_lines()[0].get_color()
    assert density.xaxis.label.get_color() != porosity.xaxis.label.get_color()
    drawn.draw_without_rendering()
    assert density.yaxis.get_offset_text().get_text() == ""


def test_names_and_numbers_from_files_break_nothing(logs: Logs) -> None:
    """A formula's mnemonic, one that only mathematics could read, values out of all proportion."""
    odd = "DEPT [m],=A1 [V],C$\\foo$,RT [ohmm]\n1,1e300,-5,1\n2,-1e300,0,1.7e308\n"
    log = logs.imported(odd, "csv", name="Odd")
    assert (
        logs.data(log, format="csv").text.splitlines()[0]
        == "index [m],'=A1 [V],C$\\foo$,RT [ohm*m]"
    )
    assert logs.api.get(f"{LOGS}/{log['id']}/plot").status == 200
    long = logs.send(f"DEPT,{'A' * 101}\n1,1\n", "csv", name="Long")
    assert long.error["details"][0]["field"] == "curves"
    far = logs.send("DEPT,A\n1e300,1\n", "csv", name="Far")
    assert far.error["details"][0]["field"] == "index"


def test_logs_are_changed_by_who_may_and_see_them(shared_api: ApiClient, logs: Logs) -> None:
    log = logs.imported(las_12(), name="Main")
    changed = shared_api.patch(f"{LOGS}/{log['id']}", {"name": "Mains", "run": "1"})
    assert (changed.data["name"], changed.data["run"]) == ("Mains", "1")
    assert shared_api.patch(f"{LOGS}/{log['id']}", {"kind": "time"}).status == 422
    other = logs.imported(las_12(), name="Other")
    clash = shared_api.patch(f"{LOGS}/{other['id']}", {"name": "Mains", "run": "1"})
    assert clash.status == 409
    viewer = shared_api.as_role("viewer")
    assert Logs(viewer, logs.bore).data(log).status == 200
    assert Logs(viewer, logs.bore).send(las_12(), name="X").status == 403
    near = shared_api.limited(logs.bore["asset_id"], role="engineer")
    assert {one["id"] for one in near.get(LOGS).data} == {log["id"], other["id"]}
    assert near.get(f"{LOGS}/curves", mnemonic="GR").meta["total"] == 2
    assert Logs(near, logs.bore).send(las_12(), name="Third").status == 200
    asset = shared_api.post("/api/v1/assets", {"kind": "field", "name": f"F {log['id']}"}).data
    far = shared_api.limited(asset["id"], role="engineer")
    assert far.get(LOGS).data == far.get(f"{LOGS}/curves").data == []
    for path in ("", "/data", "/las", "/plot", "/header", "/curves", "/revisions"):
        assert far.get(f"{LOGS}/{log['id']}{path}").status == 404
    assert Logs(far, logs.bore).send(las_12(), name="Fourth").status == 422
    assert far.post(f"{LOGS}/{log['id']}/rows", {"index": [1], "columns": {}}).status == 404


def test_a_log_that_cannot_be_is_explained(logs: Logs) -> None:
    body: dict[str, Any] = {
        "wellbore_id": logs.bore["id"],
        "name": "L",
        "kind": "depth",
        "index_mnemonic": "DEPT",
        "index_unit": "m",
        "curves": [{"mnemonic": "GR"}, {"mnemonic": "gr"}],
    }
    twice = logs.api.post(LOGS, body)
    assert twice.error["details"][0]["field"] == "curves.1.mnemonic"
    assert logs.api.post(LOGS, body | {"curves": []}).status == 422
    good = logs.api.post(LOGS, body | {"curves": [{"mnemonic": "GR"}]}).data
    empty = logs.data(good).data
    assert empty == {"index": [], "GR": []}
    assert logs.data(good, points=100).data == empty
    assert logs.data(good, format="csv").text.strip() == "index [m],GR"
    assert logs.api.get(f"{LOGS}/{good['id']}/las").status == 200
