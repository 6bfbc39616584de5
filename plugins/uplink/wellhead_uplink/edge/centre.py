"""The kind `wellhead`: another Wellhead that accepts edges, over HTTPS.

The centre commits before it answers, and knows by each entry's number what it has already. So a
request whose answer was lost is simply sent again.
"""

import ipaddress
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import orjson
import urllib3
from marshmallow import ValidationError, fields, validate, validates_schema

from wellhead import sdk
from wellhead_uplink import packing
from wellhead_uplink.config import NAME_RULE
from wellhead_uplink.edge.destination import Entry, Report, Tag

_TOLD = ("id", "name", "unit", "quantity", "datatype", "description", "states", "step")
_TAGS_A_REQUEST = 1000
_ANSWER_BYTES = 1 << 20
_UNKNOWN_TAGS = "unknown_tags"


def _is_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValidationError('Write it like "https://centre.example.com".')
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValidationError("Without TLS only on this machine: write https://.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class CentreOptions(sdk.Schema):
    """Options of the kind `wellhead`."""

    url = fields.String(
        required=True, validate=_is_address, metadata={"description": "The centre's address"}
    )
    edge = fields.String(
        required=True, validate=NAME_RULE, metadata={"description": "This edge's name there"}
    )
    key_file = fields.String(
        load_default=None, metadata={"description": "File with the API key of a user of the centre"}
    )
    key_variable = fields.String(
        load_default=None, metadata={"description": "Environment variable with it, instead"}
    )
    ca_file = fields.String(
        load_default=None,
        metadata={"description": "Authorities to trust, as PEM; none = those of the system"},
    )
    timeout_s = fields.Float(
        load_default=30.0,
        validate=validate.Range(1, 300),
        metadata={"description": "Seconds that an answer may take"},
    )

    @validates_schema(skip_on_field_errors=True)
    def _one_key(self, data: dict[str, Any], **_: Any) -> None:
        if (data["key_file"] is None) == (data["key_variable"] is None):
            raise ValidationError("Give either key_file or key_variable.", "key_file")


class _Refused(Exception):
    """The centre does not take this body: too large, or not sound."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.too_large = status == 413


class Centre:
    """See `Destination`."""

    options_schema: ClassVar[type[sdk.Schema]] = CentreOptions

    def __init__(self, tenant: str, options: Mapping[str, Any]) -> None:
        self._root = f"{options['url'].rstrip('/')}/api/v1/uplink/edges/{quote(options['edge'])}"
        self._headers = {"Authorization": f"Bearer {_key(options)}"}
        self._pool = urllib3.PoolManager(
            maxsize=1,
            timeout=urllib3.Timeout(connect=10.0, read=options["timeout_s"]),
            retries=False,
            ca_certs=options["ca_file"],
        )
        self._stream = ""
        self._told: dict[int, Tag] = {}

    def report(self, report: Report) -> tuple[int, int] | None:
        if report.stream != self._stream:
            self._told = {}
        self._stream = report.stream
        waits = report.backlog
        answer = self._post(
            "report",
            {
                "stream": report.stream,
                "replaces": report.replaces,
                "backlog": {
                    "readings": waits.readings,
                    "bytes": waits.bytes,
                    "age_s": waits.age_s,
                    "dropped": waits.dropped,
                },
                "devices": [
                    {
                        "id": device.id,
                        "name": device.name,
                        "driver": device.driver,
                        "state": device.state,
                        "since": device.since.isoformat(),
                        "reason": device.reason,
                        "tags": device.tags,
                    }
                    for device in report.devices
                ],
            },
        )
        self._tell_tags(report.tags)
        position, crc = answer["position"], answer["crc"]
        return None if position is None else (int(position), int(crc))

    def _tell_tags(self, tags: Mapping[int, Tag]) -> None:
        """What changed since this connection began."""
        news = [tag for number, tag in tags.items() if self._told.get(number) != tag]
        for at in range(0, len(news), _TAGS_A_REQUEST):
            piece = news[at : at + _TAGS_A_REQUEST]
            rows = [{name: getattr(tag, name) for name in _TOLD} for tag in piece]
            self._post("catalogue", {"stream": self._stream, "tags": rows})
            self._told.update((tag.id, tag) for tag in piece)

    def send(self, entries: Sequence[Entry]) -> int:
        most = len(entries)
        while True:
            few = entries[:most]
            frames = [(entry.id, entry.total, entry.readings, entry.packed) for entry in few]
            path = f"readings?stream={self._stream}"
            try:
                answer = self._request(path, packing.to_body(frames), "application/octet-stream")
            except _Refused as refusal:
                if most > 1:
                    most //= 2
                    continue
                if refusal.too_large:
                    remedy = "Raise [limits] body_mb there, or the limit of a proxy between"
                    raise sdk.WellheadError(f"{refusal}", field="centre", remedy=remedy) from None
                raise sdk.BatchError(f"the centre refuses it: {refusal}") from None
            return int(answer["position"])

    def close(self) -> None:
        self._pool.clear()

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        try:
            return self._request(path, orjson.dumps(body), "application/json")
        except _Refused as refusal:
            raise sdk.WellheadError(f"refused: {refusal}", field="centre") from None

    def _request(self, path: str, body: bytes, kind: str) -> Any:
        """The data of the answer. Raises _Refused, OSError or WellheadError."""
        url = f"{self._root}/{path}"
        try:
            response = self._pool.request(
                "POST",
                url,
                body=body,
                headers={**self._headers, "Content-Type": kind},
                preload_content=False,
            )
            try:
                text = response.read(_ANSWER_BYTES)
            finally:
                response.drain_conn()
                response.release_conn()
        except urllib3.exceptions.SSLError as error:
            raise sdk.WellheadError(
                f"its certificate is not trusted: {error}",
                field="url",
                value=url,
                remedy="Name the authority's certificate in ca_file",
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionError(str(error)) from error
        return _data_of(response.status, text, url)


def _data_of(status: int, text: bytes, url: str) -> Any:
    try:
        answer = orjson.loads(text)
        if status == 200:
            return answer["data"]
        code, message = answer["error"]["code"], answer["error"]["message"]
    except (ValueError, KeyError, TypeError):
        code, message = "", f"HTTP {status}"  # not from a Wellhead: a proxy between
        if status == 200:
            raise sdk.WellheadError("no Wellhead answers there", field="url", value=url) from None
    if status in (413, 422):
        raise _Refused(status, message)
    if status in (401, 403, 404) or (status == 409 and code != _UNKNOWN_TAGS):
        raise sdk.WellheadError(f"the centre says: {message}", field="centre", value=status)
    raise ConnectionError(f"the centre answered {status}: {message}")


def _key(options: Mapping[str, Any]) -> str:
    if options["key_variable"] is not None:
        key = os.environ.get(options["key_variable"], "")
        where = options["key_variable"]
    else:
        where = options["key_file"]
        try:
            key = Path(where).read_text(encoding="utf-8")
        except OSError as error:
            raise sdk.WellheadError(f"cannot be read: {error}", field="key_file") from error
    key = key.strip()
    if not key.isascii() or not key.isprintable() or not key:
        raise sdk.WellheadError("holds no API key", field="key_file", value=where)
    return key
