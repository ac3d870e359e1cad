"""What the laws of announcements share: a site with targets, what stands at the end, and the recount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from aggregators.announcements import Said
from aggregators.announcer import Announcement
from aggregators.configuration import AnnouncingTerms, Configuration
from aggregators.recount import case_facts, read_lines
from aggregators.recount_settings import read_settings
from aggregators.recount_timeline import cases_of
from aggregators.targets import Cycle
from tests.laws.logs import HOUR, as_line, engine
from tests.laws.strategies import BASE, CONFIGURATIONS, written

SITE: Final = CONFIGURATIONS[1]
TERMS: Final = AnnouncingTerms(at_risk=600_000, patience=20_000)
FAR: Final = BASE + 100_000 * HOUR
TICKETS: Final = ("ticket",)
LATE_REPLY = written(
    (0, "ticket.created", "ticket-1", {}),
    (1_500, "ticket.assigned", "ticket-1", {}),
    (60, "ticket.message", "ticket-1", {"author": "agent"}),
)
"""The reply comes to light after the breach of its target."""


def announcing(site: dict[str, Any]) -> Configuration:
    """Return a configuration that announces."""
    return msgspec.structs.replace(engine(site), announcing=TERMS)


def identity(announcement: Announcement) -> tuple[Any, ...]:
    """Return what makes an announcement the same one."""
    said = announcement.said
    return (announcement.case, said.cycle, said.word, said.revision)


def standing(topic: Iterable[Announcement]) -> dict[tuple[str, Cycle], Said]:
    """Return what stands at the end, as a reader that drops repeated ids knows it."""
    found: dict[tuple[str, Cycle], Said] = {}
    for each in topic:
        said, before = each.said, found.get((each.case, each.said.cycle))
        if said.word == "withdrawn":
            assert before is not None
            assert (before.word, before.revision) == (said.withdrawn, said.revision)
        elif before is None:
            assert said.revision == 1
        elif before.word == "withdrawn":
            assert said.revision == before.revision + 1
        else:
            assert (before.word, said.revision) == ("at_risk", before.revision)
            assert said.word != "at_risk"
        found[each.case, said.cycle] = said
    return {key: said for key, said in found.items() if said.word != "withdrawn"}


def plain(said: Iterable[tuple[str, Said]]) -> Counter[tuple[Any, ...]]:
    """Return outcomes without their cycles, as the recount knows them."""
    return Counter((case, each.cycle.sla, each.word, each.moment, *each.series) for case, each in said)


def recounted(log: list[dict[str, Any]], site: dict[str, Any]) -> Counter[tuple[Any, ...]]:
    """Return the outcomes that the independent recount finds in one pass over a log."""
    events, _ = read_lines(map(as_line, log))
    settings = read_settings(site)
    return Counter(
        (case.subject, entry.label, entry.measure.removeprefix("sla_"), entry.time, *entry.place[1:])
        for case in cases_of(events)
        for entry in case_facts(case, settings).observations
        if entry.measure in ("sla_met", "sla_breached")
    )
