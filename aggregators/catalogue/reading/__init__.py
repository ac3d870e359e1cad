"""How every metric of the catalogue is read: examples, good values, traps, German terms, keyed by name.

Guarantee: every metric has exactly one reading; roll-ups share that of their parts. A row without
one is named by tests/unit/aggregators/catalogue/test_reading.py, and docs/metrics.md cannot be made.

Worked: support_all_window_requests is read as support_window_requests.
"""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.metric import Metric
from aggregators.catalogue.reading.customers import CUSTOMER_READINGS
from aggregators.catalogue.reading.durations import DURATION_READINGS
from aggregators.catalogue.reading.pipeline import PIPELINE_READINGS
from aggregators.catalogue.reading.reading import Reading
from aggregators.catalogue.reading.states import STATE_READINGS
from aggregators.catalogue.reading.surveys import SURVEY_READINGS
from aggregators.catalogue.reading.totals import TOTAL_READINGS
from aggregators.catalogue.reading.windows import COUNT_READINGS

READINGS: Final[dict[str, Reading]] = {
    **STATE_READINGS,
    **COUNT_READINGS,
    **DURATION_READINGS,
    **SURVEY_READINGS,
    **CUSTOMER_READINGS,
    **TOTAL_READINGS,
    **PIPELINE_READINGS,
}
_ROLL_UPS: Final = (
    ("support_channel_window_", "support_window_"),
    ("support_all_", "support_"),
)


def read_as(name: str) -> str:
    """Return the name under which a metric's reading stands: of a roll-up, that of its parts."""
    for prefix, part in _ROLL_UPS:
        if name.startswith(prefix):
            return part + name.removeprefix(prefix)
    return name


def reading_of(name: str) -> Reading:
    """Return how the metric of an exact name is read; KeyError where nobody has written it."""
    return READINGS[read_as(name)]


def german_term(metric: Metric) -> str:
    """Return the German term: that of the catalogue, else that of the reading."""
    return metric.term or reading_of(metric.name).german
