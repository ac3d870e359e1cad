"""The last hour of a few numbers, one point a minute: what the board draws as sparklines.

Guarantee: a point is what the first complete view of its minute gave; a minute without one is a gap (null),
never a value carried on. It lives in memory only: it begins with the process.

Worked: views at 10:00:03, 10:00:20 and 10:02:01 give points for 10:00 and 10:02; 10:01 is null.
Cost: at most `MINUTES` × `MOST_PLACES` × five numbers for each window, about 3 MB; the JSON of a window with
20 places is 15 kB, sent once a minute.
"""

from __future__ import annotations

from typing import Final

from msgspec import json

from aggregators.samples import Value
from exporters.board.shown import COLUMNS, REQUESTS, WAITING, Place
from exporters.board.table import BoardTable, Rows
from exporters.live_json import View

MINUTES: Final = 60
MOST_PLACES: Final = 100
"""Places with a history: the site, the channels, then queues by name; the others have no sparkline."""

DRAWN: Final = ("service_level_ratio", "answer_seconds.mean", "abandoned", REQUESTS, WAITING)
_DRAWN: Final = tuple(COLUMNS.index(column) for column in DRAWN)
_MINUTE: Final = 60_000

_Point = dict[Place, tuple[Value | None, ...]]


class History:
    """Points by minute and window."""

    def __init__(self, table: BoardTable) -> None:
        """Begin without a point; table: puts views into rows."""
        self._table = table
        self._points: dict[int, dict[str, _Point]] = {}

    @property
    def newest(self) -> int | None:
        """The minute of the newest point, in minutes since the epoch; None before the first."""
        return max(self._points, default=None)

    def note(self, view: View) -> None:
        """Take the point of a view's minute, where it is complete and the minute has none yet."""
        minute = view.now // _MINUTE
        if not view.is_complete or minute in self._points:
            return
        self._points[minute] = {window: _point(self._table.rows(view, window)) for window in view.windows}
        # The wall clock may have been set back: what lies ahead of now is no past.
        for old in [each for each in self._points if not minute - MINUTES < each <= minute]:
            del self._points[old]

    def document(self, window: str) -> bytes:
        """Return the points of a window as JSON: `from` (ms), and per place a list for each of `DRAWN`."""
        newest = self.newest
        if newest is None:
            return json.encode({"from": None, "columns": DRAWN, "rows": []})
        minutes = range(min(self._points), newest + 1)
        points = [self._points.get(minute, {}).get(window, {}) for minute in minutes]
        places = dict.fromkeys(place for point in reversed(points) for place in point)
        gap: tuple[None, ...] = (None,) * len(DRAWN)
        lines = [
            [*place, *map(list, zip(*(point.get(place, gap) for point in points), strict=True))]
            for place in sorted(places, key=_rank)[:MOST_PLACES]
        ]
        return json.encode({"from": minutes[0] * _MINUTE, "columns": DRAWN, "rows": lines})


def _point(rows: Rows) -> _Point:
    # What a queue has over all channels is only whether it is open.
    places = sorted((place for place in rows if place[0] or not place[1]), key=_rank)[:MOST_PLACES]
    return {place: tuple(rows[place][index] for index in _DRAWN) for place in places}


def _rank(place: Place) -> tuple[bool, str, str]:
    """Order places: the site and the channels first."""
    channel, queue = place
    return queue is not None, channel or "", queue or ""
