"""The key that signs tokens: made once, private, strong, or the start is refused."""

import errno
import stat
import threading
from pathlib import Path

import pytest

from wellhead.app import create_app
from wellhead.auth import secret_files
from wellhead.auth.signing import key_path, signing_key
from wellhead.errors import ConfigError
from wellhead.runtime import Runtime


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert len(key) >= 32
    assert signing_key(tmp_path) == key
    path = key_path(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["jwt.key"]


def test_a_key_that_is_there_needs_no_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signing_key(tmp_path)

    def full(path: Path, text: str) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(secret_files, "_draft", full)
    assert signing_key(tmp_path) == key


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait(10)
        keys.append(signing_key(tmp_path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "too weak: 0 bytes"),
        ("hunter2-hunter2", "not hexadecimal"),
        ("ab" * 16, "too weak: 16 bytes"),
        ("00" * 64, "bytes are not random"),
        ("0123456789abcdef" * 8, "bytes are not random"),
    ],
)
def test_s8_a_weak_key_refuses_to_start(runtime: Runtime, text: str, problem: str) -> None:
    path = key_path(runtime.settings.data_dir)
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=problem) as refused:
        create_app(runtime)
    assert refused.value.field == str(path)
    assert "openssl rand" in (refused.value.remedy or "")
    assert not text or text not in str(refused.value)


def test_a_key_others_may_read_refuses_to_start(runtime: Runtime) -> None:
    signing_key(runtime.settings.data_dir)
    path = key_path(runtime.settings.data_dir)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="others than the owner") as refused:
        create_app(runtime)
    assert refused.value.value == "0644"
