"""The page's live connection, run by node in place of a browser."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import wellhead_console

LIVE = Path(wellhead_console.__file__).parent / "static" / "live.js"
SCRIPT = """
const { Live } = await import("data:text/javascript," + encodeURIComponent(source));
const sockets = [], missed = [];
globalThis.location = { href: "http://127.0.0.1/", protocol: "http:" };
globalThis.WebSocket = class {
  constructor() { sockets.push(this); }
  send(text) {
    const { type, events } = JSON.parse(text);
    if (events) queueMicrotask(() => this.says({ type: `${type}d`, events }));
  }
  says(message) { this.onmessage({ data: JSON.stringify(message) }); }
  close() {}
};
const connected = async (count) => {
  while (sockets.length < count) await new Promise((done) => setTimeout(done, 5));
  sockets[count - 1].says({ type: "ready", t: 1 });
};
const api = { post: async () => ({ ticket: "one" }) };
const on = { state() {}, serverTime() {}, missed: () => missed.push(sockets.length) };
const live = new Live(api, [1], ["commands"], on);
live.start();
await connected(1);
sockets[0].onclose({ reason: "gone" });
await connected(2);
await null;
live.stop();
console.log(JSON.stringify(missed));
"""


def test_the_list_of_commands_is_read_as_often_as_they_are_followed() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    source = f"const source = {json.dumps(LIVE.read_text(encoding='utf-8'))};"
    command = [node, "--input-type=module", "--eval", source + SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (json.loads(done.stdout or "null"), done.stderr) == ([1, 2], "")
