"""The position of a message covers what was sent, never what is held behind it."""

from tests.core.live.test_hub import connected, put, readings, tags_of

from wellhead.live.hub import Hub
from wellhead.live.recent import Position


def number(position: str) -> int:
    [found] = Position.parse(position).last.values()
    return found


def test_of_one_on_a_slow_line_it_waits_for_what_is_held() -> None:
    hub = Hub()
    client, line = connected(hub)
    hub.set_tags(client, tags_of(1))
    for time in range(1, 6):  # four frames wait, the fifth reading is held
        put(hub, "default", readings((1, time)))
        hub.flush(0.0)
    hub.heartbeat()
    position = hub.position("default")
    client.hold()
    hub.change_tags(client, add=tags_of(2))
    client.release(readings((2, 3)), [2], position, 0.0)
    line.read(client)

    assert number(position) == 5
    kinds = [message["type"] for message in line.messages]
    assert kinds == ["frame"] * 4 + ["heartbeat", "snapshot", "frame"]
    assert "p" not in line.messages[4]
    assert [number(line.messages[place]["p"]) for place in (3, 5, 6)] == [4, 4, 5]


def test_a_heartbeat_sends_what_waits_before_it_says_so() -> None:
    hub = Hub()
    client, line = connected(hub)
    hub.set_tags(client, tags_of(1))
    put(hub, "default", readings((1, 1)))
    hub.heartbeat()
    line.read(client)
    assert [message["type"] for message in line.messages] == ["frame", "heartbeat"]
    assert [number(message["p"]) for message in line.messages] == [1, 1]


def test_one_of_a_clock_that_was_set_back_is_nothing_to_a_process_that_began_after_it() -> None:
    """It seems to be of after the process began to listen, and what was between is not known."""
    hour = 3_600_000_000
    fast, right = Hub(clock=lambda: 2 * hour), Hub(clock=lambda: hour + 10_000_000)
    fast.listening()
    put(fast, "default", readings((1, 1)))
    position = Position.parse(fast.position("default"))
    put(fast, "default", readings((1, 2)))  # of which the client was not told

    right.listening()
    client, _ = connected(right)
    assert right.resume(client, tags_of(1), position) is None
