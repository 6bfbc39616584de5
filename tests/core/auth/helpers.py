"""What the tests of login share."""

import uuid
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from wellhead.auth.models import User
from wellhead.auth.state import auth_state
from wellhead.database.extension import platform_session
from wellhead.testing import Answer, ApiClient

PASSWORD = "correct horse battery"


def log_in(app: Flask, role: str = "viewer", password: str = PASSWORD, **more: Any) -> Answer:
    body = {"email": f"{role}@example.com", "password": password, **more}
    return ApiClient(app).post("/api/v1/auth/login", body)


def refresh(app: Flask, token: str) -> Answer:
    return ApiClient(app).post("/api/v1/auth/refresh", {"refresh_token": token})


def user_id(app: Flask, role: str) -> uuid.UUID:
    with app.app_context(), platform_session() as session:
        return session.scalars(select(User.id).where(User.email == f"{role}@example.com")).one()


def hash_in_earnest(app: Flask, role: str) -> None:
    """The password of this role's test user as Wellhead hashes one, not as the test kit does."""
    with app.app_context(), platform_session() as session:
        passwords = auth_state().passwords
        with passwords.turn():
            stored = passwords.hash(PASSWORD)
        session.execute(
            update(User).where(User.email == f"{role}@example.com").values(password_hash=stored)
        )
