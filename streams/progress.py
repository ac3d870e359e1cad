"""How far a long command is: a bar on a terminal, a plain line every five seconds off it, on standard error.

Worked: off a terminal, after ten seconds: "replay: 412,000 records, 41,200 per second, 62 %".
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

LINE_SECONDS: Final = 5.0
REDRAW_SECONDS: Final = 0.1


class CountedProgress:
    """Counts records and shows it; `add` may be called as often as one likes."""

    def __init__(
        self,
        name: str,
        *,
        size: int | None,
        console: Console | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Prepare.

        name: what is going on. size: of everything, in any unit; None when nobody knows. clock: seconds.
        """
        self.count = 0
        self._name = name
        self._size = size
        self._console = console or Console(stderr=True)
        self._clock = clock
        self._begin = self._shown = clock()
        self._bar = self._new_bar() if self._console.is_terminal else None

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self._clock() - self._begin

    @property
    def rate(self) -> float:
        """Records per second so far."""
        return self.count / max(self.seconds, 1e-9)

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._draw(self._size if error is None else None)
            self._bar.stop()

    def add(self, count: int, position: int | None = None) -> None:
        """Count records; `position` is how much of `size` is behind."""
        self.count += count
        now = self._clock()
        if now - self._shown < (LINE_SECONDS if self._bar is None else REDRAW_SECONDS):
            return
        self._shown = now
        if self._bar is not None:
            self._draw(position)
        else:
            self._console.print(self._line(position), highlight=False, soft_wrap=True)

    def _line(self, position: int | None) -> str:
        share = "" if not self._size or position is None else f", {position / self._size:.0%}"
        return f"{self._name}: {self.count:,} records, {self.rate:,.0f} per second{share}"

    def _draw(self, position: int | None) -> None:
        assert self._bar is not None
        for task in self._bar.task_ids:
            self._bar.update(task, completed=position, count=f"{self.count:,}", rate=f"{self.rate:,.0f}")

    def _new_bar(self) -> Progress:
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[count]} records, {task.fields[rate]}/s"),
            TimeRemainingColumn(),
            console=self._console,
        )
        bar.add_task(self._name, total=self._size, count="0", rate="0")
        return bar
