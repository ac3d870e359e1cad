"""The parts that the benchmark times exist under the names it knows, and are timed without being changed."""

import subprocess
import sys

from benchmarks.usage import Shares


class Adder:
    """Something to watch."""

    def add(self, left: int, right: int) -> int:
        """Return the sum."""
        return left + right


def test_every_watched_part_of_the_worker_exists() -> None:
    """In a process of its own, because watching wraps the program's functions for good."""
    statement = "from benchmarks.drain_worker import watched_parts; watched_parts()"
    subprocess.run([sys.executable, "-c", statement], check=True, timeout=60)


def test_a_watched_function_is_counted_and_gives_what_it_gave() -> None:
    """Calls and time by part."""
    shares = Shares()
    shares.watch(Adder, "add", "adding")
    assert Adder().add(2, right=3) == 5
    assert Adder().add(1, 1) == 2
    assert shares.taken().calls == {"adding": 2}
    assert shares.taken().seconds["adding"] >= 0.0
