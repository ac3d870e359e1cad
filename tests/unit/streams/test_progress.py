"""Progress: a bar for people, lines for logs."""

import io

from rich.console import Console

from streams.progress import CountedProgress


class Clock:
    """Seconds set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_off_a_terminal_there_is_a_plain_line_every_five_seconds() -> None:
    """With count, rate and share, and no control characters."""
    clock, text = Clock(), io.StringIO()
    console = Console(file=text, force_terminal=False)
    with CountedProgress("replay", size=2_000, console=console, clock=clock) as progress:
        for second in range(11):
            clock.now = float(second)
            progress.add(1_000, position=second * 100)
    assert text.getvalue().splitlines() == [
        "replay: 6,000 records, 1,200 per second, 25%",
        "replay: 11,000 records, 1,100 per second, 50%",
    ]
    assert progress.count == 11_000
    assert progress.seconds == 10


def test_without_a_size_no_share_is_shown() -> None:
    """Nobody knows how much standard input holds."""
    clock, text = Clock(), io.StringIO()
    progress = CountedProgress("replay", size=None, console=Console(file=text), clock=clock)
    clock.now = 10.0
    progress.add(10)
    assert text.getvalue() == "replay: 10 records, 1 per second\n"


def test_on_a_terminal_there_is_a_bar() -> None:
    """It ends full, with the count."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=100)
    with CountedProgress("replay", size=100, console=console, clock=Clock()) as progress:
        progress.add(1_234, position=50)
    assert "━" in text.getvalue()
    assert "100%" in text.getvalue()
    assert "1,234 records" in text.getvalue()
