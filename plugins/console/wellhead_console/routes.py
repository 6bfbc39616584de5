"""The page and its files. Public: they hold no data; what they show, they ask the API for."""

from pathlib import Path

from flask import Blueprint as FlaskBlueprint
from flask import Response, jsonify, send_from_directory

from wellhead import sdk

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere and nothing inline: a script that gets into the page does not run."""
_QUALITIES = range(256)

blp = sdk.Blueprint("console", url_prefix="/", description="The page that shows the field's values")


@sdk.Blueprint.public
def page() -> Response:
    """The page."""
    return _file("index.html")


@sdk.Blueprint.public
def file(name: str) -> Response:
    """One of the page's files; 404 for any other name."""
    return _file(name)


@sdk.Blueprint.public
def qualities() -> Response:
    """Name of every quality by its code, so that the page has no list of its own."""
    return _guarded(jsonify({code: sdk.quality.name_of(code) for code in _QUALITIES}))


# not blp.add_url_rule, which would put the page into the API's documentation
FlaskBlueprint.add_url_rule(blp, "/", view_func=page)
FlaskBlueprint.add_url_rule(blp, "/console/quality.json", view_func=qualities)
FlaskBlueprint.add_url_rule(blp, "/console/<name>", view_func=file)


def _file(name: str) -> Response:
    return _guarded(send_from_directory(STATIC, name, max_age=0))


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
