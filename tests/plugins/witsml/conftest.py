"""One app for a module's tests: each makes a store of its own, with objects of other uids."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from wellhead.app import create_app
from wellhead.runtime import Runtime
from wellhead.sdk import Settings, db
from wellhead.testing import ApiClient
from wellhead.testing.cluster import Cluster

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def shared_app(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    with cluster.database(template_database) as name:
        folder = tmp_path_factory.mktemp("witsml")
        app = create_app(Runtime.make(Settings(data_dir=folder, database=cluster.settings(name))))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def shared_api(shared_app: Flask) -> ApiClient:
    return ApiClient(shared_app).as_role("admin")


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
