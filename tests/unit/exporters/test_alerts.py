"""Alerts are made of names that exist, and follow the configuration."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from aggregators.catalogue import metric_named
from exporters.alerts.alert import Terms, terms_of
from exporters.alerts.pages import alert_pages
from exporters.alerts.recordings import UPPER, Z, recordings
from exporters.alerts.rule_file import all_alerts, rule_file
from tests.building import configured

PROMISES: Mapping[str, Any] = {"first_response": {"normal": "4h", "target": 0.95}}


def alerts_of(**settings: Any) -> set[str]:
    """Return the names of the alerts of a configuration."""
    return {alert.name for alert in all_alerts(terms_of(configured(settings)))}


def terms() -> Terms:
    """Return the terms of a site with promises and targets."""
    return terms_of(configured({"sla": PROMISES, "customers": {"churn_target": 0.03}}))


def test_every_name_in_an_expression_exists() -> None:
    """In the catalogue, or among the recordings."""
    recorded = {each.name for each in recordings(terms())}
    expressions = [each.expression for each in (*recordings(terms()), *all_alerts(terms()))]
    names = {name for text in expressions for name in re.findall(r"\bsupport[a-z_:]+", text)}
    assert names & recorded == recorded, "each recording is used"
    for name in names - recorded:
        assert metric_named(name).name == name


def test_every_label_of_an_expression_is_one_of_its_metric() -> None:
    """A misspelt label selects nothing and never fires."""
    for each in (*recordings(terms()), *all_alerts(terms())):
        for name, matchers in re.findall(r"\b(support_\w+)\{([^}]*)\}", each.expression):
            labels = set(re.findall(r"(\w+)[=!]", matchers))
            assert labels <= set(metric_named(name).labels), name


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (0.95, {"FirstResponseBudgetBurns", "FirstResponseBudgetBurnsFast"}),
        (0.9, {"FirstResponseBudgetBurns"}),
        (0.8, set()),
    ],
)
def test_a_budget_is_watched_only_where_it_can_burn_that_fast(promise: float, expected: set[str]) -> None:
    """1 / (1 − 0.9) is 10: a factor of 14.4 could never be reached; 1 / (1 − 0.8) is 5, not even 6."""
    found = alerts_of(sla={"first_response": {"normal": "4h", "target": promise}})
    assert {name for name in found if "Budget" in name} == expected


def test_without_promises_there_are_no_alerts_on_them() -> None:
    """And no runbooks."""
    assert not {name for name in alerts_of() if "Breach" in name or "Budget" in name}
    assert "runbooks/BreachImminent.md" not in alert_pages(configured())
    assert "runbooks/BreachImminent.md" in alert_pages(configured({"sla": PROMISES}))


def test_churn_is_watched_only_where_somebody_said_how_much_may_be() -> None:
    """And only where the horizon holds its window of 30 days."""
    target = {"churn_target": 0.03}
    assert "ChurnAboveTarget" not in alerts_of()
    assert "ChurnAboveTarget" in alerts_of(customers=target)
    short = {"windows": {"horizon": {"customers": "20d"}}}
    assert "ChurnAboveTarget" not in alerts_of(customers=target, **short)


@pytest.mark.parametrize(
    ("horizon", "recent", "past"),
    [
        ("100d", ("7d", "30d"), "90d"),
        ("40d", ("7d",), "30d"),
        ("10d", (), "7d"),
        ("2d", (), ""),
        ("1d", (), ""),
    ],
)
def test_surveys_are_compared_with_the_longest_window_there_is(
    horizon: str, recent: tuple[str, ...], past: str
) -> None:
    """Without two windows beside a day's there is nothing to compare, and no alert."""
    settings = {"windows": {"horizon": {"surveys": horizon}}}
    found = terms_of(configured(settings))
    assert (found.recent, found.past) == (recent, past)
    assert ("NPSFalling" in alerts_of(**settings)) == bool(recent)


def test_an_event_clock_has_no_alerts_by_the_wall_clock() -> None:
    """A replayed year is always late."""
    assert {"SourceSilent", "EventsLate"} <= alerts_of()
    assert not {"SourceSilent", "EventsLate"} & alerts_of(clock={"mode": "event"})


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        (["5m", "15m", "1h", "today"], ("15m", "1h", "today")),
        (["5m", "30m", "today"], ("30m", "30m", "today")),
        (["5m", "2h"], ("2h", "2h", "2h")),
        (["1m"], ("1m", "1m", "1m")),
        (["today"], ("today", "today", "today")),
    ],
)
def test_windows_are_those_that_are_configured(lengths: list[str], expected: tuple[str, ...]) -> None:
    """A quarter of an hour, an hour and the day, or what comes nearest."""
    found = terms_of(configured({"windows": {"lengths": lengths}}))
    assert (found.short, found.long, found.day) == expected
    settings = {"windows": {"lengths": lengths, "horizon": "48h"}}  # too short for those of surveys
    for window in set(re.findall(r'window="(\w+)"', rule_file(configured(settings)))):
        assert window in lengths


def test_wilson_by_hand() -> None:
    """8 of 12: (0.6667 + 0.1128 + 1.645 · √(0.01852 + 0.004698)) / 1.2255 = 0.8406."""
    share, number = 8 / 12, 12
    square = Z * Z
    upper = (
        share + square / 2 / number + Z * (share * (1 - share) / number + square / 4 / number**2) ** 0.5
    ) / (1 + square / number)
    assert upper == pytest.approx(0.8406, abs=2e-4)
    expression = next(each.expression for each in recordings(terms()) if each.name == UPPER)
    text = expression.replace("support:service_level:ratio", str(share))
    text = text.replace("support:service_level_eligible:count", str(number)).replace("^", "**")
    value = eval(text.rpartition(" and ")[0], {"sqrt": lambda value: value**0.5})  # noqa: S307  # our own text
    assert value == pytest.approx(upper, rel=1e-6)


def test_links_lead_to_the_runbook_and_the_board() -> None:
    """Their beginnings can be chosen."""
    text = rule_file(configured(), runbooks="https://wiki/", board="https://wall/")
    assert 'runbook_url: "https://wiki/CallsBlocked.md"' in text
    assert 'board_url: "https://wall/"' in text
