"""A route's way back to its URL is made when it is asked for, its path is read once a process, and
both are werkzeug's own."""

from flask import Flask, url_for
from werkzeug.routing import BaseConverter, Map, Rule

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


class OfItsMap(BaseConverter):
    """Takes what its map says it takes."""

    def __init__(self, its_map: Map, word: str) -> None:
        super().__init__(its_map)
        self.regex = its_map.default_subdomain + word


def test_a_path_that_is_known_leads_where_a_new_one_does() -> None:
    path = "/wells/<uuid:id>/logs/<path:name>/<any(GR, RES):curve>"
    asked = "/wells/00000000-0000-0000-0000-000000000007/logs/run 1/top/GR"
    for kind in (Rule, Route, Route):
        rule = kind(path, endpoint="curve")
        maps = Map([kind("/wells/<id>", endpoint="well"), rule])
        assert rule.arguments == {"id", "name", "curve"}
        endpoint, values = maps.bind("").match(asked)
        assert (endpoint, values["name"], values["curve"]) == ("curve", "run 1/top", "GR")
        assert maps.bind("").build("curve", values).endswith("/logs/run%201/top/GR")


def test_a_converter_of_somebodys_is_made_for_its_own_map() -> None:
    for subdomain in ("a", "b"):
        maps = Map(default_subdomain=subdomain, converters={"own": OfItsMap})
        maps.add(Route("/<own(word='x'):name>", endpoint="it"))
        found = maps.bind("").match(f"/{subdomain}x")
        assert found == ("it", {"name": f"{subdomain}x"})
