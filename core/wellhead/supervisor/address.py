"""Where the web process is to listen: whether it can, does, and is ready."""

import http.client
import socket
from dataclasses import replace

from wellhead.errors import ConfigError
from wellhead.settings.model import WebSettings


def check_port(web: WebSettings) -> None:
    """Raises ConfigError when one cannot listen there now."""
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((web.host, web.port))
        except OSError as error:
            raise ConfigError(
                f"cannot listen there: {error.strerror}",
                field="[web] host, port",
                value=web.bind,
                remedy="Stop what uses the port, or choose another one: WELLHEAD_PORT=8081",
            ) from error


def reachable(web: WebSettings) -> WebSettings:
    """Where a program on this machine finds what listens everywhere."""
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    return replace(web, host=loopback.get(web.host, web.host))


def is_ready(web: WebSettings) -> bool:
    """Whether requests are answered and what is required is up."""
    connection = http.client.HTTPConnection(reachable(web).host, web.port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):  # what answers may be another program
        return False
    finally:
        connection.close()
