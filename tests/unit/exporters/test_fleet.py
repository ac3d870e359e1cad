"""Which tick of the fleet is whole, and what does not belong together."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from aggregators.parts import MomentParts
from exporters.fleet import UNOWNED, UNOWNED_MS, Fleet
from exporters.fleet_parts import Identity, PartitionParts, PartitionReport, encode
from exporters.fleet_store import StoredReport

NOW = 1_000_000
OURS = {"fingerprint": "f", "state_version": 1, "partitions": {"calls": 2}, "clock": "wall"}


def identity(**changes: Any) -> Identity:
    """Return this exporter's identity with changes."""
    return Identity(**{**OURS, **changes})


def stored(
    partition: int, *ticks: int, state: str = "live", age: int = 0, **changes: Any
) -> tuple[tuple[str, int], StoredReport]:
    """Return a report of calls as it lies in Redis, with the place that it is about."""
    report = PartitionReport(
        identity=identity(**changes),
        topic="calls",
        partition=partition,
        state=state,
        applied=5,
        lag=0,
        worker="w1",
    )
    return ("calls", partition), StoredReport(1, NOW - age, frozenset(ticks), encode(report))


def parts(partition: int, requests: int = 1, **changes: Any) -> PartitionParts:
    """Return the parts of a partition of calls in tick 600."""
    fields: dict[str, Any] = {
        "identity": identity(),
        "epoch": 1,
        "tick": 600,
        "now": 600_000,
        "window_end": 610_000,
        "watermark": 590_000 + partition,
        "applied": 5 + partition,
        "lag": 0,
        "moment": MomentParts(windows={"5m": {("phone", "q"): {0: requests}}}),
        **changes,
    }
    return PartitionParts(topic="calls", partition=partition, **fields)


def new_fleet() -> Fleet:
    """Return the judge of an exporter."""
    return Fleet("f", 1, "wall")


def test_the_ticks_of_all_partitions_are_whole() -> None:
    """A tick that one of them left out is not."""
    found = new_fleet().assess(NOW, dict([stored(0, 600, 601, 602), stored(1, 600, 602)]))
    assert found.ticks == {600, 602}
    assert found.is_owned
    assert found.conflicts == []


def test_a_partition_that_nobody_reports_belongs_to_nobody() -> None:
    """That there is a second one is known from the first; no tick is whole without it."""
    found = new_fleet().assess(NOW, dict([stored(0, 600)]))
    assert [(each.partition, each.state, each.is_assigned) for each in found.partitions] == [
        (0, "live", True),
        (1, UNOWNED, False),
    ]
    assert (found.ticks, found.is_owned) == (frozenset(), False)


def test_a_report_that_is_too_old_is_none() -> None:
    """One that is just not too old counts."""
    fresh = dict([stored(0, 600), stored(1, 600, age=UNOWNED_MS - 1)])
    assert new_fleet().assess(NOW, fresh).is_owned
    old = dict([stored(0, 600), stored(1, 600, age=UNOWNED_MS)])
    assert not new_fleet().assess(NOW, old).is_owned


def test_a_recovering_partition_is_owned_by_nobody_who_has_numbers() -> None:
    """Its state is shown."""
    found = new_fleet().assess(NOW, dict([stored(0, 600), stored(1, 600, state="recovering")]))
    assert not found.is_owned
    assert [each.state for each in found.partitions] == ["live", "recovering"]


def test_an_empty_redis_does_not_make_the_partitions_unknown() -> None:
    """After a restart all of them are missing by name; before the first report there are none."""
    fleet = new_fleet()
    assert fleet.assess(NOW, {}).partitions == []
    assert fleet.assess(NOW, {}).ticks == frozenset()
    fleet.assess(NOW, dict([stored(0, 600), stored(1, 600)]))
    assert [each.state for each in fleet.assess(NOW, {}).partitions] == [UNOWNED, UNOWNED]


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"fingerprint": "g"}, "configuration", "configuration g, this exporter has f; give all workers"),
        ({"state_version": 2}, "state_version", "state version 2, this exporter has 1; run one version"),
        ({"clock": "event"}, "clock", 'clock.mode = "event", this exporter has "wall"; state the same'),
        ({"partitions": {"calls": 1}}, "partitions", "calls 1 and 2); stop all workers"),
        ({"partitions": {}}, "partitions", "(and topics); stop all workers"),
    ],
)
def test_workers_that_do_not_belong_together_are_named_with_what_to_do(
    changes: Mapping[str, Any], kind: str, said: str
) -> None:
    """Partition, worker, both values and the remedy."""
    found = new_fleet().assess(NOW, dict([stored(0, 600), stored(1, 600, **changes)]))
    assert [each.kind for each in found.conflicts] == [kind]
    text = found.conflicts[0].text
    assert text.startswith("calls/1 at worker w1: ")
    assert said in text


def test_partitions_with_one_difference_are_one_conflict() -> None:
    """The first is named, the others are counted."""
    found = new_fleet().assess(NOW, dict([stored(0, fingerprint="g"), stored(1, fingerprint="g")]))
    assert [each.text.partition(":")[0] for each in found.conflicts] == [
        "calls/0 and 1 more partitions at worker w1"
    ]


def test_a_report_of_another_version_is_a_conflict() -> None:
    """It cannot be read, and says so."""
    report = StoredReport(1, NOW, frozenset({600}), msgspec.msgpack.encode([9]))
    found = new_fleet().assess(NOW, {("calls", 0): report})
    assert [each.kind for each in found.conflicts] == ["format"]
    assert "format 9, this program reads 1" in found.conflicts[0].text


def test_the_parts_of_a_tick_are_added_in_whatever_order_they_come() -> None:
    """Sums, the newest watermark, and every partition's position."""
    fleet = new_fleet()
    fleet.assess(NOW, dict([stored(0, 600), stored(1, 600)]))
    pieces = {("calls", number): parts(number, requests=number + 1) for number in (0, 1)}
    merged = fleet.merge(pieces)
    assert merged is not None
    assert merged == fleet.merge(dict(reversed(pieces.items())))
    assert merged.moment.windows == {"5m": {("phone", "q"): {0: 3}}}
    assert (merged.now, merged.window_end, merged.watermark) == (600_000, 610_000, 590_001)
    assert [(each.partition, each.applied) for each in merged.partitions] == [(0, 5), (1, 6)]


@pytest.mark.parametrize(
    "changes",
    [
        {"now": 600_001},
        {"window_end": 620_000},
        {"tick": 601},
        {"identity": identity(fingerprint="g")},
        {"identity": identity(partitions={"calls": 3})},
    ],
)
def test_parts_that_do_not_belong_together_are_never_added(changes: Mapping[str, Any]) -> None:
    """Of another moment, tick or identity."""
    fleet = new_fleet()
    fleet.assess(NOW, dict([stored(0, 600), stored(1, 600)]))
    assert fleet.merge({("calls", 0): parts(0), ("calls", 1): parts(1, **changes)}) is None


def test_a_part_is_never_the_whole() -> None:
    """A partition is missing, all are of another configuration, or nobody is known."""
    fleet = new_fleet()
    assert fleet.merge({}) is None
    fleet.assess(NOW, dict([stored(0, 600), stored(1, 600)]))
    assert fleet.merge({("calls", 0): parts(0)}) is None
    foreign = {("calls", n): parts(n, identity=identity(fingerprint="g")) for n in (0, 1)}
    assert fleet.merge(foreign) is None
