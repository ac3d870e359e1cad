"""How fast the log is sent."""

from collections.abc import Iterator
from typing import Any

from chaos.feed import TURN_SECONDS, Feed
from streams.settings_models import KafkaSection


class Taken:
    """Takes what a producer would send."""

    def __init__(self) -> None:
        self.values: list[bytes] = []

    def send(self, _topic: str, _key: bytes, value: bytes) -> None:
        """Take one record."""
        self.values.append(value)

    def push(self) -> None:
        """Do nothing more."""


def feed(most: int) -> Feed:
    """Return a feed of a hundred records."""
    records: Iterator[tuple[str, bytes, bytes]] = iter([("calls", b"k", b"%d" % n) for n in range(100)])
    return Feed(KafkaSection(), {"calls": "calls"}, records, most=most)


def turns(of: Feed, number: int) -> int:
    """Let a feed send for so many turns; return how much it has sent in all."""
    taken: Any = Taken()
    for _ in range(number):
        of._turn(taken)
    return of.sent


def test_a_goal_is_sent_and_then_a_trickle_that_leaves_the_next_one() -> None:
    """Ten at once; then towards 30 in 100 turns, one in five turns."""
    fed = feed(most=90)
    fed.aim(10, seconds=0)
    fed.trickle(30, seconds=100 * TURN_SECONDS)
    assert turns(fed, 1) == 10
    assert 10 < turns(fed, 50) <= 21
    assert turns(fed, 100) == 30


def test_the_reserve_is_not_touched() -> None:
    """However long somebody waits."""
    fed = feed(most=20)
    fed.trickle(1_000, seconds=1)
    assert turns(fed, 50) == 20
    assert fed.is_dry
