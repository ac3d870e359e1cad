"""Alerts for people: the table of all of them, and a runbook page each.

Guarantee: a page for every alert and no other; links between table, pages and rule file hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aggregators.configuration import Configuration
from exporters.alerts.alert import Alert, terms_of
from exporters.alerts.recordings import recordings
from exporters.alerts.rule_file import all_alerts

TABLE_FILE: Final = "alerts.md"
RUNBOOK_FOLDER: Final = "runbooks"
_MADE: Final = "<!-- Made by `supportpulse generate` from exporters/alerts; do not edit. -->\n"
_AUDIENCES: Final = {
    "floor": "supervisors on the floor",
    "contract": "those who answer for promises to customers",
    "customers": "those who answer for what customers think and whether they stay",
    "platform": "those who run supportpulse",
}
_INTRODUCTION: Final = """\
# Alerts

`supportpulse generate --config FILE` makes them for your windows, queues and promises; the committed ones are
those of `deploy/supportpulse.example.toml`. Prometheus evaluates them, Alertmanager tells people
(`deploy/alertmanager/alertmanager.yml` is an example).

- **Nothing fires from absence.** Without numbers, all alerts but the platform's are silent; that numbers are
  absent has alerts of its own, for the platform.
- **Nothing fires from chance.** A service level alarms when even the upper bound of its 95 % interval
  (Wilson, z = 1.645) is below the target; shares ask for a least number of cases. NPS and CSAT are compared
  with their own past: alarms want 30 answers, bounds of 95 % that do not touch, and a fall that matters.
- **Nothing fires while closed.** Floor alerts ask `support_queue_open`; deadlines know business hours.
- **Labels.** `severity` is `critical` (act now) or `warning` (look today); `audience` says who.
"""


def alert_pages(configuration: Configuration) -> dict[str, str]:
    """Return the content of each page by its name below the documentation folder."""
    terms = terms_of(configuration)
    alerts = all_alerts(terms)
    table = "\n".join(
        [_MADE + _INTRODUCTION, *_table(alerts), "", "## Recorded series", "", *_recorded(configuration), ""]
    )
    return {TABLE_FILE: table, **{f"{RUNBOOK_FOLDER}/{alert.name}.md": _page(alert) for alert in alerts}}


def _table(alerts: Iterable[Alert]) -> Iterable[str]:
    yield "| alert | for | severity | when |"
    yield "|---|---|---|---|"
    for alert in alerts:
        link = f"[{alert.name}]({RUNBOOK_FOLDER}/{alert.name}.md)"
        yield f"| {link} | {alert.audience} | {alert.severity} | {alert.meaning} |"


def _recorded(configuration: Configuration) -> Iterable[str]:
    for each in recordings(terms_of(configuration)):
        yield f"- `{each.name}`: {each.meaning}"


def _page(alert: Alert) -> str:
    keeps = f"; it is over when that has not been so for {alert.keeps}" if alert.keeps else ""
    waits = "at once" if alert.holds == "0s" else f"after {alert.holds}"
    return f"""{_MADE}# {alert.name}

For {_AUDIENCES[alert.audience]}; {alert.severity}. It fires {waits}{keeps}.

## What it means

{alert.meaning}

## What to look at

{alert.look}

## What to do

{alert.act}

## When it is over

{alert.resolves}

## Expression

    {chr(10).join("    " + line for line in alert.expression.splitlines()).strip()}
"""
