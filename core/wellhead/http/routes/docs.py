"""The API's documentation as a page, whole without a network: Swagger UI from its Python package.

Public like the document that it shows, and no part of it. Its files are the few named here, so a
newer package brings nothing along unseen.
"""

from importlib.resources import files
from pathlib import Path

from flask import Blueprint as FlaskBlueprint
from flask import Response, send_from_directory

from wellhead.http.blueprint import Blueprint
from wellhead.http.refusals import not_found

_OURS = Path(__file__).parents[1] / "static"
_THEIRS = Path(str(files("flask_swagger_ui"))) / "dist"
_FILES = {
    "docs.css": _OURS,
    "docs.js": _OURS,
    "favicon-32x32.png": _THEIRS,
    "swagger-ui-bundle.js": _THEIRS,
    "swagger-ui.css": _THEIRS,
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Icons are within Swagger UI's style sheet, hence data:."""

blp = FlaskBlueprint("docs", __name__, url_prefix="/api/v1/docs")


@blp.route("")
@Blueprint.public
def page() -> Response:
    """The page."""
    return _file(_OURS, "docs.html")


@blp.route("/<name>")
@Blueprint.public
def file(name: str) -> Response:
    """One of the page's files."""
    folder = _FILES.get(name)
    if folder is None:
        raise not_found("file", name)
    return _file(folder, name)


def _file(folder: Path, name: str) -> Response:
    response = send_from_directory(folder, name, max_age=0)
    response.headers["Content-Security-Policy"] = _POLICY
    return response
