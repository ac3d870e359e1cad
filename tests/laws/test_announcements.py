"""What is announced of SLA targets: once each, through restarts, and at the end what the whole log gives.

The topic is a list in memory: what a checkpoint announced goes there once it is durable, if its writer
lives; the next one reads the tail and sends what is missing.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.announcements import Occasion, Said, sayings
from aggregators.announcer import Announcement
from aggregators.cases import derive
from aggregators.compounds import expanded
from aggregators.configuration import AnnouncingTerms, Configuration
from aggregators.events import Event
from aggregators.facts import Facts
from aggregators.measures import Count
from aggregators.tickets import Ticket
from aggregators.timeline import deliveries_of, timeline_of
from tests.laws.announced import (
    FAR,
    LATE_REPLY,
    SITE,
    TERMS,
    TICKETS,
    announcing,
    identity,
    plain,
    recounted,
    standing,
)
from tests.laws.logs import as_events, engine, examples, folded, same, short_memory
from tests.laws.strategies import BASE, logs, long_logs, written
from tests.laws.test_restarts import Life

pytestmark = pytest.mark.timeout(400)

SLA_COUNTS: Final = {int(count) for count in Count if count.name.startswith(("SLA_MET", "SLA_BREACHED"))}


class Deed(NamedTuple):
    """One thing that happens: events are folded, a checkpoint is written at a moment, a writer is killed.

    size: events, or cases in the slice; moment: ms after `BASE`; sent: how many announcements arrive before
    a writer is killed.
    """

    kind: str
    size: int = 1
    moment: int = 0
    is_catching_up: bool = False
    sent: int = 0


DEEDS: Final = st.lists(
    st.builds(
        Deed,
        st.sampled_from(["fold", "fold", "fold", "checkpoint", "checkpoint", "quiet", "kill", "restart"]),
        st.integers(1, 6),
        st.one_of(st.integers(0, 90).map(lambda minute: minute * 60_000), st.integers(0, 5_400_000)),
        st.booleans(),
        st.integers(0, 3),
    ),
    max_size=25,
)


class AnnouncingLife(Life):
    """A partition through restarts, and the topic that it announces to."""

    def __init__(self, events: list[Event], configuration: Configuration) -> None:
        super().__init__(events, configuration)
        self.topic: list[Announcement] = []

    def do(self, deed: Deed) -> None:
        """Do one thing."""
        if deed.kind == "fold":
            self.fold(deed.size)
        elif deed.kind == "restart":
            self.restart()
        elif deed.kind == "quiet":
            self.announce(deed.size, None, killed_after=None)
        else:
            occasion = Occasion(BASE + deed.moment, deed.is_catching_up)
            self.announce(deed.size, occasion, deed.sent if deed.kind == "kill" else None)

    def announce(self, slice_cases: int, occasion: Occasion | None, killed_after: int | None) -> None:
        """Write a checkpoint, then send what it announces, all or the first few of it."""
        self.send()
        draft = self.ledger.draft_checkpoint(slice_cases, occasion)
        self.keep(draft)
        if occasion is not None and occasion.is_catching_up:
            assert "at_risk" not in {each.said.word for each in draft.announcements}
        self.topic += draft.announcements[:killed_after]
        if killed_after is None:
            self.ledger.announcer.unsent.clear()
        else:
            self.restart()

    def send(self) -> None:
        """Send what is not in the tail of the topic, as a writer does before anything else."""
        there = {identity(each) for each in self.topic}
        self.topic += [each for each in self.ledger.announcer.unsent if identity(each) not in there]
        self.ledger.announcer.unsent.clear()

    def announce_all(self, moment: int) -> None:
        """Announce everything that there is to say at a moment (ms)."""
        while True:
            self.announce(3, Occasion(moment), killed_after=None)
            if not self.ledger.announcer.has_work(Occasion(moment)):
                return


def one_pass(
    events: list[Event], terms: AnnouncingTerms, configuration: Configuration
) -> set[tuple[str, Said]]:
    """Return what one look at each case says at the end, with nothing said before."""
    ledger = folded(events, configuration)
    found = set()
    for name in ledger.cases:
        case = ledger.case(name)
        kind = None if case is None else case.kind
        if isinstance(kind, Ticket):
            found |= {(name, said) for said in sayings((), kind.outcomes(), Occasion(FAR), terms)}
    return found


def content(said: Said) -> Said:
    """Return an announcement without what depends on when and how often it was decided."""
    return msgspec.structs.replace(said, revision=0, decided=0)


CYCLES = written(
    *(
        (minute * 60, kind, "ticket-1", {"author": author, "agent": f"a{minute}"})
        for minute, (kind, author) in enumerate(
            [("ticket.created", "customer"), *(("ticket.message", who) for who in ("agent", "customer") * 3)]
        )
    )
)
"""A first response and two next ones."""
CYCLES_OF_ONE_INSTANT = [*CYCLES[:2], *({**event, "time": CYCLES[2]["time"]} for event in CYCLES[2:])]


@example(
    log=LATE_REPLY,
    deeds=[
        Deed("fold", 1),
        Deed("checkpoint", 1, 660_000),
        Deed("fold", 1),
        Deed("kill", 1, 4_800_000, sent=0),
        Deed("fold", 1),
        Deed("kill", 1, 4_800_000, sent=1),
    ],
    seed=[],
)
@example(
    log=written(
        (0, "ticket.created", "ticket-1", {}),
        (60, "ticket.message", "ticket-1", {"author": "agent"}),
        (120, "ticket.status", "ticket-1", {"to": "solved"}),
    ),
    deeds=[Deed("fold", 3), Deed("quiet"), Deed("restart")],
    seed=[],
)
@example(
    log=written((0, "ticket.created", "ticket-1", {}), (60, "ticket.assigned", "ticket-1", {})),
    deeds=[
        Deed("fold", 1),
        Deed("checkpoint", 1, 660_000),
        Deed("fold", 1),
        Deed("checkpoint", 1, 60_000),
    ],
    seed=[],
)
@example(
    log=LATE_REPLY[:1],
    deeds=[Deed("fold", 1), Deed("checkpoint", 1, 660_000, is_catching_up=True)],
    seed=[],
)
@examples(60)
@given(log=logs(kinds=TICKETS), deeds=DEEDS, seed=st.permutations(range(8)))
def test_the_end_is_what_one_pass_over_the_log_gives(
    log: list[dict[str, Any]], deeds: list[Deed], seed: list[int]
) -> None:
    """Any order, repeats, checkpoints, kills: each id once, withdrawals in place, at the end the recount."""
    configuration, events = announcing(SITE), as_events(log)
    events += [events[number] for number in seed if number < len(events)]
    life = AnnouncingLife(events, configuration)
    for deed in deeds:
        life.do(deed)
    life.finish()
    life.announce_all(FAR)
    assert max(Counter(map(identity, life.topic)).values(), default=1) == 1
    stands = standing(life.topic)
    assert plain((case, said) for (case, _), said in stands.items()) == recounted(log, SITE)
    expected = {(case, content(said)) for case, said in one_pass(events, TERMS, configuration)}
    assert {(case, content(said)) for (case, _), said in stands.items()} == expected
    before = list(life.topic)
    life.restart()
    life.announce_all(FAR)
    same(life.topic, before)


@examples(60)
@given(log=long_logs(kinds=TICKETS), deeds=DEEDS)
def test_nothing_is_said_twice_where_cases_leave_and_come_back(
    log: list[dict[str, Any]], deeds: list[Deed]
) -> None:
    """Over days with a short memory: no id twice, and what stands of the cases that are there holds."""
    configuration, events = short_memory(announcing(SITE)), as_events(log)
    life = AnnouncingLife(events, configuration)
    for deed in deeds:
        life.do(deed)
    life.finish()
    life.announce_all(FAR)
    assert max(Counter(map(identity, life.topic)).values(), default=1) == 1
    for name in life.ledger.cases:
        case = life.ledger.case(name)
        kind = None if case is None else case.kind
        outcomes = kind.outcomes() if isinstance(kind, Ticket) else ()
        assert sayings(life.ledger.announcer.said(name), outcomes, Occasion(FAR), TERMS) == []


@example(log=CYCLES, split=3)
@example(log=CYCLES_OF_ONE_INSTANT, split=3)
@examples(60)
@given(log=logs(kinds=TICKETS, cases=1), split=st.integers(0, 24))
def test_outcomes_are_the_facts_that_are_counted(log: list[dict[str, Any]], split: int) -> None:
    """Met and breached, now and ahead: one outcome for each fact of a target, whether derived or stepped."""
    timeline = timeline_of(deliveries_of(as_events(log)).values())
    if not timeline:
        return
    facts: Facts = []
    ticket = derive("tickets", engine(SITE), timeline[: max(1, split)], facts)
    for event in timeline[max(1, split) :]:
        if not ticket.holds_for(event):
            facts.clear()
            ticket = derive("tickets", engine(SITE), timeline, facts)
            break
        ticket.step(event, facts)
    assert isinstance(ticket, Ticket)
    counted: Counter[tuple[Any, ...]] = Counter()
    for time, series, measure, _, sign in expanded(facts):
        if measure in SLA_COUNTS:
            counted[time, series, Count(measure).name.lower()] += sign
    outcomes = ticket.outcomes()
    assert {fact: count for fact, count in counted.items() if count} == dict(
        Counter((each.moment, each.series, f"sla_{each.kind}_{each.cycle.sla}") for each in outcomes)
    )
    assert len({each.cycle for each in outcomes}) == len(outcomes)
