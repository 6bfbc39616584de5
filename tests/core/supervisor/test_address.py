"""Whether the web process answers: it, and not another program on its port."""

import socket
from concurrent.futures import ThreadPoolExecutor

from wellhead.settings.model import WebSettings
from wellhead.supervisor.address import is_ready


def test_another_program_on_the_port_is_not_ready() -> None:
    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"PONG\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        told = pool.submit(answer)
        web = WebSettings(host="127.0.0.1", port=listener.getsockname()[1])
        assert not is_ready(web)
        told.result(timeout=10)
