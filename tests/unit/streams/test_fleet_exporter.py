"""The pages of an exporter."""

import json
from collections.abc import Sequence
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from exporters.fleet_store import Place, Publication, StoredReport, StoreFailed
from streams.fleet_exporter import OWN_PART, FleetExporter
from streams.fleet_publisher import FleetPublisher
from tests.building import at, configured
from tests.fleet_owner import SECOND, Share, share


class OneTick:
    """A store that holds what was published last; `failure` is raised in its place."""

    is_worth_asking = True

    def __init__(self) -> None:
        self.publications: list[Publication] = []
        self.failure: Exception | None = None

    async def publish(self, publications: Sequence[Publication]) -> list[str]:
        """Add to what is there."""
        self.publications += publications
        return ["published"] * len(publications)

    async def common_now(self, *_: object) -> int | None:
        """Return the newest event of all."""
        return at("10:00:00")

    async def reports(self) -> tuple[int, dict[Place, StoredReport]]:
        """Return every report, written just now."""
        if self.failure is not None:
            raise self.failure
        return 0, {
            each.place: StoredReport(each.epoch, 0, frozenset({each.tick or 0}), each.report)
            for each in self.publications
        }

    async def parts(self, *_: object) -> dict[Place, tuple[int, bytes]]:
        """Return the parts of all."""
        return {each.place: (0, each.parts) for each in self.publications if each.parts is not None}


class Clock:
    """Monotonic seconds, set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.now


async def exporter_of(
    *owners: Share, mode: str = "wall", clock: Clock | None = None
) -> tuple[FleetExporter, OneTick]:
    """Return an exporter that has read what workers published, and its store."""
    store, configuration = OneTick(), configured({"clock": {"mode": mode}})
    for owner in owners:
        await FleetPublisher(store, configuration, "w1", clock=lambda: float(SECOND)).publish(owner, SECOND)
    exporter = FleetExporter(store, configuration, clock=lambda: SECOND + 0.5, elapsed=clock or Clock())
    await exporter.reading.refresh()
    exporter.publish()
    return exporter, store


def pages(exporter: FleetExporter) -> tuple[bytes, bytes]:
    """Return /metrics and /api/v1/live."""
    publication = exporter.publication
    assert publication.metrics is not None
    assert publication.live is not None
    return publication.metrics.plain(), publication.live.plain()


def series(exporter: FleetExporter) -> dict[str, float]:
    """Return /metrics as the official parser reads it; no series is there twice."""
    found = [
        (f"{sample.name}{sorted(sample.labels.items())}", sample.value)
        for family in text_string_to_metric_families(pages(exporter)[0].decode())
        for sample in family.samples
    ]
    assert len(dict(found)) == len(found)
    return dict(found)


def document(exporter: FleetExporter) -> dict[str, Any]:
    """Return /api/v1/live."""
    return dict(json.loads(pages(exporter)[1]))


async def test_a_whole_tick_is_on_both_pages() -> None:
    """Windows, states, and the pipeline as this exporter sees it; no totals, which are each worker's own."""
    exporter, _ = await exporter_of(share(0), share(1))
    found = series(exporter)
    assert found["support_all_window_offered[('window', '5m')]"] == 2
    assert found["support_view_complete[]"] == found["support_redis_up[]"] == 1
    assert found["support_view_age_seconds[]"] == 0
    assert found["support_fleet_conflicts[('kind', 'configuration')]"] == 0
    assert found["support_partition_assigned[('partition', '1'), ('topic', 'calls')]"] == 1
    assert found["support_series[]"] == sum(name.startswith("support_") for name in found)
    assert not any(name.startswith("support_offered_total") for name in found)
    assert document(exporter)["complete"] is True
    assert [each["applied"] for each in document(exporter)["partitions"]] == [1, 1]
    assert exporter.publication.reasons_not_ready() == []


async def test_two_exporters_give_the_same_bytes_of_a_tick() -> None:
    """All of /api/v1/live, and /metrics up to the line; what differs stands below it."""
    (one, _), (other, store) = [await exporter_of(share(1), share(0)) for _ in range(2)]
    other._elapsed.now += 3  # type: ignore[attr-defined]  # the clock of this test
    store.failure = StoreFailed("away")
    await other.reading.refresh()
    other.publish()
    (metrics, live), (other_metrics, other_live) = pages(one), pages(other)
    assert live == other_live
    assert metrics.partition(OWN_PART)[0] == other_metrics.partition(OWN_PART)[0] != b""
    assert metrics.partition(OWN_PART)[2] != other_metrics.partition(OWN_PART)[2]


async def test_without_a_view_no_number_of_the_business_is_there() -> None:
    """Who has which partition is, and why."""
    exporter, _ = await exporter_of(share(0))
    found = series(exporter)
    assert found["support_view_complete[]"] == 0
    assert found["support_partition_assigned[('partition', '1'), ('topic', 'calls')]"] == 0
    assert not any("window" in name or name.startswith("support_open") for name in found)
    assert pages(exporter)[0].startswith(OWN_PART)
    shown = document(exporter)
    assert (shown["complete"], shown["windows"], shown["states"]) == (False, {}, [])
    assert shown["now"] == SECOND * 1000 + 500
    assert [each["state"] for each in shown["partitions"]] == ["live", "unowned"]
    assert exporter.publication.reasons_not_ready() == ["calls/1: no worker reports them"]


async def test_with_the_event_clock_now_stays_at_the_newest_event() -> None:
    """With a view, and after it has become too old."""
    clock = Clock()
    configuration = configured({"clock": {"mode": "event"}})
    owner = share(0, of=1, configuration=configuration)
    exporter, _ = await exporter_of(owner, mode="event", clock=clock)
    assert document(exporter)["now"] == at("10:00:00")
    clock.now += 60
    exporter.publish()
    shown = document(exporter)
    assert (shown["complete"], shown["now"], shown["watermark"]) == (False, at("10:00:00"), at("10:00:00"))
    assert series(exporter)["support_view_age_seconds[]"] == 60


async def test_the_page_is_rendered_once_a_second_and_at_once_for_another_view() -> None:
    """Age and pipeline may be a second old; numbers are not."""
    clock = Clock()
    exporter, store = await exporter_of(share(0), share(1), clock=clock)
    first = pages(exporter)[0]
    clock.now += 0.5
    exporter.publish()
    assert pages(exporter)[0] is first
    store.publications[0] = store.publications[0].__class__(
        store.publications[0].place, 1, b"\x91\x09", SECOND, b""
    )
    await exporter.reading.refresh()
    exporter.publish()
    assert series(exporter)["support_view_complete[]"] == 0
    assert series(exporter)["support_fleet_conflicts[('kind', 'format')]"] == 1
