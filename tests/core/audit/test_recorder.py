"""One row a write, in its transaction, with what the database really held before."""

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import ForeignKey, Numeric, delete, func, insert, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead.assets.models import Asset
from wellhead.audit.actor import Actor, acting
from wellhead.database.extension import db, model_base
from wellhead.testing.cluster import ROLE_PREFIX

from .helpers import add_asset, mark, trail

pytestmark = pytest.mark.one_app

Base: Any = model_base("audittest")


class Grade(enum.Enum):
    GOOD = "good"


class Parent(Base):
    __tablename__ = "audittest_parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    children: Mapped[list["Child"]] = relationship(cascade="all, delete-orphan")


class Child(Base):
    __tablename__ = "audittest_child"
    parent_id: Mapped[int] = mapped_column(ForeignKey("audittest_parent.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    rate: Mapped[Decimal | None] = mapped_column("gas_rate", Numeric)
    grade: Mapped[Grade | None]
    blob: Mapped[bytes | None]
    more: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    depth: Mapped[float | None]
    since: Mapped[dt.datetime | None]
    pin: Mapped[str | None] = mapped_column(info={"secret": True})


@pytest.mark.usefixtures("inside")
def test_insert_update_and_delete_leave_a_row_each() -> None:
    start = mark()
    user = uuid.uuid4()
    with acting(Actor("api", user, "maria@example.com", "req-1")):
        asset = add_asset("North")
        asset.name = "South"
        db.session.commit()
        db.session.delete(asset)
        db.session.commit()
    made, changed, gone = trail(after=start)
    for entry in (made, changed, gone):
        assert (entry.source, entry.actor_id, entry.actor_email) == (
            "api",
            user,
            "maria@example.com",
        )
        assert (entry.request_id, entry.table_name) == ("req-1", "core_asset")
        assert entry.record_id == str(asset.id)
        assert entry.at.tzinfo is not None
    assert (made.action, made.old) == ("insert", None)
    assert made.new is not None
    assert made.new["id"] == str(asset.id)
    assert (made.new["kind"], made.new["name"], made.new["parent_id"]) == ("field", "North", None)
    assert made.new["created_at"].endswith("Z")
    assert (changed.action, changed.old, changed.new) == (
        "update",
        {"name": "North"},
        {"name": "South"},
    )
    assert (gone.action, gone.new) == ("delete", None)
    assert gone.old is not None
    assert gone.old["name"] == "South"


@pytest.mark.usefixtures("inside")
def test_what_is_rolled_back_leaves_nothing() -> None:
    start = mark()
    db.session.add(Asset(kind="field", name="North"))
    db.session.flush()
    assert len(trail(after=start)) == 1
    db.session.rollback()
    assert trail(after=start) == []
    with db.session.begin_nested() as nested:
        db.session.add(Asset(kind="field", name="South"))
        db.session.flush()
        nested.rollback()
    db.session.add(Asset(kind="field", name="East"))
    db.session.commit()
    (entry,) = trail(after=start)
    assert entry.new is not None
    assert entry.new["name"] == "East"


@pytest.mark.usefixtures("inside")
def test_a_flush_that_fails_leaves_nothing_and_does_no_harm() -> None:
    add_asset("North")
    start = mark()
    db.session.add_all([Asset(kind="field", name="East"), Asset(kind="field", name="North")])
    with pytest.raises(DBAPIError):
        db.session.commit()
    db.session.rollback()
    add_asset("West")
    (entry,) = trail(after=start)
    assert entry.new is not None
    assert entry.new["name"] == "West"


@pytest.mark.usefixtures("inside")
def test_no_change_leaves_no_row() -> None:
    asset = add_asset("North")
    start = mark()
    asset.name = "South"
    asset.name = "North"
    db.session.commit()
    asset.name = "North"
    db.session.commit()
    assert trail(after=start) == []


@pytest.mark.usefixtures("inside")
def test_old_is_what_the_database_held_not_what_was_loaded(database_admin_url: str) -> None:
    asset = add_asset("North")
    start = mark()
    with psycopg.connect(database_admin_url) as other:
        other.execute("UPDATE tenant_default.core_asset SET name = 'Elsewhere'")
    asset.name = "South"
    db.session.commit()
    (entry,) = trail(after=start)
    assert (entry.old, entry.new) == ({"name": "Elsewhere"}, {"name": "South"})


@pytest.mark.usefixtures("inside")
def test_attributes_not_loaded_and_worked_out_in_sql() -> None:
    asset = add_asset("North")
    start = mark()
    db.session.expire(asset)
    asset.name = func.upper("south")
    db.session.commit()
    (entry,) = trail(after=start)
    assert (entry.old, entry.new) == ({"name": "North"}, {"name": "SOUTH"})


@pytest.mark.usefixtures("inside")
def test_many_records_in_one_flush() -> None:
    start = mark()
    db.session.add_all([Asset(kind="field", name=f"F{number}") for number in range(300)])
    db.session.commit()
    entries = trail(after=start)
    assert [entry.action for entry in entries] == ["insert"] * 300
    assert len({entry.record_id for entry in entries}) == 300


@pytest.mark.usefixtures("inside")
def test_statements_over_many_rows_leave_one_summary() -> None:
    start = mark()
    rows = [{"kind": "field", "name": f"F{number}"} for number in range(7)]
    db.session.execute(insert(Asset), rows)
    db.session.execute(update(Asset).where(Asset.name != "F0").values(kind="pad"))
    db.session.execute(update(Asset).where(Asset.name == "F0").values(name=func.lower(Asset.name)))
    db.session.execute(delete(Asset).where(Asset.kind == "pad", Asset.name.in_(["F1", "F2"])))
    ids = db.session.scalars(insert(Asset).values(kind="field", name="G").returning(Asset.id)).all()
    assert len(ids) == 1
    db.session.commit()
    inserted, changed, computed, deleted, returned = trail(after=start)
    for entry in (inserted, changed, computed, deleted, returned):
        assert (entry.table_name, entry.record_id, entry.old) == ("core_asset", None, None)
    assert (inserted.action, inserted.new) == ("insert", {"rows": 7})
    assert changed.action == "update"
    assert changed.new == {
        "rows": 6,
        "set": {"kind": "pad"},
        "where": "core_asset.name != :name_1",
        "parameters": {"name_1": "F0"},
    }
    assert computed.new is not None
    assert computed.new["set"] == {"name": "lower(core_asset.name)"}
    assert deleted.action == "delete"
    assert deleted.new is not None
    assert deleted.new["rows"] == 2
    assert returned.action == "insert"


@pytest.mark.usefixtures("inside")
def test_a_statement_rolled_back_leaves_nothing() -> None:
    add_asset("North")
    start = mark()
    db.session.execute(update(Asset).values(kind="pad"))
    db.session.rollback()
    assert trail(after=start) == []


@pytest.fixture
def tables(inside: None, database_admin_url: str) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            f"""
            SET search_path = tenant_default;
            CREATE TABLE audittest_parent (id int PRIMARY KEY);
            CREATE TABLE audittest_child (
              parent_id int REFERENCES audittest_parent, place int, gas_rate numeric, grade text,
              blob bytea, more jsonb, depth float8, since timestamptz, pin text,
              PRIMARY KEY (parent_id, place));
            GRANT ALL ON audittest_parent, audittest_child TO {ROLE_PREFIX}_t_default;
            """
        )


@pytest.mark.usefixtures("tables")
def test_values_of_every_sort_and_a_key_of_two_parts() -> None:
    start = mark()
    time = dt.datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    child = Child(
        place=3,
        rate=Decimal("1.50"),
        blob=b"\x00\x01",
        more={"a": [1, None]},
        depth=float("nan"),
        since=time,
        pin="1234",
    )
    db.session.add(Parent(id=7, children=[child]))
    db.session.commit()
    entry = trail(after=start)[1]
    assert (entry.table_name, entry.record_id) == ("audittest_child", "7,3")
    assert entry.new is not None
    assert entry.new.pop("blob").startswith("2 bytes, sha256 ")
    assert entry.new == {
        "parent_id": 7,
        "place": 3,
        "gas_rate": "1.50",
        "grade": None,
        "more": {"a": [1, None]},
        "depth": "nan",
        "since": "2026-03-01T11:00:00.000005Z",
        "pin": "***",
    }


@pytest.mark.usefixtures("tables")
def test_what_a_flush_finds_out_by_itself_is_there_too() -> None:
    db.session.add(Parent(id=1, children=[Child(place=1, pin="1"), Child(place=2)]))
    db.session.commit()
    start = mark()
    parent = db.session.get_one(Parent, 1)
    parent.children.pop(0)  # an orphan, which only the flush deletes
    parent.children[0].place = 5  # a key that changes
    db.session.commit()
    entries = {entry.action: entry for entry in trail(after=start)}
    assert entries["delete"].record_id == "1,1"
    assert entries["delete"].old is not None
    assert entries["delete"].old["pin"] == "***"
    assert (entries["update"].old, entries["update"].new) == ({"place": 2}, {"place": 5})
    assert entries["update"].record_id == "1,5"
