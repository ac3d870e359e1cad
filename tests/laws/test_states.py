"""The live index of states gives what adding every status gives, at any moment and after any history."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.configuration import Configuration
from aggregators.events import Topic
from aggregators.measures import Series
from aggregators.parts import CASE_STATES, MomentParts
from aggregators.state_index import StateIndex
from aggregators.state_parts import add_status, add_waits
from aggregators.status import BREACHED, Status
from tests.laws.logs import HOUR, engine, examples, numbers_of, same, short_memory
from tests.laws.strategies import BASE

MOMENTS = st.sampled_from([BASE + quarter * HOUR // 4 for quarter in range(40)] + [BASE + 20_000, BASE + 1])
SERIES = st.sampled_from([("phone", "a"), ("phone", "b"), ("chat", "a")])


@st.composite
def statuses(draw: st.DrawFn) -> Status:
    """Draw a status as a case could have it: a wait of its own only while it awaits a reply."""
    state = draw(st.sampled_from([*CASE_STATES, "awaiting_reply", "awaiting_reply", None]))
    deadlines = st.tuples(
        st.sampled_from(["first_response", "resolution"]), SERIES, st.one_of(MOMENTS, st.just(BREACHED))
    )
    return Status(
        state=state,
        series=draw(SERIES),
        since=draw(MOMENTS) if state == "awaiting_reply" else None,
        last=draw(MOMENTS),
        waits=tuple(draw(st.lists(st.tuples(MOMENTS, SERIES), max_size=2))) if state else (),
        deadlines=tuple(draw(st.lists(deadlines, max_size=2))) if state else (),
    )


def expected(
    shown: dict[str, Status], topic: Topic, now: int, configuration: Configuration
) -> tuple[MomentParts, dict[Series, int]]:
    """Return state and overdue waits by their definition."""
    parts, overdue = MomentParts(), dict[Series, int]()
    for status in shown.values():
        add_status(parts, status, topic, now, configuration)
        if status.state is not None:
            add_waits(overdue, status, topic, now, configuration)
    return parts, overdue


@example(
    history=[("a", Status(state="awaiting_reply", series=("phone", "a"), since=BASE, last=BASE + HOUR))],
    topic="calls",
    now=BASE + HOUR,  # a wait of exactly an hour belongs to the second class
)
@examples(200)
@given(
    history=st.lists(st.tuples(st.sampled_from("abcdef"), st.one_of(st.none(), statuses())), max_size=20),
    topic=st.sampled_from(["calls", "chats"]),
    now=MOMENTS,
)
def test_the_index_gives_what_adding_every_status_gives(
    history: list[tuple[str, Status | None]], topic: Topic, now: int
) -> None:
    """Cases come, change and go; what the index reads at a moment is the sum over those that are there."""
    configuration = short_memory(engine({}))
    index, shown = StateIndex(topic, configuration), dict[str, Status]()
    for case, status in history:
        index.put(case, status)
        shown.pop(case, None)
        if status is not None:
            shown[case] = status
    parts, overdue = expected(shown, topic, now, configuration)
    same(numbers_of(index.states(now)), numbers_of(parts))
    assert index.overdue_waits(now) == overdue
