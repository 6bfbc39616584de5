"""A route's way back to its URL is made when it is asked for, and is werkzeug's own."""

from flask import Flask, url_for
from werkzeug.routing import Rule

from wellhead.http.routing import Route


def test_urls_are_built_as_werkzeug_builds_them() -> None:
    built = []
    for kind in (Rule, Route):
        app = Flask("wells", static_folder=None)
        app.url_rule_class = kind
        app.add_url_rule("/wells/<uuid:id>/logs/<path:name>", "log", lambda **_: "")
        app.add_url_rule("/wells", "wells", lambda: "", defaults={"page": 1})
        with app.test_request_context():
            key = "00000000-0000-0000-0000-000000000007"
            for _ in range(2):
                built += [
                    url_for("log", id=key, name="run 1/GR"),
                    url_for("log", id=key, name="GR", unit="ft", _external=True),
                    url_for("wells", q="a&b"),
                ]
    assert built[:6] == built[6:]
    assert built[0] == "/wells/00000000-0000-0000-0000-000000000007/logs/run%201/GR"


def test_every_route_of_an_app_is_one(app: Flask) -> None:
    assert {type(rule) for rule in app.url_map.iter_rules()} == {Route}
