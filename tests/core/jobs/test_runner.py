"""A job that raises, exits or hangs ends its own run and nothing else; runs are claimed once."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask

from wellhead import sdk
from wellhead.jobs import ledger
from wellhead.jobs.catalog import JOBS, KnownJob
from wellhead.jobs.ledger import AlreadyRuns, Place
from wellhead.jobs.runner import Runner
from wellhead.testing import wait_until

from .conftest import Field

ME = uuid.UUID(int=1)
OTHER = uuid.UUID(int=2)


@pytest.fixture
def runner(acme_app: Flask) -> Iterator[Runner]:
    made = Runner(acme_app, ME)
    made.start()
    yield made
    made.stop(0)


def known(app: Flask, what: str) -> KnownJob:
    found = app.extensions[JOBS].find(f"acme.{what}")
    assert isinstance(found, KnownJob)
    return found


def offer(runner: Runner, app: Flask, *whats: str) -> None:
    for what in whats:
        runner.offer(known(app, what), Place(f"acme.{what}", "default"))


def test_bad_jobs_stop_no_other(acme_app: Flask, runner: Runner, field: Field) -> None:
    offer(runner, acme_app, "boom", "leave", "nowhere", "boom", "work")

    for what in ("boom", "leave", "nowhere"):
        field.wait_for(what, "failed")
    field.wait_for("work", "done")
    assert field.notes("work") == ["default"]
    found = dict(field.sql("SELECT job, detail FROM core_job_run"))
    assert found["acme.boom"] == "ValueError; the log has the rest", "its text may be secret"
    assert found["acme.leave"].startswith("SystemExit")
    assert found["acme.nowhere"].startswith("AttributeError")


def test_a_job_that_hangs_gives_its_worker_back_and_is_not_begun_again(
    acme_app: Flask, runner: Runner, field: Field
) -> None:
    object.__setattr__(known(acme_app, "slow").job, "max_seconds", 0.05)
    offer(runner, acme_app, "slow")
    field.wait_for("slow", "running")

    def timed_out() -> bool:
        runner.watch()
        return field.states("slow") == ["timed_out"]

    wait_until(timed_out)

    with acme_app.app_context():
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        place = Place("acme.slow", "default")
        assert ledger.claim(known(acme_app, "slow"), place, OTHER, tomorrow) is None
        with pytest.raises(AlreadyRuns):
            ledger.ask(place, "cli")
        offer(runner, acme_app, "work")
        field.wait_for("work", "done")
        field.release()
        held = "SELECT id FROM core_job_run WHERE scheduler IS NOT NULL"
        wait_until(lambda: field.sql(held) == [])
        assert ledger.claim(known(acme_app, "slow"), place, OTHER, tomorrow) is not None


def test_missed_moments_are_one_run_and_two_schedulers_share_it(
    acme_app: Flask, field: Field
) -> None:
    job, place = known(acme_app, "boom"), Place("acme.boom", "default")
    now = datetime.now(UTC)
    with acme_app.app_context():
        first = ledger.claim(job, place, ME, now - timedelta(days=9))
        assert first is not None
        assert ledger.claim(job, place, OTHER, now) is None, "it still runs"
        ledger.end(place, first, ME, "done", None)

        second = ledger.claim(job, place, ME, now)
        assert second is not None
        ledger.end(place, second, ME, "done", None)
        assert ledger.claim(job, place, OTHER, now + timedelta(milliseconds=5)) is None
        assert ledger.forget("default", 0) == 1, "the last says when it is due again"
    assert field.states("boom") == ["done"]


def test_stopping_waits_for_what_runs(acme_app: Flask, runner: Runner, field: Field) -> None:
    offer(runner, acme_app, "slow")
    wait_until(lambda: field.notes("slow"))

    assert runner.stop(0.05) == 1
    field.release()


def test_stopping_waits_for_what_has_just_been_claimed(
    acme_app: Flask, runner: Runner, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed, stopping = Event(), Event()
    claim = ledger.claim

    def claim_slowly(*arguments: Any) -> int | None:
        number = claim(*arguments)
        claimed.set()
        assert stopping.wait(10)
        return number

    monkeypatch.setattr(ledger, "claim", claim_slowly)
    offer(runner, acme_app, "work")
    assert claimed.wait(10)
    left: list[int] = []
    stopper = Thread(target=lambda: left.append(runner.stop(10)))
    stopper.start()
    wait_until(lambda: runner._stopping)
    stopping.set()
    stopper.join(20)

    assert left == [0]
    assert field.states("work") == ["done"]


def test_a_run_that_begins_as_the_one_before_ends_is_not_lost_sight_of(
    acme_app: Flask, runner: Runner, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, place = known(acme_app, "slow"), Place("acme.slow", "default")
    claim, end, offered = ledger.claim, ledger.end, runner.offer
    both, let_go, forgotten = Event(), Event(), Event()

    def claim_in_two_workers(*arguments: Any) -> int | None:
        if field.states("slow"):
            both.set()
            assert let_go.wait(20)
            return claim(*arguments)
        number = claim(*arguments)
        offered(job, place)
        assert both.wait(20)
        return number

    def end_slowly(*arguments: Any) -> None:
        end(*arguments)
        if not let_go.is_set():
            (field.folder / "release").unlink()
            ledger.ask(place, "cli")
            let_go.set()
            wait_until(lambda: len(field.notes("slow")) == 2, 20)

    def offer_again(*arguments: Any) -> None:
        offered(*arguments)
        forgotten.set()

    monkeypatch.setattr(ledger, "claim", claim_in_two_workers)
    monkeypatch.setattr(ledger, "end", end_slowly)
    offered(job, place)
    wait_until(lambda: field.notes("slow"), 20)
    monkeypatch.setattr(runner, "offer", offer_again)
    field.release()
    assert forgotten.wait(20)

    assert runner.stop(0.05) == 1
    field.release()


def test_what_was_asked_for_is_claimed_before_it_is_due(acme_app: Flask) -> None:
    job, place = known(acme_app, "boom"), Place("acme.boom", "default")
    now = datetime.now(UTC)
    with acme_app.app_context():
        run = ledger.claim(job, place, ME, now)
        assert run is not None
        ledger.end(place, run, ME, "done", None)

        asked = ledger.ask(place, "cli")
        with pytest.raises(AlreadyRuns, match=f"run {asked} has not ended"):
            ledger.ask(place, "cli")
        assert ledger.claim(job, place, ME, now) == asked


def test_a_run_that_was_asked_for_stands_for_the_moments_before_it(acme_app: Flask) -> None:
    job, place = known(acme_app, "boom"), Place("acme.boom", "default")
    with acme_app.app_context():
        run = ledger.ask(place, "cli")
        assert ledger.claim(job, place, ME, datetime.now(UTC)) == run
        ledger.end(place, run, ME, "failed", None)

        assert ledger.claim(job, place, ME, datetime.now(UTC)) is None, "not once more at once"
        assert ledger.forget("default", 0) == 0, "it says when the job is due again"
        tomorrow = job.schedule.after(datetime.now(UTC))
        assert tomorrow is not None
        assert ledger.claim(job, place, ME, tomorrow) is not None


@pytest.mark.parametrize(
    ("what", "tenant", "note"),
    [("slow", "default", "default"), ("once", None, "no tenant")],
    ids=["of a tenant", "of the platform"],
)
def test_what_is_asked_for_while_the_job_runs_begins_when_that_has_ended(
    acme_app: Flask, runner: Runner, field: Field, what: str, tenant: str | None, note: str
) -> None:
    place = Place(f"acme.{what}", tenant)
    runner.offer(known(acme_app, what), place)
    wait_until(lambda: field.notes(what))
    with acme_app.app_context(), sdk.tenant("default"):
        for _ in range(2):  # one that waits is enough
            sdk.run_job_soon(place.job)
        assert field.states(what) == ["running", "asked"]
        with pytest.raises(AlreadyRuns):
            ledger.ask(place, "cli")
        runner.offer(known(acme_app, what), place)
        elsewhere = known(acme_app, what), place, OTHER
        assert ledger.claim(*elsewhere, datetime.now(UTC)) is None, "one works at it at a time"
    assert field.notes(what) == [note]
    field.release()
    field.wait_for(what, "done", "done")
    assert field.notes(what) == [note, note]


def test_a_job_that_is_not_there_is_not_asked_for(acme_app: Flask) -> None:
    with acme_app.app_context(), sdk.tenant("default"):
        with pytest.raises(sdk.WellheadError, match=r"no such job.*acme\.wrok"):
            sdk.run_job_soon("acme.wrok")
        assert ledger.history("default", None, 10) == []
