"""The least that reads one record over HTTP: Flask, PyJWT and psycopg, served as Wellhead is.

What it runs comes as JSON in the variable BARE: {"url", "key", "statements": [[SQL, parameters]]};
the answer is all that they gave.
"""

import json
import os
from queue import LifoQueue
from typing import Any

import jwt
import psycopg
from flask import Flask, jsonify, request
from psycopg.rows import dict_row

_BARE = json.loads(os.environ["BARE"])
_connections: LifoQueue[psycopg.Connection[Any]] = LifoQueue()
app = Flask(__name__)


@app.get("/record")
def record() -> Any:
    token = request.headers["Authorization"].removeprefix("Bearer ")
    jwt.decode(token, _BARE["key"], algorithms=["HS256"], audience=_BARE["audience"])
    if _connections.empty():
        _connections.put(psycopg.connect(_BARE["url"], row_factory=dict_row))
    connection = _connections.get()
    with connection.transaction():
        rows = [
            connection.execute(sql, parameters).fetchall()
            for sql, parameters in _BARE["statements"]
        ]
    _connections.put(connection)
    return jsonify({"success": True, "data": rows})
