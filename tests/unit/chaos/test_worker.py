"""The movable wall clock."""

import time
from pathlib import Path

from chaos.worker import MovableClock


def test_the_clock_is_off_by_what_the_file_says(tmp_path: Path) -> None:
    """A file that is not there, or half written, leaves it as it is."""
    file = tmp_path / "clock"
    clock = MovableClock(file)
    assert abs(clock.time() - time.time()) < 5
    file.write_text("-864000", encoding="utf-8")
    clock._looked_at = -1.0
    assert abs(clock.time() + 864_000 - time.time()) < 5
    assert abs(clock.time_ns() / 1e9 + 864_000 - time.time()) < 5
    file.write_text("-", encoding="utf-8")
    clock._looked_at = -1.0
    assert abs(clock.time() + 864_000 - time.time()) < 5
