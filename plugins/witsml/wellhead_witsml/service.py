"""Stores: creating and changing them. What the record must say as a whole."""

from typing import Any

from wellhead import sdk
from wellhead_witsml.importing.run import PERMISSIONS
from wellhead_witsml.models import Store


def create_store(data: dict[str, Any]) -> Store:
    """A new store. Raises WellheadError for an address without TLS that was not allowed, ApiError
    403 for what would import wells on account of somebody who may not."""
    store = Store()
    change_store(store, data)
    sdk.db.session.add(store)
    return store


def change_store(store: Store, data: dict[str, Any]) -> None:
    """Change what `data` names. Raises as `create_store` does."""
    for name, value in data.items():
        setattr(store, name, value)
    if data.get("follow_growing"):  # which makes wells without asking anybody again
        sdk.current_user().require(PERMISSIONS["wellbore"])
    if store.url.lower().startswith("http://") and not store.allow_plain:
        raise sdk.WellheadError(
            "http:// shows the password to everybody on the way",
            field="url",
            value=store.url,
            remedy="Give an address that begins with https://, or set allow_plain",
        )
    if store.password_file is not None and store.user_name is None:
        raise sdk.WellheadError(
            "a password needs its user", field="user_name", remedy="Give user_name too"
        )
