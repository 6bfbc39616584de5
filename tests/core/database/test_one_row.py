"""Records of every kind are read in one row; lists that cannot be read with theirs say so."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ARRAY, Column, ForeignKey, Table, Text, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from wellhead.assets.models import Asset
from wellhead.database.extension import tenant
from wellhead.database.one_row import OneRow
from wellhead.errors import WellheadError
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.resource import Resource
from wellhead.runtime import Runtime


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"

    id: Mapped[int] = mapped_column(primary_key=True)
    below_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    books: Mapped[list["Book"]] = relationship()
    below: Mapped["Shelf | None"] = relationship(back_populates="above", remote_side="Shelf.id")
    above: Mapped[list["Shelf"]] = relationship(back_populates="below")
    readers: Mapped[list["Reader"]] = relationship(secondary=lambda: loans)


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey(Shelf.id))
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Reader(Base):
    __tablename__ = "reader"

    id: Mapped[int] = mapped_column(primary_key=True)


loans: Table = Table(
    "loan",
    Base.metadata,
    Column("shelf_id", ForeignKey(Shelf.id)),
    Column("reader_id", ForeignKey(Reader.id)),
)


def test_a_list_of_records_with_arrays_is_refused() -> None:
    with pytest.raises(WellheadError, match=r"arrays in its items \(Book\.words\)") as refused:
        OneRow(Shelf, [Shelf.books])
    assert (refused.value.field, refused.value.value) == ("lists", "Shelf.books")


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (lambda: Shelf.above, "items of the record's own kind"),
        (lambda: Shelf.readers, "items that may be in several lists"),
        (lambda: Shelf.below, "items that may be in several lists"),
    ],
    ids=["itself", "many to many", "parent"],
)
def test_a_list_that_is_not_the_records_own_is_refused(wanted: Callable[[], Any], why: str) -> None:
    """Its statement would find nothing, or the items of all records."""
    with pytest.raises(WellheadError, match=why) as refused:
        OneRow(Shelf, [wanted()])
    assert refused.value.remedy == "Leave it out of lists; it is then read by itself"


def test_a_resource_with_such_a_list_is_refused_where_its_routes_are_mounted() -> None:
    """So a plugin with one is off with the reason, and nobody finds it at the first request."""
    blueprint = Blueprint("shelves", url_prefix="/shelves", description="Shelves")
    Resource(
        blueprint,
        path="",
        model=Shelf,
        schema=BaseSchema,
        name="shelf",
        plural="shelves",
        read="shelves.read",
        write="shelves.edit",
        sort=("id",),
        lists=(Shelf.above,),
        id_converter="int",
    )
    with pytest.raises(WellheadError, match="above has items of the record's own kind"):
        Flask("trial").register_blueprint(blueprint)


def test_every_kind_of_record_can_be_read(app: Flask, runtime: Runtime) -> None:
    """Whatever its columns are made of: other tables, expressions, constants in them."""
    models = [Asset, *(model for _, found in runtime.plugins.collect("models") for model in found)]
    single = [model for model in models if len(inspect(model).primary_key) == 1]
    assert len(single) > 100
    with app.app_context(), tenant("default"):
        for model in single:
            kind = inspect(model).primary_key[0].type.python_type
            assert OneRow(model).read({uuid.UUID: uuid.uuid4(), int: 7, str: "x"}[kind]) is None
