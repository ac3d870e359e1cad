"""What the pages of surveys and customers show: their metrics as columns, one row per window and place.

Guarantee: every column is a metric of the catalogue under one of its own names, every value that of a sample,
unchanged; what is absent is null. The site has a row for each window, so that a number stands beside its own
past; queues and products have rows of the window that is asked for, money one row for each currency.

Worked: support_window_nps_score{queue="sales",window="30d"} is the column `nps_score` of the row
["30d", "sales"]; support_all_window_revenue_churn{currency="EUR",window="30d"} is `revenue_churn` of
["30d", null, "EUR"].
Cost: 0.4 µs per sample of these windows, once a tick and window watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from aggregators.catalogue import CURRENCY_LABEL, WINDOW_LABEL, metrics
from aggregators.catalogue.metric import Group, Metric
from aggregators.catalogue.reading import german_term, reading_of
from aggregators.samples import Labels, Sample, Value
from exporters.board.shown import Described
from exporters.board.table import document
from exporters.live_json import View

Place = tuple[str | None, ...]
"""The values of the labels that a sheet's rows begin with; None for all, or where there is none."""

_BEGINNINGS: Final = ("support_all_window_", "support_window_", "support_all_", "support_")
_PLACES_KEPT: Final = 200_000
"""Kept places of series; beyond them all are dropped and looked up again."""


class ReadMore(Described, frozen=True, array_like=False):
    """What a page says about a metric: as the reference has it."""

    help: str
    german: str
    good: str
    trap: str


class Sheet:
    """One page's numbers.

    places: labels that every row begins with, the window first; columns: what follows them; catalogue: what
    is said about the metrics, by the beginning of their columns.
    """

    def __init__(self, group: Group, labels: tuple[str, ...], states: tuple[str, ...]) -> None:
        """Choose all metrics of a group and some of the state; labels: of a row's place beside the window."""
        self.places = (WINDOW_LABEL, *labels)
        wanted = [metric for metric in metrics() if metric.group == group or metric.name in states]
        shorts = {_short(metric.name) for metric in wanted}
        # Where there is a number in each currency, the one for a single currency says nothing more.
        self._shown = {
            metric.name: metric
            for metric in wanted
            if f"{CURRENCY_LABEL}_{_short(metric.name)}" not in shorts
        }
        self.columns = tuple(
            dict.fromkeys(_key(metric.name, own) for metric in self._shown.values() for own in metric.domain)
        )
        self._index = {column: index for index, column in enumerate(self.columns)}
        self.catalogue = {_short(name): _read_more(metric) for name, metric in reversed(self._shown.items())}

    def column_of(self, name: str, labels: Labels) -> tuple[Place, int] | None:
        """Return where a sample belongs, its place without the window; None where it is not shown."""
        if name not in self._shown:
            return None
        stated = dict(labels)
        own = tuple(value for label, value in labels if label not in self.places)
        return tuple(stated.get(label) for label in self.places[1:]), self._index[_key(name, own)]


class SheetTable:
    """Puts views into the rows of a sheet. One instance per process; not for use by several threads."""

    def __init__(self, sheet: Sheet, windows: Iterable[str]) -> None:
        """Prepare; windows: those of the site that the sheet's metrics have."""
        self.columns = sheet.columns
        self._sheet = sheet
        self._windows = tuple(windows)
        self._places: dict[tuple[str, Labels], tuple[Place, int] | None] = {}

    def document(self, view: View, window: str) -> bytes:
        """Return the view as the page reads it; window: of the rows of queues or products."""
        return document(view, window, self.rows(view, window))

    def rows(self, view: View, window: str) -> dict[Place, list[Value | None]]:
        """Return the rows by their place, the window first; None is the state now."""
        if len(self._places) > _PLACES_KEPT:
            self._places.clear()
        rows: dict[Place, list[Value | None]] = {}
        for label, (where, column), value in self._found(view):
            # A currency alone is a row of the site, too.
            if where[0] is None or label in (window, None):
                row = rows.setdefault((label, *where), [None] * len(self.columns))
                row[column] = value
        return rows

    def _found(self, view: View) -> Iterator[tuple[str | None, tuple[Place, int], Value]]:
        parts: list[tuple[str | None, Iterable[Sample]]] = [(None, view.states)]
        parts += [(label, view.windows.get(label, ())) for label in self._windows]
        for label, samples in parts:
            for sample in samples:
                key = (sample.name, sample.labels)
                if key not in self._places:
                    self._places[key] = self._sheet.column_of(*key)
                found = self._places[key]
                if found is not None:
                    yield label, found, sample.value


def _short(name: str) -> str:
    beginning = next(each for each in _BEGINNINGS if name.startswith(each))
    return name.removeprefix(beginning)


def _key(name: str, own: tuple[str, ...]) -> str:
    return ".".join((_short(name), *own))


def _read_more(metric: Metric) -> ReadMore:
    reading = reading_of(metric.name)
    return ReadMore(
        metric=metric.name,
        definition=metric.definition,
        formula=metric.formula,
        help=metric.help,
        german=german_term(metric),
        good=reading.good,
        trap=reading.trap,
    )


QUALITY: Final = Sheet("surveys", ("queue",), ("support_nps_target_score", "support_csat_target_ratio"))
CUSTOMERS: Final = Sheet("customers", ("product", CURRENCY_LABEL), ("support_churn_target_ratio",))
