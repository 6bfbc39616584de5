"""The records of the simulated rig: its store, its first hole, and its logs, which are followed.
The next holes and their logs are found in the store when the rig begins them.

What is there already stays as people made it, but for the store's address: its port is one that is
free when Wellhead starts, so that two of them on a machine do not meet.
"""

import socket
from datetime import UTC, datetime
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select

from wellhead import sdk
from wellhead_witsml.following import follow_log
from wellhead_witsml.importing import links
from wellhead_witsml.importing.outcome import FAILED
from wellhead_witsml.importing.run import Import
from wellhead_witsml.models import Log, Store
from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.polling.curves import places_of
from wellhead_witsml.rig.reports import WELL, Hole
from wellhead_witsml.rig.writer import START
from wellhead_witsml.store.server import PATH

NAME = "Simulated rig"
_HOST = "127.0.0.1"
_STATION_EVERY_M = 100
log = structlog.get_logger(__name__)


def seed_rig() -> None:
    """Create what is missing, in the tenant that is set, and commit."""
    store = _store()
    hole, now = Hole(1), datetime.now(UTC)
    _bring(store, [WELL, hole.wellbore(now, START)])
    for header in (hole.time_log(now), hole.depth_log(now)):
        record = sdk.db.session.scalar(
            select(Log).where(Log.store_id == store.id, Log.uid == header.uid)
        )
        if record is None:
            record = follow_log(
                {
                    "store_id": store.id,
                    "uid_well": header.uid_well,
                    "uid_wellbore": header.uid_wellbore,
                    "uid": header.uid,
                    "name": header.name,
                    "period_s": 2.0,
                }
            )
        if header.by_time:
            places_of(record, header, tags=True)  # before the run, whose channels they are
    stations = range(0, int(START), _STATION_EVERY_M)
    once = (
        (links.TRAJECTORY, hole.trajectory(now, *map(float, stations))),
        (links.BHA_RUN, hole.run(now, START, START)),
    )
    _bring(
        store,
        [of for kind, of in once if links.link_of(store, kind, *links.place_of(kind, of)) is None],
    )
    sdk.db.session.commit()


def rig_port(settings: sdk.Settings) -> int:
    """Where the rig's store listens, by its record. Raises ConfigError when there is none."""
    with sdk.connect(settings, sdk.DEFAULT_TENANT) as connection:
        row = connection.execute("SELECT url FROM witsml_store WHERE name = %s", (NAME,)).fetchone()
    port = None if row is None else urlsplit(str(row[0])).port
    if port is None:
        raise sdk.ConfigError(
            f"there is no store {NAME!r}",
            field="[plugins.witsml] rig",
            remedy="`wellhead run` makes it, where this is true",
        )
    return port


def _store() -> Store:
    store = sdk.db.session.scalar(select(Store).where(Store.name == NAME))
    if store is None:
        store = Store(
            name=NAME,
            version="1.4.1.1",
            allow_plain=True,
            timeout_s=10.0,
            follow_growing=True,
            description="A rig that drills without end, simulated by the plugin witsml",
        )
    url = f"http://{_HOST}:{_free_port(urlsplit(store.url or '').port or 0)}{PATH}"
    if store.url != url:
        store.url = url
    sdk.db.session.add(store)
    sdk.db.session.flush()
    return store


def _free_port(wanted: int) -> int:
    """`wanted` where nothing listens there, else another."""
    for port in (wanted, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((_HOST, port))
            except OSError:
                continue
            found: int = trial.getsockname()[1]
            return found
    raise sdk.ConfigError("no port is free", field="[plugins.witsml] rig")


def _bring(store: Store, objects: list[WitsmlObject]) -> None:
    """What cannot be is told in the log: a demonstration keeps nobody from starting."""
    for outcome in Import(store).run(objects):
        if outcome.outcome == FAILED:
            log.warning(
                "rig: an object is left out",
                object=f"{outcome.object_type} {outcome.of.uid}",
                errors=[problem.get("message") for problem in outcome.errors],
            )
