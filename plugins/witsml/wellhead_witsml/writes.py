"""Writes to a store: asked for here, sent by the process `witsml`, and never sent twice.

A write is a row. The process marks it as sent, and commits that, before anything goes out; so after
a crash it is known that the store may have got it, and nobody sends it again by himself.
"""

import datetime as dt
from typing import Any

from lxml import etree
from sqlalchemy import func, select

from wellhead import sdk
from wellhead_witsml import requests
from wellhead_witsml.models import Store, Write
from wellhead_witsml.protocol.xml import parse

_writes: Any = Write.__table__


def write(store: Store, function: str, xml: str) -> Write:
    """Have the object of the document written, and wait for what becomes of it. Commits.

    Raises WellheadError for a document that is not one object, ApiError as `requests.ask` does.
    """
    object_type = _type_of(xml)
    requests.require_reader(store)
    wait = min(store.timeout_s + 5, requests.MOST_S)
    now = sdk.db.session.scalar(select(func.now()))
    assert now is not None
    record = Write(
        store_id=store.id,
        function=function,
        object_type=object_type,
        xml=xml,
        user_email=sdk.current_user().email,
        deadline=now + dt.timedelta(seconds=wait),
    )
    sdk.db.session.add(record)
    sdk.db.session.commit()
    key = record.id
    if requests.await_end(select(_writes.c.state).where(_writes.c.id == key), wait) is None:
        requests.withdraw(_writes, key)
        sdk.db.session.commit()
    found = sdk.db.session.get(Write, key, populate_existing=True)
    assert found is not None
    return found


def _type_of(xml: str) -> str:
    """WITSML's name of the one object that the document holds: `wells` around a `well`."""
    root = parse(xml)
    children = list(root.iterchildren(etree.Element))
    names = [etree.QName(child).localname for child in children]
    names = [name for name in names if name != "documentInfo"]  # who made the file, and when
    if len(names) != 1 or etree.QName(root).localname != f"{names[0]}s":
        raise sdk.WellheadError(
            "is no document of one object",
            field="xml",
            value=f"{etree.QName(root).localname}: {', '.join(names)}"[:200],
            remedy='Send it like <wells xmlns="…" version="1.4.1.1"><well uid="…">…</well></wells>',
        )
    return names[0]
