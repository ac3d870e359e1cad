"""From the processor to the pages."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from exporters.pipeline_status import PartitionStatus as Shown
from streams.processor import Processor
from streams.publisher import Publisher, not_ready
from streams.shown_partitions import STALE_SECONDS
from streams.statistics import Folded, PartitionState, PartitionStatus, PipelineStatistics
from tests.building import at, call, configured

NOW = at("10:00:10") / 1000


@dataclass
class OnePartition:
    """What a publisher reads of a processor: one partition of calls with one waiting call."""

    heard_at: float = NOW
    lag: int = 0
    statistics: PipelineStatistics = field(default_factory=PipelineStatistics)
    settings: Any = field(default_factory=lambda: SimpleNamespace(is_announcing=False))
    trouble: str | None = None
    partition_counts: Mapping[Topic, int] = field(default_factory=lambda: {"calls": 1})
    state_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.ledger = PartitionLedger("calls", configured())
        self.ledger.fold([call("offered", "10:00:00", queue="q")], 1)

    @property
    def ledgers(self) -> Mapping[tuple[Topic, int], PartitionLedger]:
        """The one partition."""
        return {("calls", 0): self.ledger}

    @property
    def partitions(self) -> Sequence[PartitionStatus]:
        """Live, applied and durable."""
        return [PartitionStatus("calls", 0, PartitionState.LIVE, "", 1, 1, self.lag, self.heard_at)]


def published(processor: OnePartition, publisher: Publisher | None = None) -> dict[str, float]:
    """Publish once and return the values of /metrics by name and labels."""
    publisher = publisher or Publisher(configured(), clock=lambda: NOW)
    asyncio.run(publisher.publish(cast(Processor, processor)))
    assert publisher.publication.metrics is not None
    text = publisher.publication.metrics.plain().decode()
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_complete_view_shows_windows_states_totals_and_the_pipeline() -> None:
    """One waiting call is in all of them."""
    values = published(OnePartition())
    place = [("channel", "phone"), ("queue", "q")]
    assert values[f"support_window_offered{[*place, ('window', '5m')]}"] == 1
    assert values[f"support_open_cases{[*place, ('state', 'awaiting_reply')]}"] == 1
    assert values[f"support_offered_total{place}"] == 1
    assert values["support_view_complete[]"] == 1


def test_the_number_of_series_counts_itself_and_not_the_process_metrics() -> None:
    """support_series equals the series that begin with support_."""
    values = published(OnePartition())
    assert values["support_series[]"] == sum(name.startswith("support_") for name in values)


def test_a_partition_without_an_answer_for_long_is_stale_and_its_numbers_are_absent() -> None:
    """An outage must not look like a quiet day."""
    publisher = Publisher(configured(), clock=lambda: NOW)
    values = published(OnePartition(heard_at=NOW - STALE_SECONDS - 1), publisher)
    assert values["support_view_complete[]"] == 0
    assert not any(name.startswith("support_window_offered") for name in values)
    assert any("no broker has answered" in reason for reason in publisher.publication.reasons_not_ready())


def test_what_was_folded_is_visible_with_the_next_tick() -> None:
    """Written two seconds before the tick: three records in the bucket above 1 s."""
    publisher = Publisher(configured(), clock=lambda: NOW)
    publisher.note_folded(Folded("calls", 0, 3, int(NOW * 1000) - 2_000, int(NOW * 1000)))
    values = published(OnePartition(), publisher)
    assert values["support_event_to_visible_seconds_count[]"] == 3
    assert values["support_event_to_visible_seconds_sum[]"] == 6


def test_totals_of_a_partition_that_went_elsewhere_stay_counted() -> None:
    """Counters of a process never fall."""
    publisher = Publisher(configured(), clock=lambda: NOW)
    processor = OnePartition()
    published(processor, publisher)
    processor.ledger = PartitionLedger("calls", configured())
    publisher._metrics_at = -1e9  # the page is rendered once a second
    assert published(processor, publisher)["support_offered_total[('channel', 'phone'), ('queue', 'q')]"] == 1


def test_reasons_say_what_an_operator_needs_to_know() -> None:
    """Many partitions in one state are one reason; causes and lag are named."""
    owned = [Shown("calls", number, "recovering") for number in range(3)]
    assert not_ready(None, owned, {""}) == ["calls/0 and 2 more partitions: state is being read back"]
    assert not_ready(None, [Shown("calls", 0, "live", 1, 20_000)], {""}) == [
        "calls/0 is 20000 records behind"
    ]
    assert not_ready("Kafka: away", [], set()) == ["Kafka: away"]
    assert not_ready(None, [], set()) == ["no partition is assigned to this process"]
    assert not_ready(None, [Shown("calls", 0, "failed")], {"Fenced: x"})[1] == "Fenced: x"


@pytest.mark.parametrize(
    ("took", "lag", "folded", "expected"),
    [
        (0.01, 0, False, 0.25),
        (0.01, 0, True, 0.1),
        (0.03, 0, True, 0.15),
        (0.2, 0, True, 0.6),
        (7.0, 0, True, 2.0),
        (0.01, 50_000, True, 1.0),
        (0.3, 50_000, True, 5.0),
    ],
)
def test_a_costly_tick_is_followed_by_a_longer_pause_of_seconds_at_most(
    took: float, lag: int, expected: float, *, folded: bool
) -> None:
    """A third of the time, a fifth for an early tick, a hundredth while catching up."""
    publisher = Publisher(configured(), clock=lambda: NOW)
    if folded:
        publisher.note_folded(Folded("calls", 0, 3, 0, 0))
    processor = cast(Processor, OnePartition(lag=lag))
    assert publisher._next_tick(100.0, took, processor) - 100.0 == pytest.approx(expected)
