"""The dashboards' lint: a good dashboard passes, and each fault is named."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dashboards.lint import complaints

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
GOOD = 'sum (max by (channel, queue, state) (support_open_cases{channel=~"$channel", queue=~"$queue"}))'


def panel(number: int, expression: str = GOOD) -> dict[str, Any]:
    """Return a panel that keeps the rules."""
    return {
        "id": number,
        "type": "stat",
        "title": f"Panel {number}",
        "description": "What it says.",
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": "short", "noValue": "no data"}},
        "gridPos": {"x": 12 * (number - 1), "y": 0, "w": 12, "h": 8},
        "targets": [{"refId": "A", "expr": expression, "legendFormat": "a", "datasource": SOURCE}],
    }


def good(uid: str = "one", expression: str = GOOD) -> dict[str, Any]:
    """Return a dashboard that keeps the rules; the expression is that of its second panel."""
    questions = {
        "window": "label_values(support_all_window_requests, window)",
        "channel": "label_values(support_open_cases, channel)",
        "queue": 'label_values(support_open_cases{channel=~"$channel"}, queue)',
    }
    variables = [{"type": "datasource", "name": "datasource", "query": "prometheus"}] + [
        {"type": "query", "name": name, "query": {"query": text}} for name, text in questions.items()
    ]
    panels = [panel(1, 'max (support_window_blocked_ratio{window="$window"})'), panel(2, expression)]
    return copy.deepcopy(
        {
            "uid": uid,
            "title": "Board",
            "description": "What it is for.",
            "links": [{"type": "dashboards"}],
            "panels": panels,
            "templating": {"list": variables},
        }
    )


def test_a_good_dashboard_passes() -> None:
    """Two of them, with different uids."""
    assert complaints([good(), good("two")]) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: d["panels"][1].update(id=1), "two panels have the id 1"),
        (lambda d: d["panels"][1].update(title="Panel 1"), "two panels have the title Panel 1"),
        (lambda d: d.update(description=""), "no description"),
        (lambda d: d.update(links=[]), "no links to the other dashboards"),
        (lambda d: d["templating"]["list"].pop(0), "no variable for the data source"),
        (lambda d: d["templating"]["list"].pop(1), "$window is not defined"),
        (lambda d: d["panels"].pop(0), "$window is not used"),
        (lambda d: d["panels"][1]["gridPos"].update(x=11), "panels lie on each other"),
        (lambda d: d["panels"][1]["gridPos"].update(x=13), "a panel reaches beyond 24 columns"),
        (lambda d: d["panels"][1].update(title=""), "no title"),
        (lambda d: d["panels"][1].update(description=""), "no description"),
        (lambda d: d["panels"][1]["fieldConfig"]["defaults"].pop("unit"), "no unit"),
        (lambda d: d["panels"][1]["fieldConfig"]["defaults"].pop("noValue"), "no text for no value"),
        (lambda d: d["panels"][1].update(targets=[]), "no queries"),
        (
            lambda d: d["panels"][1].update(datasource={"uid": "mine"}),
            "a data source that is not the variable",
        ),
        (
            lambda d: d["panels"][1]["targets"].append(d["panels"][1]["targets"][0]),
            "two queries are called A",
        ),
        (
            lambda d: d["panels"][1]["targets"].append({"refId": "B", "expr": GOOD, "datasource": SOURCE}),
            "several queries, and one without a legend",
        ),
        (lambda d: d["panels"][1].update(links=["/d/nowhere?x"]), "a link to nowhere, which is none of them"),
    ],
)
def test_faults_of_form_are_named(change: Callable[[dict[str, Any]], object], fault: str) -> None:
    """Ids, titles, texts, variables, places."""
    document = good()
    change(document)
    assert any(each.endswith(fault) for each in complaints([document])), complaints([document])


def test_two_dashboards_need_two_uids() -> None:
    """One would replace the other."""
    assert complaints([good(), good()]) == ["two dashboards have the uid one"]


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("sum (", "Panel 2 A: unclosed left parenthesis"),
        ("max (support_window_offers)", "support_window_offers: not in the catalogue"),
        ('max (support_agents{queue="sales"})', "support_agents has no label queue"),
        ('max (support_agents{state=~"ringing|asleep"})', "support_agents: state is never ringing|asleep"),
        ("max (support_all_window_requests)", "support_all_window_requests: windows overlap"),
        ('avg (support_all_window_requests{window="1h"})', "an average over support_all_window_requests"),
        ("avg_over_time(support_lag_seconds[5m])", "an average over support_lag_seconds"),
        ("sum (max by (queue) (support_longest_wait_seconds))", "a sum of support_longest_wait_seconds"),
        (
            'sum (max by (window, currency) (support_all_window_revenue_churn{window="30d"}))',
            "support_all_window_revenue_churn: currencies are never added",
        ),
        (
            'max without (currency) (support_all_window_revenue_churn{window="30d"})',
            "support_all_window_revenue_churn: currencies are never added",
        ),
        ('sum (max (support_all_window_engagement{window="30d"}))', "a sum of support_all_window_engagement"),
        ("sum (support_open_cases)", "support_open_cases is not taken once"),
        ("support_agents", "support_agents is not taken once"),
        ("max (rate(support_agents[5m]))", "support_agents is a gauge and has no rate"),
        ("sum (support_corrections_total)", "support_corrections_total is a counter and needs a rate"),
        ("histogram_quantile(0.5, support_answer_seconds_bucket)", "is a counter and needs a rate"),
        (
            "sum (rate(support_answer_seconds_bucket[5m])) / avg (support_series)",
            "an average over support_series",
        ),
    ],
)
def test_faults_of_queries_are_named(expression: str, fault: str) -> None:
    """Unknown series, averages, rates of gauges, sums of what does not add up."""
    found = complaints([good(expression=expression)])
    assert any(fault in each for each in found), found


@pytest.mark.parametrize(
    "expression",
    [
        "max by (instance) (support_lag_seconds)",
        "sum (max by (queue) (support_longest_wait_seconds) > bool 60)",
        "histogram_quantile(0.5, sum by (le) (rate(support_answer_seconds_bucket[5m])))",
        "sum by (topic) (support_cases_tracked)",
        'sum by (currency) (max by (currency) (support_all_window_revenue_churn{window="30d"}))',
        'max without (product) (support_window_revenue_churn{window="30d"})',
        "-(time() - max (support_watermark_timestamp_seconds))",
    ],
)
def test_what_is_right_is_left_alone(expression: str) -> None:
    """A count of queues by a limit is no sum of their times."""
    found = complaints([good(expression=expression)])
    assert all("is not used" in each for each in found), found
