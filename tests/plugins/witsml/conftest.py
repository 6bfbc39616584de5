"""One app for a module's tests: each makes a store of its own, with objects of other uids."""

import ipaddress
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from tests.plugins.witsml.rig import Rig

from wellhead import sdk
from wellhead.sdk import AllowList
from wellhead.testing import ApiClient
from wellhead_witsml.polling.worker import Worker
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.store.functions import Rules
from wellhead_witsml.store.server import StoreServer

LOOPBACK = AllowList([ipaddress.ip_network("127.0.0.0/8")], "url", "allow_networks")
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Known:
    """A store's record, and imports of documents as if they came from it.

    well, bore: uids that no other test has
    """

    api: ApiClient
    id: str
    well: str
    bore: str

    def bring(self, kind: str, inner: str, **options: Any) -> Any:
        """The answer to an import of objects of a kind. inner: the elements"""
        xml = (
            f'<{kind}s xmlns="http://www.witsml.org/schemas/1series" version="1.4.1.1">'
            f"{inner}</{kind}s>"
        )
        body = {"object_type": kind, "xml": xml, **options}
        return self.api.post(f"/api/v1/witsml/stores/{self.id}/imports", body)

    def bring_wellbore(self) -> dict[str, Any]:
        """The store's well and wellbore as records; the wellbore."""
        well = self.bring(
            "well",
            f'<well uid="{self.well}"><name>Rig well {self.well}</name><wellDatum uid="kb" '
            f'defaultElevation="true"><name>Kelly Bushing</name><code>KB</code>'
            f'<elevation uom="m">30</elevation></wellDatum></well>',
        ).data["objects"][0]
        assert well["outcome"] == "created", well
        bore = self.bring(
            "wellbore",
            f'<wellbore uidWell="{self.well}" uid="{self.bore}"><nameWell>w</nameWell>'
            f"<name>OH</name><mdCurrent uom='m'>3000</mdCurrent></wellbore>",
        ).data["objects"][0]
        assert bore["outcome"] == "created", bore
        path = f"/api/v1/wells/{well['id']}/wellbores/{bore['id']}"
        found: dict[str, Any] = self.api.get(path).data
        return found


@pytest.fixture
def known(shared_api: ApiClient) -> Known:
    number = next(_NUMBERS)
    store = shared_api.post(
        "/api/v1/witsml/stores",
        {"name": f"Store {number}", "url": "https://store.example.com/witsml"},
    ).data
    return Known(shared_api, store["id"], f"W-{number}", f"B-{number}")


@pytest.fixture
def rig(shared_api: ApiClient, request: pytest.FixtureRequest) -> Iterator[Rig]:
    """A rig behind a small store; `parametrize("rig", [(version, rules, zone)], indirect=True)`."""
    version, rules, zone = getattr(request, "param", ("1.4.1.1", Rules(), "UTC"))
    name = f"Rig {next(_NUMBERS)}"
    with StoreServer(rules) as server:
        store = {"name": name, "url": server.url, "allow_plain": True, "timeout_s": 5}
        record = shared_api.post(
            "/api/v1/witsml/stores", {**store, "version": version, "zone": zone}
        ).data
        worker = Worker(shared_api.app, "default", uuid.UUID(record["id"]))
        with Client(Site(server.url), LOOPBACK) as writer:
            made = Rig(name, server, writer, shared_api, record["id"], worker)
            made.fill()
            yield made


@pytest.fixture
def heard(shared_app: Flask) -> None:
    """A process that says that it reads; what it does is done here."""
    with shared_app.app_context(), sdk.tenant("default"):
        sdk.db.session.execute(
            text(
                "INSERT INTO witsml_reader VALUES (1, 'here', now(), now() + interval '1 hour')"
                " ON CONFLICT DO NOTHING"
            )
        )
        sdk.db.session.commit()
