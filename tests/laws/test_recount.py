"""The engine and the independent recount agree on random logs, metric by metric, over windows and states.

A count of 0 may stand for an absent one: the two differ on which pairs of channel and queue are known at a
moment in which nothing of them counts. Gauges of the configuration exist for known pairs and are compared
where both have them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from aggregators.recount import recount
from streams.report import as_document, report_on
from tests.laws.logs import as_events, as_line, engine, examples
from tests.laws.strategies import BASE, CONFIGURATIONS, logs, written

Key = tuple[str, tuple[tuple[str, str], ...]]

CONFIGURED = {
    "support_queue_open",
    "support_queue_info",  # the recount has none
    "support_window_end_timestamp_seconds",  # nor this
    "support_sla_target_seconds",
    "support_service_level_target_ratio",
    "support_service_level_threshold_seconds",
}
CONFIGURED_BY_TOPIC = {"support_service_level_target_ratio", "support_service_level_threshold_seconds"}
RANKED = {"p50", "p90", "p95", "max"}
LENGTHS = st.lists(st.tuples(st.integers(0, 5_600_000), st.integers(1, 4_000_000)), max_size=2)
MOMENTS = st.lists(
    st.one_of(st.integers(0, 5_600_000), st.integers(0, 60).map(lambda minute: minute * 60_000)), max_size=3
)


def by_key(metrics: list[dict[str, Any]], *, is_foreign: bool) -> dict[Key, float]:
    """Return the values of one window or state.

    is_foreign: a channel is stated that is not the topic's own. Then pairs may be served by several topics,
    and of which one the service level is shown depends on when each was seen.
    """
    return {
        (entry["name"], tuple(sorted(entry["labels"].items()))): entry["value"]
        for entry in metrics
        if not (is_foreign and entry["name"] in CONFIGURED_BY_TOPIC)
    }


def is_nothing(value: float | None, name: str) -> bool:
    """Say whether a value may be absent on the other side: the 0 of a count, never of a ratio."""
    return value == 0 and (isinstance(value, int) or name == "support_longest_wait_seconds")


def disagreements(one: dict[Key, float], other: dict[Key, float]) -> Iterator[str]:
    """Yield the series on which two reports of one window or state do not agree."""
    for name, labels in sorted({*one, *other}):
        here, there = one.get((name, labels)), other.get((name, labels))
        if here is None or there is None:
            if name not in CONFIGURED and not is_nothing(here if there is None else there, name):
                yield f"{name} {labels}: {here} and {there}"
            continue
        allowed = 0.01 if dict(labels).get("stat") in RANKED else 1e-9
        if abs(here - there) > allowed * abs(there):
            yield f"{name} {labels}: {here} and {there}"


@example(  # a wait at the end of a window is that of the whole log: the channel is stated later
    log=written((0, "chat.started", "chat-1", {}), (61, "chat.accepted", "chat-1", {"channel": "web"})),
    configuration={},
    windows=[(0, 60_001)],
    moments=[],
)
@example(  # a wrap-up in a leg that nobody queued implies no visit
    log=written(
        (1, "chat.queued", "chat-1", {"queue": "b", "leg": "2"}),
        (100, "chat.started", "chat-1", {}),
        (5_400, "chat.wrapup_ended", "chat-1", {}),
    ),
    configuration={},
    windows=[],
    moments=[],
)
@example(  # a priority changed in the very instant of the creation
    log=written(
        (45, "ticket.priority", "ticket-1", {"priority": "urgent"}),
        (230, "ticket.created", "ticket-1", {}),
        (230, "ticket.priority", "ticket-1", {"priority": "urgent"}),
    ),
    configuration=CONFIGURATIONS[1],
    windows=[],
    moments=[600_000],
)
@example(  # met, reopened, past its deadline: the breach stands when the priority is lowered
    log=written(
        (0, "ticket.created", "ticket-1", {"priority": "urgent"}),
        (0, "ticket.status", "ticket-1", {"to": "closed"}),
        (60, "ticket.status", "ticket-1", {"to": "new"}),
        (780, "ticket.priority", "ticket-1", {"priority": "low"}),
    ),
    configuration=CONFIGURATIONS[1],
    windows=[],
    moments=[900_000],
)
@examples(150)
@given(log=logs(), configuration=st.sampled_from(CONFIGURATIONS), windows=LENGTHS, moments=MOMENTS)
def test_engine_and_recount_agree(
    log: list[dict[str, Any]],
    configuration: dict[str, Any],
    windows: list[tuple[int, int]],
    moments: list[int],
) -> None:
    """Every series of every window and state has the same value in both, or is absent in both."""
    spans = [(BASE - 10, BASE + 9_000_000)]
    spans += [(BASE + start, BASE + start + length) for start, length in windows]
    instants = [BASE + moment for moment in moments]
    mine = as_document(report_on(as_events(log), engine(configuration), spans, instants, {}))
    other = recount([as_line(event) for event in log], configuration, spans, instants)
    foreign = any("channel" in event["data"] for event in log)
    for kind in ("windows", "states"):
        for here, there in zip(mine[kind], other[kind], strict=True):  # type: ignore[call-overload]  # lists of parts
            ours = by_key(here["metrics"], is_foreign=foreign)
            theirs = by_key(there["metrics"], is_foreign=foreign)
            found = list(disagreements(ours, theirs))
            assert found == [], found[:5]
