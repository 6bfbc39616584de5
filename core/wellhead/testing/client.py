"""A client of the API inside the test's process, logged in as a role."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from wellhead.auth.models import Membership, User
from wellhead.database.extension import platform_session

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Answer:
    """status: HTTP status; body: the JSON, None for anything else; headers: of the response;
    text: the body as it came"""

    status: int
    body: Any
    headers: dict[str, str]
    text: str = ""

    @property
    def data(self) -> Any:
        """The data of a success; fails the test on an error."""
        assert self.body["success"] is True, self.body
        return self.body["data"]

    @property
    def meta(self) -> Any:
        return self.body["meta"]

    @property
    def error(self) -> Any:
        """The error of a refusal; fails the test on a success."""
        assert self.body["success"] is False, self.body
        return self.body["error"]


class ApiClient:
    """Requests as one user; `as_role` gives a client of another. Needs no app context, and must
    not be used inside one: a request would share its session."""

    def __init__(self, app: Flask, token: str | None = None) -> None:
        self.app = app
        self.token = token

    def as_role(self, role: str) -> "ApiClient":
        """Logged in as the test user of this role (`admin`, `viewer`, …)."""
        login = {"email": f"{role}@example.com", "password": PASSWORD}
        answer = ApiClient(self.app).post("/api/v1/auth/login", login)
        return ApiClient(self.app, answer.data["access_token"])

    def limited(self, *assets: str, role: str = "viewer") -> "ApiClient":
        """Logged in as the test user of this role, who from now on is limited to these assets (ids)
        and all beneath them."""
        user = select(User.id).where(User.email == f"{role}@example.com").scalar_subquery()
        with self.app.app_context(), platform_session() as session:
            session.execute(
                update(Membership)
                .where(Membership.user_id == user)
                .values(assets=[uuid.UUID(asset) for asset in assets])
            )
        return self.as_role(role)

    def anonymous(self) -> "ApiClient":
        return ApiClient(self.app)

    def get(self, path: str, **query: Any) -> Answer:
        return self.request("GET", path, query=query)

    def post(self, path: str, json: Any = None) -> Answer:
        return self.request("POST", path, json=json)

    def patch(self, path: str, json: Any) -> Answer:
        return self.request("PATCH", path, json=json)

    def delete(self, path: str) -> Answer:
        return self.request("DELETE", path)

    def request(
        self,
        method: str,
        path: str,
        json: Any = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        text: str | None = None,
    ) -> Answer:
        """json, text: the body, as one or the other; the latter with a Content-Type in `headers`"""
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        response = self.app.test_client().open(
            path, method=method, json=json, data=text, query_string=query or None, headers=sent
        )
        return Answer(
            response.status_code,
            response.get_json(silent=True),
            dict(response.headers),
            response.text,
        )
