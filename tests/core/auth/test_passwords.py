"""Hashing: its cost for all alike, its cap, and that it stops nobody else under gevent."""

import subprocess
import sys
import threading
import time

import pytest

from wellhead.auth import passwords as module
from wellhead.auth.errors import AuthError
from wellhead.auth.passwords import HASHES_AT_ONCE, Passwords, check_new_password
from wellhead.errors import WellheadError
from wellhead.testing import wait_until


def test_only_the_password_itself_verifies() -> None:
    passwords = Passwords()
    with passwords.turn():
        stored = passwords.hash("a well-known reservoir")
        assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert passwords.verify(stored, "a well-known reservoir")
        assert not passwords.verify(stored, "a well-known Reservoir")
        assert not passwords.verify(None, "a well-known reservoir")
        assert not passwords.verify("not a hash", "a well-known reservoir")


def test_one_spelling_of_a_character_is_as_good_as_another() -> None:
    passwords = Passwords()
    with passwords.turn():
        assert passwords.verify(passwords.hash("Ekofisk-fältet 1969"), "Ekofisk-fa\u0308ltet 1969")


def test_two_hash_at_once_and_no_more() -> None:
    passwords = Passwords()
    running: list[int] = []
    most: list[int] = []
    gate = threading.Event()

    def work() -> None:
        with passwords.turn():
            running.append(1)
            most.append(len(running))
            gate.wait(10)
            running.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(running) == HASHES_AT_ONCE, what="all places taken")
    gate.set()
    for thread in threads:
        thread.join(10)
    assert len(most) == 8
    assert max(most) == HASHES_AT_ONCE == 2


def test_a_queue_too_long_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_SECONDS", 0.01)
    passwords = Passwords()
    with passwords.turn(), passwords.turn():
        with pytest.raises(AuthError) as refused, passwords.turn():
            pass
        assert (refused.value.status, refused.value.code) == (429, "login_busy")


UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import gevent, time
from wellhead.auth.passwords import Passwords
passwords = Passwords()
gaps, last, stop = [], time.perf_counter(), False

def tick():
    global last
    while not stop:
        gevent.sleep(0.001)
        now = time.perf_counter(); gaps.append(now - last); last = now

def login():
    with passwords.turn():
        passwords.hash("a well-known reservoir")

ticker = gevent.spawn(tick)
gevent.joinall([gevent.spawn(login) for _ in range(10)], raise_error=True)
stop = True
ticker.join()
print(len(gaps))
"""


def test_other_greenlets_run_while_hashing() -> None:
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT], capture_output=True, text=True, timeout=60, check=True
    )
    # ten hashes in the hub's own thread would leave it some ten turns; natively it has hundreds
    assert int(done.stdout) > 30, (done.stdout, time.perf_counter() - begun)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Tiny-7", "too short, 6 characters"),
        ("x" * 1025, "too long"),
        ("Maria@Example.com1", "contains the e-mail"),
        ("aaaaaaaaaaaaaaaa", "too few different"),
        ("121212121212121212", "too few different"),
    ],
)
def test_a_bad_new_password_is_refused_and_not_repeated(password: str, problem: str) -> None:
    with pytest.raises(WellheadError, match=problem) as refused:
        check_new_password(password, "maria@example.com")
    assert password not in str(refused.value)
    assert refused.value.remedy
    assert refused.value.value is None


def test_the_name_of_the_address_is_no_password() -> None:
    with pytest.raises(WellheadError, match="name in the e-mail"):
        check_new_password("Maria.Gonzalez", "maria.gonzalez@example.com")


def test_several_words_are_a_good_password() -> None:
    check_new_password("derrick floor in the rain", "maria@example.com")
