"""The windows of surveys: 1, 7, 30 and 90 local dates of the site, the last one being today.

Guarantee: a window begins at the first instant of a local date, so it is a sum of day rows; which ones there
are follows from the horizon, because rows do not reach back further.

Worked: at 15:00 on Monday 30 March 2026 in Berlin, `7d` began on Tuesday 24 March at 00:00 local time and has
6 days of 24 and 23 hours, and 15 hours.
"""

from __future__ import annotations

from typing import Final

from aggregators.configuration import Configuration
from aggregators.site_time import days_start

SURVEY_DAYS: Final[dict[str, int]] = {"1d": 1, "7d": 7, "30d": 30, "90d": 90}
"""Label → local dates."""

PARTS_PREFIX: Final = "surveys/"
"""Before a label where the parts of all windows lie beside each other: a site may have a `1d` of its own."""

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR


def survey_windows(configuration: Configuration) -> list[str]:
    """Return the labels of the windows that the horizon reaches, clock changes and skew included."""
    reach = configuration.horizon.surveys - 2 * _HOUR
    return [label for label, days in SURVEY_DAYS.items() if days * _DAY <= reach]


def survey_starts(end: int, configuration: Configuration) -> dict[str, int]:
    """Return where each window that ends at `end` begins (ms), by the label of its parts."""
    return {
        PARTS_PREFIX + label: days_start(SURVEY_DAYS[label], end, configuration.time_zone)
        for label in survey_windows(configuration)
    }
