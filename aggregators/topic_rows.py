"""Which rows a partition has, by its topic: by date for surveys and customers, else by time."""

from __future__ import annotations

from typing import Final

from aggregators.configuration import Configuration
from aggregators.customer_rows import CustomerRows, CustomerWindows
from aggregators.day_rows import DayRows, DayWindows
from aggregators.events import Topic
from aggregators.local_dates import local_dates
from aggregators.rows import Rows, new_rows
from aggregators.running_windows import RunningWindows

WITHOUT_TOTALS: Final[frozenset[Topic]] = frozenset({"surveys", "customers"})
"""Topics that totals do not count."""


def rows_of(topic: Topic, configuration: Configuration) -> Rows:
    """Return the empty rows of a partition."""
    if topic == "surveys":
        return DayRows(
            local_dates(configuration.time_zone), configuration.resolution, configuration.horizon.surveys
        )
    if topic == "customers":
        return CustomerRows(
            local_dates(configuration.time_zone), configuration.resolution, configuration.horizon.customers
        )
    return new_rows(configuration)


def windows_of(rows: Rows) -> RunningWindows:
    """Return the windows that belong to rows."""
    if isinstance(rows, CustomerRows):
        return CustomerWindows(rows)
    return DayWindows(rows) if isinstance(rows, DayRows) else RunningWindows(rows)


def horizon_of(topic: Topic, configuration: Configuration) -> int:
    """Return how far back the numbers of a topic are exact (ms)."""
    horizon = configuration.horizon
    return {"surveys": horizon.surveys, "customers": horizon.customers}.get(topic, horizon.default)
