"""Which numbers the board shows, and what they are called there."""

import pytest

from aggregators.catalogue import metric_named
from exporters.board.shown import COLUMNS, VOLUME, column_of, described
from tests.building import call
from tests.building_views import view_at


@pytest.mark.parametrize(
    ("name", "labels", "place", "column"),
    [
        (
            "support_window_answer_seconds",
            (("channel", "phone"), ("queue", "sales"), ("stat", "mean")),
            ("phone", "sales"),
            "answer_seconds.mean",
        ),
        ("support_channel_window_requests", (("channel", "phone"),), ("phone", None), "requests"),
        ("support_all_window_blocked", (("reason", "trunk"),), (None, None), "blocked.trunk"),
        ("support_queue_open", (("queue", "sales"),), (None, "sales"), "queue_open"),
        (
            "support_sla_at_risk_cases",
            (("channel", "email"), ("queue", "mail"), ("sla", "resolution"), ("within", "15m")),
            ("email", "mail"),
            "sla_at_risk_cases.resolution.15m",
        ),
    ],
)
def test_a_sample_has_its_place_and_column(
    name: str, labels: tuple[tuple[str, str], ...], place: tuple[str | None, str | None], column: str
) -> None:
    """Roll-ups are rows of their own, with the same columns."""
    found = column_of(name, labels)
    assert found is not None
    assert (found[0], COLUMNS[found[1]]) == (place, column)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("support_window_answer_seconds", (("channel", "phone"), ("queue", "q"), ("stat", "p95"))),
        ("support_window_merged", (("channel", "phone"), ("queue", "q"))),
        ("support_lag_seconds", ()),
    ],
)
def test_what_is_not_on_the_board_has_no_column(name: str, labels: tuple[tuple[str, str], ...]) -> None:
    """Percentiles, measures and metrics that it leaves to Prometheus."""
    assert column_of(name, labels) is None


def test_every_column_is_filled_from_a_view() -> None:
    """No column is only a name: it occurs in a view, or is of a metric that is absent without cases."""
    view = view_at("10:00:05", [call("offered", "10:00", queue="sales")])
    samples = [*view.states, *(sample for samples in view.windows.values() for sample in samples)]
    found = {COLUMNS[place[1]] for each in samples if (place := column_of(each.name, each.labels))}
    absent = {column.partition(".")[0] for column in set(COLUMNS) - found}
    assert absent == {
        "abandonment_ratio",
        "answer_seconds",
        "first_response_seconds",
        "handle_seconds",
        "hold_seconds",
        "resolution_ratio",
        "resolution_seconds",
        "service_level_live_ratio",
        "service_level_ratio",
        "sla_at_risk_cases",
        "sla_breached_open_cases",
        "sla_next_breach_timestamp_seconds",
        "talk_seconds",
        "wrapup_seconds",
        VOLUME,
    }


def test_a_number_that_can_be_clicked_is_described_by_the_catalogue() -> None:
    """With the name of a single queue's metric, its definition and its formula."""
    for short, told in described().items():
        metric = metric_named(told.metric)
        assert short in told.metric
        assert (told.definition, told.formula) == (metric.definition, metric.formula)
    assert described()["answered"].metric == "support_window_answered"
    assert described()["open_cases"].metric == "support_open_cases"
