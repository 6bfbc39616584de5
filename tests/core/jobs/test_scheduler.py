"""Real `wellhead scheduler` processes: together, killed, stopped, without a database."""

import signal

import pytest
from click.testing import CliRunner
from flask import Flask

from wellhead.cli.main import cli
from wellhead.testing import ApiClient, wait_until
from wellhead.testing.cluster import ROLE_PREFIX

from .conftest import Field


def test_two_schedulers_run_a_job_once_and_a_killed_ones_run_is_abandoned(field: Field) -> None:
    with field.scheduler() as first, field.scheduler() as second:
        wait_until(lambda: len(field.sql("SELECT 1 FROM platform.scheduler")) == 2, 60)
        field.wait_for("slow", "running")
        field.wait_for("boom", "failed")
        wait_until(lambda: len(field.notes("often")) >= 3, 60)
        assert field.notes("boom") == ["default"]
        often = "SELECT date_trunc('second', due_at) FROM core_job_run WHERE job = 'acme.often'"
        moments = field.sql(often)
        assert len(moments) == len(set(moments))
        for process in (first, second):
            process.kill()
            process.wait(10)
    field.sql("UPDATE platform.scheduler SET heard_at = heard_at - interval '1 minute'")

    with field.scheduler():
        field.wait_for("slow", "abandoned")
        assert field.notes("slow") == ["default"], "it is due again tomorrow"


def test_a_scheduler_told_to_stop_waits_for_what_runs(field: Field) -> None:
    with field.scheduler() as process:
        field.wait_for("slow", "running")
        process.send_signal(signal.SIGTERM)
        field.release()

        assert process.wait(30) == 0
    assert field.states("slow") == ["done"]
    assert field.sql("SELECT 1 FROM platform.scheduler") == []


def test_a_suspended_tenant_has_no_runs(field: Field) -> None:
    field.sql("UPDATE platform.tenant SET suspended = true")
    with field.scheduler():
        wait_until(lambda: field.sql("SELECT 1 FROM platform.job_run WHERE state = 'done'"), 60)

        assert field.sql("SELECT 1 FROM core_job_run") == []


def test_a_scheduler_waits_for_the_database(field: Field) -> None:
    field.sql(f"ALTER ROLE {ROLE_PREFIX}_app NOLOGIN")
    try:
        with field.scheduler() as process:
            wait_until(lambda: b"no database" in field.log.read_bytes(), 60)
            assert process.poll() is None
            field.sql(f"ALTER ROLE {ROLE_PREFIX}_app LOGIN")
            field.wait_for("boom", "failed")
    finally:
        field.sql(f"ALTER ROLE {ROLE_PREFIX}_app LOGIN")


def test_asking_from_the_api_and_the_command_line(field: Field, acme_app: Flask) -> None:
    api = ApiClient(acme_app).as_role("manager")
    asked = api.post("/api/v1/jobs/acme.boom/run")
    assert asked.status == 202
    again = api.post("/api/v1/jobs/acme.boom/run")
    assert (again.status, again.error["code"]) == (409, "job_runs")
    admin = ApiClient(acme_app).as_role("admin")
    config = ["--config", str(field.config)]
    nobody = CliRunner().invoke(cli, [*config, "jobs", "run", "acme.work"])
    assert "no scheduler runs" in str(nobody.exception)
    with field.scheduler():
        field.wait_for("boom", "failed")
        wait_until(lambda: _scheduler(admin)["ok"], 60)

        failed = CliRunner().invoke(cli, [*config, "jobs", "run", "acme.boom"])
        assert failed.exit_code == 1
        assert "acme.boom: failed, ValueError" in failed.output
        done = CliRunner().invoke(cli, [*config, "jobs", "run", "core.forget_sessions"])
        assert done.output.endswith("core.forget_sessions: done\n"), done.output

    [first] = api.get("/api/v1/jobs/runs", id=asked.data["run"]).data
    assert (first["state"], first["asked_by"]) == ("failed", "manager@example.com")
    listed = {job["name"]: job for job in api.get("/api/v1/jobs").data}
    assert listed["acme.boom"]["last_run"]["asked_by"] == "cli"
    assert listed["acme.boom"]["plugin"] == "acme"
    assert "core.forget_sessions" not in listed, "it is not the tenant's"
    shown = CliRunner().invoke(cli, [*config, "jobs"])
    assert "core.forget_sessions" in shown.output
    history = CliRunner().invoke(cli, [*config, "jobs", "history", "acme.boom"])
    assert "manager@example.com" in history.output
    wrong = CliRunner().invoke(cli, [*config, "jobs", "history", "acme.bom"])
    assert 'Did you mean "acme.boom"?' in str(wrong.exception)
    wrong = CliRunner().invoke(cli, [*config, "jobs", "--tenant", "nobody"])
    assert "no such tenant (found 'nobody')" in str(wrong.exception)


def _scheduler(api: ApiClient) -> dict[str, object]:
    [part] = [part for part in api.get("/api/v1/health").data if part["part"] == "scheduler"]
    found: dict[str, object] = part
    return found


@pytest.mark.parametrize("name", ["acme.nothing", "core.forget_sessions"])
def test_a_job_that_is_not_the_tenants_is_not_there(app: Flask, name: str) -> None:
    api = ApiClient(app).as_role("manager")

    assert api.post(f"/api/v1/jobs/{name}/run").status == 404
