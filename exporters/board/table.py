"""A view as the board's table: one row per place, with the columns of `shown`.

Guarantee: every value is that of a sample of the view, unchanged; what is absent there is null here. Equal
views give equal bytes.

Worked: the view of a centre without any contact has the one row [null,null,0,0,…] of the site.
Cost: 0.4 µs per sample of the window: 4 ms where a site has 10,000 of them, once a tick and window watched;
a row is about 250 bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from msgspec import json

from aggregators.samples import Labels, Sample, Value
from exporters.board.shown import COLUMNS, REQUESTS, VOLUME, Place, column_of
from exporters.live_json import View

Row = list[Value | None]
Rows = Mapping[Place, Row]

DAY: Final = "today"
_PLACES_KEPT: Final = 200_000
"""Kept places of series; beyond them all are dropped and looked up again."""

_REQUESTS: Final = COLUMNS.index(REQUESTS)
_VOLUME: Final = COLUMNS.index(VOLUME)


class BoardTable:
    """Puts views into rows. One instance per process; not for use by several threads."""

    columns = COLUMNS

    def __init__(self) -> None:
        self._places: dict[tuple[str, Labels], tuple[Place, int] | None] = {}

    def document(self, view: View, window: str) -> bytes:
        """Return the view as a board reads it."""
        return document(view, window, self.rows(view, window))

    def rows(self, view: View, window: str) -> Rows:
        """Return the rows of a view; window: the label of the one whose numbers are wanted."""
        if len(self._places) > _PLACES_KEPT:
            self._places.clear()
        rows: dict[Place, Row] = {}
        for samples in (view.windows.get(window, ()), view.states):
            for sample in samples:
                found = self._place(sample)
                if found is not None:
                    _row(rows, found[0])[found[1]] = sample.value
        for sample in view.windows.get(DAY, ()):
            found = self._place(sample)
            if found is not None and found[1] == _REQUESTS:
                _row(rows, found[0])[_VOLUME] = sample.value
        return rows

    def _place(self, sample: Sample) -> tuple[Place, int] | None:
        key = (sample.name, sample.labels)
        if key not in self._places:
            self._places[key] = column_of(*key)
        return self._places[key]


def document(view: View, window: str, rows: Mapping[Any, Row]) -> bytes:
    """Return what a board needs to know of a moment, as JSON; times in milliseconds."""
    states = Counter(status.state for status in view.partitions)
    return json.encode(
        {
            "now": view.now,
            "window": window,
            "window_end": view.window_end,
            "watermark": view.watermark,
            "complete": view.is_complete,
            "lag": sum(status.lag or 0 for status in view.partitions),
            "partitions": dict(sorted(states.items())),
            "rows": [[*place, *row] for place, row in rows.items()],
        }
    )


def _row(rows: dict[Place, Row], place: Place) -> Row:
    row = rows.get(place)
    if row is None:
        row = rows[place] = [None] * len(COLUMNS)
    return row
