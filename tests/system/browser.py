"""An app of this process, served to a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from wellhead import sdk
from wellhead.live.service import live_of


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The origin of the app in a web server of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        live_of(app).stop()
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            sdk.db.engine.dispose()
