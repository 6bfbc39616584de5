"""A tenant with a device that is connected, tags that may be commanded, and people."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.urls import database_urls
from wellhead.sdk import db
from wellhead.testing import ApiClient, wait_until
from wellhead.testing.cluster import Cluster
from wellhead.testing.plugins import PluginWorkshop

from .memory import MemoryField, MemoryGateway, key

SCADA = "/api/v1/scada"
DRIVERS = """
@hookimpl
def drivers():
    return [
        Lazy("memory", "In memory", "{module}:MemoryWriter"),
        Lazy("readonly", "In memory", "{module}:ReadOnlyDriver"),
    ]
"""


@pytest.fixture(scope="module")
def settings(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sdk.Settings]:
    """A database for all tests of a module: each makes tags of its own."""
    with cluster.database(template_database) as name:
        folder = tmp_path_factory.mktemp("data")
        yield sdk.Settings(data_dir=folder, database=cluster.settings(name))


@pytest.fixture(scope="module")
def app(settings: sdk.Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """With the drivers of memory.py beside the installed ones."""
    folder = tmp_path_factory.mktemp("site")
    workshop = PluginWorkshop(folder)
    module = f"{__name__.rpartition('.')[0]}.memory"
    head = "from wellhead.plugins.contributions import Lazy"
    workshop.plugin("bench", DRIVERS.replace("{module}", module), head=head)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        made = create_app(sdk.Runtime.make(settings))
        yield made
        with made.app_context():
            db.engine.dispose()
    workshop.forget()


class Plant:
    """The API as each role, and the database as its administrator."""

    def __init__(
        self,
        app: Flask,
        admin_url: str,
        driver: str = "memory",
        options: Mapping[str, Any] | None = None,
        address: Callable[[int], Mapping[str, Any]] = lambda number: {"register": number},
    ) -> None:
        self.app = app
        self.admin = ApiClient(app).as_role("admin")
        self.operator = self.admin.as_role("operator")
        self.engineer = self.admin.as_role("engineer")
        self.manager = self.admin.as_role("manager")
        self._url = admin_url
        self.device = self._made("devices", name="PLC", driver=driver, options=options or {})
        self.group = self._made(
            "scan-groups", device_id=self.device["id"], name="1 s", period_ms=1000
        )
        self._tags = 0
        self._address = address

    def _made(self, path: str, **body: Any) -> Any:
        return self.admin.post(f"{SCADA}/{path}", body).data

    def tag(self, datatype: str = "float32", register: int | None = None, **more: Any) -> int:
        """A field tag of the device that is not writable yet."""
        self._tags += 1
        made = self._made(
            "tags",
            device_id=self.device["id"],
            scan_group_id=self.group["id"],
            name=f"valve {self._tags}",
            datatype=datatype,
            address=self._address(self._tags if register is None else register),
            **more,
        )
        return int(made["id"])

    def valve(self, *, datatype: str = "float32", **control: Any) -> int:
        """A tag that may be commanded."""
        tag = self.tag(datatype)
        self._made("controls", **{"tag_id": tag, "writable": True, "verify_s": 0.0, **control})
        return tag

    def ask(self, tag: int, value: Any = 1.0, *, by: ApiClient | None = None, **body: Any) -> Any:
        """The answer to a request for a command."""
        whole = {"tag_id": tag, "value": value, "key": key(), **body}
        return (by or self.operator).post(f"{SCADA}/commands", whole)

    def order(self, tag: int, value: Any = 1.0, **body: Any) -> str:
        """Id of a command that is accepted."""
        answer = self.ask(tag, value, **body)
        assert answer.status == 201, answer.body
        return str(answer.data["id"])

    def act(self, command: str, what: str, by: ApiClient, **body: Any) -> Any:
        return by.post(f"{SCADA}/commands/{command}/{what}", body)

    def see(self, command: str) -> Any:
        return self.admin.get(f"{SCADA}/commands/{command}").data

    def until(self, command: str, *states: str, timeout: float = 10.0) -> Any:
        """The command once it is in one of these states."""

        def found() -> Any:
            seen = self.see(command)
            return seen if seen["state"] in states else None

        return wait_until(found, timeout, what=f"{states}, it is {self.see(command)}")

    def states(self, command: str) -> list[str]:
        return [step["state"] for step in self.see(command)["steps"]]

    def switch(self, disabled: bool, level: str = "both") -> None:
        """As administrators would; the one for all by SQL, which needs no such user."""
        if level in ("both", "tenant"):
            body = {"disabled": disabled, "reason": "a test"}
            assert self.admin.patch(f"{SCADA}/write-switch", body).status == 200
        if level in ("both", "all"):
            self.sql("UPDATE scada_write_switch SET disabled = %s WHERE level = 'all'", disabled)

    def connect(self, state: str) -> None:
        """Have the gateway heard, and the device in this state."""
        self.sql(
            "INSERT INTO scada_gateway VALUES ('main', now(), now() + interval '1 hour', '{}')"
            " ON CONFLICT DO NOTHING"
        )
        self.sql(
            "INSERT INTO scada_device_state VALUES (%s, %s, now(), 'a test', '{}', now())"
            " ON CONFLICT (device_id) DO UPDATE SET state = excluded.state",
            self.device["id"],
            state,
        )

    def sql(self, statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(self._url) as connection:
            connection.execute("SET search_path = tenant_default")
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def audited(self, command: str) -> list[str]:
        """The states that the audit trail has of a command, in order."""
        rows = self.sql(
            "SELECT new->>'state' FROM core_audit WHERE table_name = 'scada_command'"
            " AND record_id = %s ORDER BY id",
            command,
        )
        return [row[0] for row in rows]


@pytest.fixture(scope="module")
def admin_url(cluster: Cluster, settings: sdk.Settings) -> str:
    return cluster.admin_url(str(database_urls(settings).app.database))


@pytest.fixture(scope="module")
def shared_plant(app: Flask, admin_url: str) -> Plant:
    return Plant(app, admin_url)


@pytest.fixture
def plant(shared_plant: Plant) -> Plant:
    """With a device that is connected, and both switches off."""
    shared_plant.connect("connected")
    shared_plant.switch(False)
    return shared_plant


@pytest.fixture
def memory() -> MemoryField:
    return MemoryField()


@pytest.fixture
def gateways(
    settings: sdk.Settings, memory: MemoryField, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., MemoryGateway]]:
    """Makes gateways over the field; those not killed are stopped at the end."""
    monkeypatch.setattr("wellhead_scada.commands.executor.LOOK_EVERY_S", 0.02)  # no event comes
    made: list[MemoryGateway] = []

    def make(**options: Any) -> MemoryGateway:
        made.append(MemoryGateway(settings, options.pop("memory", memory), **options))
        return made[-1]

    yield make
    for gateway in made:
        if gateway._thread.is_alive():
            gateway.stop()
