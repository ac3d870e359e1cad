"""Tell which numbers rest on records that are gone from the head of a log, for the independent recount.

Guarantee: "windows and cases that began before the earliest retained event are listed as not covered, never
as equal"; whatever such a case may have changed is in doubt with it.
Source: INTERFACE.md, `verify`.
Worked number: the log of a calls partition begins with an event of 10:00:00, the view ends at 10:12:10. The
windows of 15 minutes and more are not covered. Of the last 5 minutes the phone is in doubt if a call that
shows no offer after 10:00:00 had an event in them; the states of the phone are, because a call that has
waited since before 10:00:00 leaves no record.
Limit: producers deliver about in order of time. A record that is gone and was dated after the earliest one
that is still there is not recognised.
Cost: one look at every case of a log whose head is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from aggregators.recount_customer_windows import is_of_customers
from aggregators.recount_log import PartitionLog, Stay
from aggregators.recount_settings import Settings
from aggregators.recount_surveys import is_survey
from aggregators.recount_timeline import DEFAULT_CHANNEL
from aggregators.recount_windows import Metric

STATES = "states"
"""The place of the states among the labels of windows."""


class Uncovered(NamedTuple):
    """A window, a case, or the numbers of a channel that cannot be counted again, and why."""

    kind: str
    name: str
    reason: str


@dataclass(slots=True)
class Shadow:
    """What is in doubt. windows: label → why; channels: by window label or `STATES`."""

    windows: dict[str, str] = field(default_factory=dict)
    channels: dict[str, set[str]] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    """Channels in which somebody may wait, or a deadline pass, without any record that is left."""
    surveys: dict[str, str] = field(default_factory=dict)
    """Windows of surveys → why."""
    customers: str = ""
    """Why no number of customers can be counted: the stocks of all periods rest on the whole log."""
    has_agents: bool = True
    cases: list[Uncovered] = field(default_factory=list)
    is_cast: bool = False
    """Whether the head of any log is gone."""

    def covers(self, place: str, metric: Metric) -> bool:
        """Say whether a metric of a window, or of `STATES`, is in doubt."""
        if metric.name == "support_agents":
            return not self.has_agents
        if is_of_customers(metric.name):
            return bool(self.customers)
        if is_survey(metric.name):
            return place in self.surveys
        if place in self.windows:
            return True
        in_doubt = self.channels.get(place, set())
        if metric.name.endswith(("_sla_breached", "_service_level_live_ratio")):
            in_doubt = in_doubt | self.waiting
        channel = metric.labels.get("channel")
        if channel is None:
            # A sum over all channels holds those in doubt; what belongs to a queue alone is configuration.
            return bool(in_doubt) and "queue" not in metric.labels
        return channel in in_doubt

    def listed(self) -> list[Uncovered]:
        """Return everything that is not covered."""
        windows = [Uncovered("window", label, reason) for label, reason in self.windows.items()]
        windows += [Uncovered("survey window", label, why) for label, why in self.surveys.items()]
        channels = [
            Uncovered("channel", f"{channel} ({place})", "cases may have begun before the log does")
            for place, names in sorted(self.channels.items())
            for channel in sorted(names)
        ]
        agents = [] if self.has_agents else [Uncovered("agents", STATES, "the head of their log is gone")]
        customers = [Uncovered("customers", "all periods", self.customers)] if self.customers else []
        return [*windows, *channels, *agents, *customers, *self.cases]

    def fall(self, log: PartitionLog, starts: Mapping[str, int], now: int, settings: Settings) -> None:
        """Take in a log whose head is gone.

        starts: of the windows by label, now: of the view; milliseconds.
        """
        self.is_cast = True
        name = f"{log.topic}/{log.partition}"
        if log.topic == "customers":
            self.customers = f"the head of {name} is gone"
            return
        if log.topic == "surveys":
            reason = f"began before the earliest event of {name}"
            self.surveys.update(dict.fromkeys(begun_before(log.first, starts), reason))
            return
        if log.topic == "agents":
            self.has_agents = False
            return
        stays = [stay for stay, _ in log.stays()]
        channels = channels_of(log.topic, stays)
        began_before = [stay for stay in stays if log.began_before(stay)]
        for label, start in starts.items():
            if log.first is None or start <= log.first:
                self.windows[label] = f"began before the earliest event of {name}"
            elif any(stay.latest >= start for stay in began_before):
                self.channels.setdefault(label, set()).update(channels)
        self.cases += [
            Uncovered("case", f"{log.topic} {stay.subject}", f"began before the earliest event of {name}")
            for stay in began_before
        ]
        limit = settings.max_open.get(log.topic)
        if limit is None or log.first is None or now - log.first <= limit:
            # Whoever has waited since before the log begins leaves no record in it.
            self.channels.setdefault(STATES, set()).update(channels)
            self.waiting.update(channels)
        elif any(now - stay.latest <= limit for stay in began_before):
            self.channels.setdefault(STATES, set()).update(channels)


def begun_before(first: int | None, starts: Mapping[str, int]) -> list[str]:
    """Return the windows that do not begin after the first event of a log (ms), None where it has none."""
    return [label for label, start in starts.items() if first is None or start <= first]


def channels_of(topic: str, stays: Iterable[Stay]) -> set[str]:
    """Return the channels that cases of a topic may be in: the topic's own and all that are stated."""
    stated = {event.text("channel") for stay in stays for event in stay.deliveries}
    return {DEFAULT_CHANNEL[topic], *(channel for channel in stated if channel is not None)}
