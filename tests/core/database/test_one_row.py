"""Records of every kind are read in one row; lists that cannot be read with theirs say so."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import ARRAY, ForeignKey, Text, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from wellhead.assets.models import Asset
from wellhead.database.extension import tenant
from wellhead.database.one_row import OneRow
from wellhead.errors import WellheadError
from wellhead.runtime import Runtime


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"

    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Book"]] = relationship()


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey(Shelf.id))
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))


def test_a_list_of_records_with_arrays_is_refused() -> None:
    with pytest.raises(WellheadError, match="arrays of arrays") as refused:
        OneRow(Shelf, [Shelf.books])
    assert (refused.value.field, refused.value.value) == ("Book.words", "Shelf.books")


def test_every_kind_of_record_can_be_read(app: Flask, runtime: Runtime) -> None:
    """Whatever its columns are made of: other tables, expressions, constants in them."""
    models = [Asset, *(model for _, found in runtime.plugins.collect("models") for model in found)]
    single = [model for model in models if len(inspect(model).primary_key) == 1]
    assert len(single) > 100
    with app.app_context(), tenant("default"):
        for model in single:
            kind = inspect(model).primary_key[0].type.python_type
            assert OneRow(model).read({uuid.UUID: uuid.uuid4(), int: 7, str: "x"}[kind]) is None
