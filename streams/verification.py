"""A live view against a recount of the topics up to exactly its applied offsets.

Guarantee: every number of the view is compared, or listed as not covered; a number that only one side has
is a difference, unless it is the 0 of a count. The recount (`aggregators/recount_live.py`) decodes and
counts by itself and shares no code with the engine; from here it gets bytes, keys and timestamps only.

Worked: the view says 7 offered at applied offset 1,200, the records below 1,200 give 8: one difference.
Cost: about 100 µs a record; one partition at a time is held in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from msgspec import Struct

from aggregators.recount_limits import read_limits
from aggregators.recount_live import OTHER, LiveRecount
from aggregators.recount_log import LogRecord, PartitionLog
from aggregators.recount_settings import read_settings
from aggregators.recount_shadow import STATES, Uncovered
from aggregators.recount_windows import Metric
from streams.errors import SupportPulseError
from streams.kafka_access import KafkaProblem, log_reader
from streams.live_document import LiveDocument
from streams.log_reading import between, partitions_of
from streams.settings_models import KafkaSection

CONFIGURED: Final = frozenset(
    {
        "support_queue_open",
        "support_queue_info",
        "support_sla_target_seconds",
        "support_service_level_target_ratio",
        "support_service_level_threshold_seconds",
    }
)
"""The configuration as data, for pairs that are known: the two sides may know of a pair without any count."""

RANKED: Final = frozenset({"p50", "p90", "p95", "max"})
RANK_TOLERANCE: Final = 0.01
TOLERANCE: Final = 1e-9
VIEW: Final = "view"

Key = tuple[str, tuple[tuple[str, str], ...]]


class HeadGone(SupportPulseError):
    """Records were deleted while they were read. Call again; the view and the log then begin together."""


class Difference(Struct, frozen=True):
    """One number on which view and recount do not agree; None is absent."""

    place: str
    name: str
    labels: dict[str, str]
    shown: float | None
    counted: float | None


class Verdict(Struct, frozen=True, kw_only=True):
    """What a verification found. records: recounted; refused: of them, by reason; compared: numbers."""

    now: int
    window_end: int
    records: int
    cases: int
    refused: dict[str, int]
    compared: int
    differences: list[Difference]
    not_covered: list[Uncovered]


def verify(document: LiveDocument, configuration: Mapping[str, Any], kafka: KafkaSection) -> Verdict:
    """Recount the topics of a view and compare.

    Args:
        document: a complete view.
        configuration: as stated in the file, which must be that of the process that gave the view.
        kafka: where the topics are.

    Raises:
        KafkaProblem: no broker answers, or a topic is missing. HeadGone: retention was faster.
    """
    settings, limits = read_settings(configuration), read_limits(configuration)
    recount = LiveRecount(
        settings,
        limits,
        document.now,
        shown=shown_names(document, "queue"),
        products=shown_names(document, "product"),
    )
    with log_reader(kafka) as consumer:
        for (topic, number), applied in sorted(document.applied.items()):
            name = kafka.topics.name_of(topic)
            if number not in {place.partition for place in partitions_of(consumer, name)}:
                raise KafkaProblem(f"no partition {name}/{number}: is this the Kafka of that view?")
            place = TopicPartition(name, number)
            log = PartitionLog(topic, number, settings, limits)
            recount.add(log, is_whole=_read(consumer, place, applied, log))
    return compare(document, recount, is_event_clock=limits.is_event_clock)


def compare(document: LiveDocument, recount: LiveRecount, *, is_event_clock: bool = False) -> Verdict:
    """Compare a view with the recount of its logs."""
    numbers = recount.numbers()
    shown = {**document.windows, STATES: document.states}
    differences = list(_of_the_view(document, recount, is_event_clock=is_event_clock))
    compared = 0
    for place in sorted({*shown, *numbers}):
        ours, theirs = _table(shown.get(place, ())), _metrics(numbers.get(place, ()))
        for key in sorted({*ours, *theirs}):
            if recount.shadow.covers(place, Metric(key[0], dict(key[1]), 0)):
                continue
            compared += 1
            if not agree(key, ours.get(key), theirs.get(key)):
                differences.append(Difference(place, key[0], dict(key[1]), ours.get(key), theirs.get(key)))
    return Verdict(
        now=document.now,
        window_end=document.window_end,
        records=recount.records,
        cases=recount.cases,
        refused=dict(recount.refused),
        compared=compared,
        differences=differences,
        not_covered=recount.shadow.listed(),
    )


def agree(key: Key, shown: float | None, counted: float | None) -> bool:
    """Say whether two values of one series are the same number."""
    name, labels = key
    if shown is None or counted is None:
        return name in CONFIGURED or is_nothing(name, counted if shown is None else shown)
    if dict(labels).get("stat") in RANKED:
        return abs(shown - counted) <= RANK_TOLERANCE * abs(counted)
    if isinstance(shown, int) and isinstance(counted, int):
        return shown == counted
    return abs(shown - counted) <= TOLERANCE * abs(counted)


def is_nothing(name: str, value: float | None) -> bool:
    """Say whether a value may be absent on the other side: the 0 of a count, never of a ratio."""
    return value == 0 and (isinstance(value, int) or name == "support_longest_wait_seconds")


def line_of(difference: Difference) -> str:
    """Return one difference for people."""
    labels = ",".join(f'{name}="{value}"' for name, value in difference.labels.items())
    shown, counted = (
        "absent" if value is None else f"{value}" for value in (difference.shown, difference.counted)
    )
    return f"{difference.place} {difference.name}{{{labels}}}: shown {shown}, recounted {counted}"


def shown_names(document: LiveDocument, label: str) -> frozenset[str] | None:
    """Return the values of a label that a view names where it sums up others, None where it names all."""
    entries = [entry for entries in document.windows.values() for entry in entries]
    names = {entry["labels"].get(label) for entry in (*entries, *document.states)} - {None}
    return frozenset(names) if OTHER in names else None


def _read(consumer: KafkaConsumer, place: TopicPartition, applied: int, log: PartitionLog) -> bool:
    """Feed a log with its records below an offset; return whether it begins with the first there ever was."""
    begin = consumer.beginning_offsets([place])[place]
    for record in between(consumer, place, begin, applied):
        log.take(LogRecord(record.key, record.value, record.timestamp))
    if consumer.beginning_offsets([place])[place] > begin:
        raise HeadGone(f"{place.topic}/{place.partition}: its head was deleted while it was read; call again")
    return bool(begin == 0)


def _of_the_view(
    document: LiveDocument, recount: LiveRecount, *, is_event_clock: bool
) -> Iterator[Difference]:
    if document.window_end != recount.end:
        yield Difference(VIEW, "window_end", {}, document.window_end, recount.end)
    # With the event clock now is "the newest event time seen in any partition".
    if is_event_clock and recount.newest not in (None, document.now) and not recount.shadow.is_cast:
        yield Difference(VIEW, "now", {}, document.now, recount.newest)


def _table(entries: Sequence[Mapping[str, Any]]) -> dict[Key, float]:
    return {(each["name"], tuple(sorted(each["labels"].items()))): each["value"] for each in entries}


def _metrics(metrics: Sequence[Metric]) -> dict[Key, float]:
    return {(metric.name, tuple(sorted(metric.labels.items()))): metric.value for metric in metrics}
