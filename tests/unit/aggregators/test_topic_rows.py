"""Which rows a topic has."""

from aggregators.customer_rows import CustomerRows, CustomerWindows
from aggregators.day_rows import DayRows, DayWindows
from aggregators.events import TOPICS
from aggregators.topic_rows import WITHOUT_TOTALS, horizon_of, rows_of, windows_of
from tests.building import configured


def test_surveys_and_customers_lie_in_rows_of_dates() -> None:
    """All others by time, with the general horizon; they alone have totals."""
    configuration = configured()
    rows = {topic: rows_of(topic, configuration) for topic in TOPICS}
    assert type(rows["surveys"]) is DayRows
    assert type(rows["customers"]) is CustomerRows
    assert {topic for topic in TOPICS if isinstance(rows[topic], DayRows)} == WITHOUT_TOTALS
    assert type(windows_of(rows["surveys"])) is DayWindows
    assert type(windows_of(rows["customers"])) is CustomerWindows
    days = {topic: horizon_of(topic, configuration) // 86_400_000 for topic in TOPICS}
    assert (days["surveys"], days["customers"], days["calls"]) == (100, 400, 2)
