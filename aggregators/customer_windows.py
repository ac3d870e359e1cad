"""The periods of customers: 30, 90, 180 and 365 local dates, this month and quarter, the last ones.

Guarantee: a period begins at the first instant of a local date, and ends with the windows or where the next
month or quarter begins; which ones there are follows from the horizon.

Worked: at 15:00 on Monday 30 March 2026 in Berlin `30d` began on 1 March, `month` too and `quarter` on
1 January; `last_month` is February, `last_quarter` October to December.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from aggregators.business_calendar import local_day
from aggregators.configuration import Configuration
from aggregators.site_time import days_start, first_instant

CUSTOMER_DAYS: Final[dict[str, int]] = {"30d": 30, "90d": 90, "180d": 180, "365d": 365}
"""Label → local dates."""

MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3}
"""Label of the calendar period → its months; `last_` names the one before it."""

LAST: Final = "last_"
LIFETIME: Final = "30d"
"""The period whose churn gives the lifetime value."""

CUSTOMERS_PREFIX: Final = "customers/"
"""Before a label where the parts of all windows lie beside each other."""

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR
_LONGEST_MONTH: Final = 31


def customer_windows(configuration: Configuration) -> list[str]:
    """Return the labels of the periods that the horizon reaches, clock changes and skew included."""
    reach = configuration.horizon.customers - 2 * _HOUR
    days = CUSTOMER_DAYS | {label: months * _LONGEST_MONTH for label, months in MONTHS.items()}
    days |= {LAST + label: 2 * months * _LONGEST_MONTH for label, months in MONTHS.items()}
    return [label for label, length in days.items() if length * _DAY <= reach]


def customer_periods(end: int, configuration: Configuration) -> dict[str, tuple[int, int]]:
    """Return the bounds (ms) of each period of a view that ends at `end`, by the label of its parts."""
    zone = configuration.time_zone
    day = local_day(end - 1, ZoneInfo(zone))
    found: dict[str, tuple[int, int]] = {}
    for label in customer_windows(configuration):
        if label in CUSTOMER_DAYS:
            bounds = days_start(CUSTOMER_DAYS[label], end, zone), end
        elif label in MONTHS:
            bounds = first_instant(_month_start(day, MONTHS[label]), zone), end
        else:
            months = MONTHS[label.removeprefix(LAST)]
            until = _month_start(day, months)
            bounds = first_instant(_month_start(until - 1, months), zone), first_instant(until, zone)
        found[CUSTOMERS_PREFIX + label] = bounds
    return found


def lifetime_period(end: int, configuration: Configuration) -> tuple[int, int]:
    """Return the period whose churn gives the lifetime value at `end` (ms)."""
    return days_start(CUSTOMER_DAYS[LIFETIME], end, configuration.time_zone), end


def _month_start(day: int, months: int) -> int:
    """Return the first date of the calendar month, or quarter of so many months, that a date lies in."""
    found = date.fromordinal(day)
    return date(found.year, (found.month - 1) // months * months + 1, 1).toordinal()
