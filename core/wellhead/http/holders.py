"""What refers to a record and so keeps it, in the words that people know it by: what its `Resource`
calls it, its name and whose it is, not the tables and keys that it is stored as."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Text, and_, cast, func, inspect, literal, select, text
from sqlalchemy import column as bare_column
from sqlalchemy import table as bare_table
from sqlalchemy.types import NullType

from wellhead.auth.identity import identified
from wellhead.database.extension import db
from wellhead.runtime import runtime_of

_KIND = "wellhead_kind"  # of Table.info
_NAMED = 3
# Of the database and not of the models: the tables of a plugin that is switched off count, too.
_REFERENCES = """
    SELECT r.relname, f.relname, ARRAY(
        SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place
    )
    FROM pg_constraint c
    JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
    WHERE c.contype = 'f' AND """
_TO = text(f"{_REFERENCES} c.confrelid = CAST(:to AS regclass) ORDER BY 1, 3")
_OF_NAME = text(f"{_REFERENCES} c.conrelid = CAST(:table AS regclass) AND c.conname = :name")


@dataclass(frozen=True, slots=True)
class Kind:
    """What the records of a model are to callers.

    path: where they are; read: the permission for it
    instead: what to do with one that stays because records refer to it that nobody deletes
    removal: what deletes these records where no request does, a command say
    """

    model: type[Any]
    title: str
    plural: str
    path: str
    read: str
    instead: str | None = None
    removal: str | None = None

    @property
    def has_names(self) -> bool:
        """Whether one is told from others by a name."""
        return "name" in inspect(self.model).attrs

    def is_shown(self) -> bool:
        """Whether the caller may see all of them."""
        caller = identified()
        return caller is None or (caller.assets is None and caller.may(self.read))

    @property
    def is_listed(self) -> bool:
        return any(rule == self.path for rule in _rules("GET"))

    @property
    def is_deleted_by_requests(self) -> bool:
        """Also where they are found beneath others: /wells/{id}/wellbores/{id}, say."""
        places = (
            [part for part in rule.split("/") if not part.startswith("<")]
            for rule in _rules("DELETE")
            if rule.endswith(">")
        )
        return self.path.split("/") in places


def _rules(method: str) -> list[str]:
    rules = current_app.url_map.iter_rules()
    return [rule.rule for rule in rules if method in (rule.methods or ())]


@dataclass(frozen=True, slots=True)
class Holder:
    """Records of one table that refer to another record. said: which, in words"""

    table: str
    count: int
    said: str
    remedy: str

    @property
    def message(self) -> str:
        return f"{self.said} {'refers' if self.count == 1 else 'refer'} to it"


def set_kind(kind: Kind) -> None:
    """Have the records that refer to others be called so."""
    inspect(kind.model).local_table.info[_KIND] = kind


def holders_of(table: str, key: Any) -> list[Holder]:
    """What refers to the record `key` of a table, also what would go with it: one for each foreign
    key by which something does."""
    found = db.session.execute(_TO, {"to": table}).all()
    holders = [_holder(name, table, columns, [str(key)]) for name, _, columns in found]
    return [holder for holder in holders if holder is not None]


def holder_by(constraint: str, table: str, values: Sequence[str]) -> Holder | None:
    """What refers to another record by this foreign key of `table`; values: that record's, in the
    constraint's order. None when nothing does any more, or it cannot be told."""
    found = db.session.execute(_OF_NAME, {"table": table, "name": constraint}).one_or_none()
    return None if found is None else _holder(table, found[1], found[2], values)


def _holder(
    name: str, referred: str, columns: Sequence[str], values: Sequence[str]
) -> Holder | None:
    if len(columns) != len(values):
        return None
    model = db.metadata.tables.get(name)
    table: Any = bare_table(name, *map(bare_column, columns)) if model is None else model
    pairs = zip(columns, values, strict=True)
    referring = and_(*(_is(table.c[column], value) for column, value in pairs))
    count = db.session.scalar(select(func.count()).select_from(table).where(referring)) or 0
    if not count:
        return None
    plugin = _plugin_of(name)
    if model is None:
        said = f"{count} record{'s' if count > 1 else ''} of the plugin {plugin}, which is off,"
        return Holder(name, count, said, f"Switch it on, or `wellhead plugin purge {plugin}`")
    kind, (owner, joined) = table.info.get(_KIND), _owner(table, referred)
    names = _names(table.join(*joined) if joined else table, kind, owner, referring)
    word = name.removeprefix(f"{plugin}_").replace("_", " ")
    title, plural = (kind.title, kind.plural) if kind else (word, f"{word}s")
    said = " ".join([title, *names])
    if count > 1:
        said = f"{count} {plural}" + (f" ({', '.join(names)})" if names else "")
    return Holder(name, count, said, _remedy(kind or owner, referred))


def _remedy(holds: Kind | None, referred: str) -> str:
    """holds: what is to be deleted first, None when nothing is known of it"""
    if holds is None:
        return "Delete that first, or have it name another"
    where = f"; GET {holds.path} lists {holds.plural}" if holds.is_listed else ""
    if holds.is_deleted_by_requests:
        return f"Delete that first, or have it name another{where}"
    if holds.removal:
        return f"{holds.removal} first{where}"
    held: Kind | None = db.metadata.tables[referred].info.get(_KIND)
    instead = (held and held.instead) or "Keep it, and change what is wrong about it"
    return f"{instead}: {holds.plural} are kept for good{where}"


def _is(column: Any, value: str) -> Any:
    if isinstance(column.type, NullType):
        return cast(column, Text) == value
    return column == cast(literal(value), column.type)


def _plugin_of(table: str) -> str:
    names = ("core", *runtime_of(current_app).plugins.records)
    return max((name for name in names if table.startswith(f"{name}_")), key=len, default=table)


def _owner(table: Any, referred: str) -> tuple[Kind | None, tuple[Any, Any] | None]:
    """Whose the records of a table are, with the table to join and on what: the first other record
    that each of them names, and perhaps several of them."""
    keys = table.foreign_key_constraints
    for key in sorted(keys, key=lambda key: list(table.c).index(key.columns[0])):
        kind = key.referred_table.info.get(_KIND)
        optional = any(column.nullable for column in key.columns)
        alone = key.columns[0].unique or list(key.columns) == list(table.primary_key)
        if kind and key.referred_table.name != referred and not optional and not alone:
            same = and_(*(one.column == one.parent for one in key.elements))
            return kind, (key.referred_table, same)
    return None, None


def _names(rows: Any, kind: Kind | None, owner: Kind | None, referring: Any) -> list[str]:
    """The first few of them and whose they are, as far as those have names and the caller may see
    them."""
    if kind is not None and not kind.is_shown():
        return []
    named = [one for one in (kind, owner) if one and one.has_names and one.is_shown()]
    if not named:
        return []
    labels = [one.model.name for one in named]
    query = select(*labels).distinct().select_from(rows).where(referring).order_by(*labels)
    names = [
        " ".join(
            f"'{name}'" if one is kind else f"of {one.title} '{name}'"
            for one, name in zip(named, row, strict=True)
        )
        for row in db.session.execute(query.limit(_NAMED + 1))
    ]
    return names if len(names) <= _NAMED else [*names[:_NAMED], "…"]
