"""A call told in one go adds the facts that deriving it step by step adds, or none."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.cases import derive
from aggregators.compounds import expanded
from aggregators.events import Event
from aggregators.facts import Facts
from aggregators.timeline import deliveries_of, timeline_of
from aggregators.whole_calls import WholeCalls
from tests.laws.logs import as_events, engine, examples
from tests.laws.strategies import CONFIGURATIONS, written

_GAPS = st.sampled_from([0, 0, 1, 5, 20, 60, 300, 86_400])
_LIFE = ["answered", "hold", "unhold", "ended", "wrapup_ended"]
_ODD = st.sampled_from(
    [*_LIFE, "abandoned", "ring_no_answer", "transferred", "exited", "offered", "blocked", "hold", "unhold"]
)
_FIELDS = st.sampled_from(
    [{}, {}, {}, {}, {"agent": "x"}, {"priority": "high"}, {"leg": "2"}, {"queue": "b"}]
)


@st.composite
def lives(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw the deliveries of one call in order: mostly an ordinary life, with a few oddities put in."""
    kinds = ["offered", *(["abandoned"] if draw(st.integers(0, 3)) == 0 else _LIFE)]
    for odd in draw(st.lists(_ODD, max_size=2)):
        kinds.insert(draw(st.integers(0, len(kinds))), odd)
    if draw(st.integers(0, 5)) == 0:
        kinds.remove(draw(st.sampled_from(kinds)))
    seconds, told = 0, []
    for kind in kinds:
        seconds += draw(_GAPS)
        data = dict(draw(_FIELDS))
        if kind == "offered":
            data.setdefault("queue", "a")
        told.append((seconds, f"call.{kind}", "call-1", data))
    return written(*told)


def derived(events: list[Event], configuration: dict[str, Any]) -> Facts:
    """Return the facts of a call by its derivation."""
    facts: Facts = []
    timeline = timeline_of(deliveries_of(events).values())
    if timeline:
        derive("calls", engine(configuration), timeline, facts)
    return facts


WHOLE = written(
    (0, "call.offered", "call-1", {"queue": "a"}),
    (8, "call.answered", "call-1", {"agent": "x"}),
    (60, "call.hold", "call-1", {}),
    (80, "call.unhold", "call-1", {}),
    (100, "call.ended", "call-1", {}),
    (130, "call.wrapup_ended", "call-1", {}),
)
ENDED_WHILE_WAITING = written(
    (0, "call.offered", "call-1", {"queue": "a"}),
    (8, "call.ended", "call-1", {}),
    (9, "call.wrapup_ended", "call-1", {}),
)
TWICE = [*WHOLE[:3], {**WHOLE[3], "id": "e2"}, *WHOLE[4:]]
"""The id of the hold comes again as that of the unhold."""
RETRACTING = [*WHOLE[:4], {**WHOLE[4], "data": {"retracts": "e2"}}, WHOLE[5]]
OTHER_LEG = [*WHOLE[:5], {**WHOLE[5], "data": {"leg": "2"}}]
OTHER_QUEUE = [*WHOLE[:1], {**WHOLE[1], "data": {"queue": "b"}}, *WHOLE[2:]]
BACKWARDS = [WHOLE[0], WHOLE[2], WHOLE[1], *WHOLE[3:]]


@example(log=WHOLE, configuration={})
@example(log=ENDED_WHILE_WAITING, configuration={})
@example(log=TWICE, configuration={})
@example(log=RETRACTING, configuration={})
@example(log=OTHER_LEG, configuration={})
@example(log=OTHER_QUEUE, configuration={})
@example(log=BACKWARDS, configuration={})
@examples(300)
@given(log=lives(), configuration=st.sampled_from(CONFIGURATIONS))
def test_a_call_told_in_one_go_is_the_derived_one(
    log: list[dict[str, Any]], configuration: dict[str, Any]
) -> None:
    """The same facts, all of them or none, and the call is over."""
    events = as_events(log)
    facts: Facts = []
    is_whole = WholeCalls(engine(configuration)).add(events, facts)
    if is_whole:
        expected = derived(events, configuration)
        assert Counter(expanded(facts)) == Counter(expanded(expected))
        kind = derive("calls", engine(configuration), events, [])
        assert kind.is_at_rest()
        assert not kind.is_open()
        assert kind.place() is None
    else:
        assert facts == []
