"""Judgements on what moves: the group, who owns what, lag, checkpoints, dead letters, the events themselves.

Worked: a partition whose changelog got four fences in ten minutes changes its owner again and again: two
workers with the same name, or one that cannot keep up with its heartbeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aggregators.events import TOPICS
from aggregators.state_versions import is_readable
from exporters.fleet_store import StoredReport
from exporters.redis_facts import RedisFacts, Unasked
from streams.diagnosis.facts import Facts, GroupFacts, Place, SampleFacts, TailFacts, Unknown
from streams.diagnosis.judging_kafka import kafka_of, source_names
from streams.diagnosis.verdicts import Verdict, Verdicts, age, listed, ok, or_ok, problem, skipped, warning
from streams.durations import UNITS
from streams.publisher import SMALL_LAG
from streams.wire_names import STATE_VERSION, client_id

RESTLESS: Final = 3
"""Fences of one partition within `RESTLESS_MS` that are more than a rollout."""
RESTLESS_MS: Final = 10 * UNITS["m"]
NOT_DURABLE_MS: Final = UNITS["m"]
RECENT_MS: Final = UNITS["d"]
HISTORY_MS: Final = UNITS["h"]
_NO_WORKER: Final = ("Empty", "Dead")


def judge_group(facts: Facts) -> Verdicts:
    """Whether workers are in the consumer group, and nobody else."""
    group, name = kafka_of(facts).group, _group_name(facts)
    if isinstance(group, Unknown):
        yield skipped(group)
        return
    if not group.members:
        yield skipped(f"no worker is in the group {name}")
        return
    if group.state != "Stable":
        yield warning(f"the group {name} is {group.state}: partitions are moving", "look again in a minute")
    foreign = [each.name for each in group.members if not each.client.startswith(client_id(name))]
    if foreign:
        yield problem(
            f"{listed(foreign)} is in the group {name} and takes partitions from the workers",
            "give it a group of its own",
        )
    yield ok(f"{group.state}, members: {listed(each.name for each in group.members)}")


def judge_owners(facts: Facts) -> Verdicts:
    """Whether every partition of every source topic has exactly one owner."""
    group, kafka = kafka_of(facts).group, kafka_of(facts)
    if isinstance(group, Unknown):
        return [skipped(group)]
    if not group.members or group.state != "Stable":
        return [skipped("no worker owns anything" if not group.members else "partitions are moving")]
    expected = {
        (finding.facts.name, number)
        for finding in kafka.topics
        if finding.topic in TOPICS
        for number in range(finding.facts.partitions)
    }
    owned = [place for member in group.members for place in member.places]
    missing = sorted(expected - set(owned))
    twice = sorted({place for place in owned if owned.count(place) > 1})
    found = []
    if missing:
        found.append(
            problem(f"nobody reads {_places(missing)}", "restart the workers; look for lines on that topic")
        )
    if twice:
        found.append(problem(f"{_places(twice)} has two owners", "restart the workers one after the other"))
    return or_ok(
        found, "; ".join(f"{each.name}: {_by_topic(each.places, expected)}" for each in group.members)
    )


def judge_lag(facts: Facts) -> Verdicts:
    """How many records are not folded yet, and whether some were deleted before that."""
    kafka, names = kafka_of(facts), source_names(facts)
    if isinstance(kafka.logs, Unknown):
        yield skipped(kafka.logs)
        return
    sources = {names[topic] for topic in TOPICS}
    read = {
        place: each
        for place, each in kafka.logs.items()
        if place[0] in sources and each.committed is not None
    }
    if not read:
        waiting = sum(each.end - each.begin for place, each in kafka.logs.items() if place[0] in sources)
        yield skipped(f"the group has never read anything; {waiting:,} records wait")
        return
    lost = [place for place, each in read.items() if (each.committed or 0) < each.begin]
    if lost:
        yield problem(
            f"records of {_places(sorted(lost))} were deleted before they were read",
            "lengthen retention.ms of the topic, and send those events again",
        )
    behind = {place: each.end - (each.committed or 0) for place, each in read.items()}
    total, worst = sum(behind.values()), max(behind, key=behind.__getitem__)
    text = f"{total:,} records behind, most of them {worst[0]}/{worst[1]} with {behind[worst]:,}"
    if behind[worst] > SMALL_LAG:
        yield warning(text, "wait while it catches up; where it grows, start more workers")
    elif total:
        yield ok(text)
    else:
        yield ok("nothing is behind")


def judge_checkpoints(facts: Facts) -> Verdicts:
    """Whether state is written, by one writer at a time, in a form and for a configuration that fit."""
    kafka = kafka_of(facts)
    if isinstance(kafka.tails, Unknown):
        return [skipped(kafka.tails)]
    if not kafka.tails:
        return [skipped("there are no changelogs yet")]
    found: list[Verdict] = []
    for place, tail in sorted(kafka.tails.items()):
        found += _tail(facts, place, tail)
    found += _other_configuration(facts)
    written = [each.written_at for each in kafka.tails.values() if each.written_at is not None]
    newest = f"the newest record {age(facts.now - max(written))} old" if written else "nothing is written yet"
    return or_ok(found, f"{len(kafka.tails)} partitions, {newest}; one writer each")


def judge_dead_letters(facts: Facts) -> Verdicts:
    """Whether refused records wait for somebody to look at them."""
    kafka, name = kafka_of(facts), source_names(facts)["dead_letters"]
    if isinstance(kafka.logs, Unknown):
        yield skipped(kafka.logs)
        return
    parts = [each for place, each in kafka.logs.items() if place[0] == name]
    count = sum(each.end - each.begin for each in parts)
    newest = max((each.newest_timestamp for each in parts if each.newest_timestamp is not None), default=None)
    if not parts:
        yield skipped(f"there is no topic {name}")
    elif not count or newest is None:
        yield ok("none")
    elif facts.now - newest < RECENT_MS:
        text = f"{count:,} refused records, the newest {age(facts.now - newest)} ago"
        yield warning(text, "supportpulse dead-letters list")
    else:
        yield ok(f"{count:,}, the newest {age(facts.now - newest)} ago")


def judge_events(facts: Facts) -> Verdicts:
    """Whether the newest events are taken, and their time fits the clock that the windows follow."""
    samples, settings = kafka_of(facts).samples, facts.settings
    assert settings is not None
    if isinstance(samples, Unknown):
        return [skipped(samples)]
    if not any(each.records for each in samples.values()):
        return [skipped("no topic has a record yet")]
    found: list[Verdict] = []
    for topic, sample in samples.items():
        name = source_names(facts)[topic]
        if sample.refused:
            reasons = listed(f"{count} {reason}" for reason, count in sorted(sample.refused.items()))
            text = f"{name}: of the newest {sample.records} records are refused: {reasons}"
            found.append(warning(text, "docs/events.md, Refused records, says what each reason means"))
        if settings.clock.mode == "wall":
            found += _history(name, sample)
    seen = [
        f"{topic} {age(facts.now - each.event_time)}"
        for topic, each in samples.items()
        if each.event_time is not None
    ]
    return or_ok(found, f"the newest event of {', '.join(seen)} ago")


def _tail(facts: Facts, place: Place, tail: TailFacts) -> Iterator[Verdict]:
    kafka, name = kafka_of(facts), f"{place[0]}/{place[1]}"
    delete = f"stop all workers, delete the changelog of {place[0]}, start again: the source is read anew"
    if tail.damage:
        yield problem(f"{name}: its changelog holds what no worker wrote: {tail.damage}", delete)
        return
    if tail.state_version is not None and not is_readable(tail.state_version):
        text = f"{name}: state of version {tail.state_version}, this program reads {STATE_VERSION}"
        yield problem(text, f"run the program that wrote it, or {delete}")
    restless = sum(at > facts.now - RESTLESS_MS for at in tail.fences)
    if restless > RESTLESS:
        yield warning(
            f"{name}: {restless} writers within {age(RESTLESS_MS)}",
            "look for two workers with the same --instance, or for one that is killed again and again",
        )
    if tail.late:
        yield warning(
            f"{name}: {tail.late} records of a writer that had lost it, ignored",
            "look for a worker that hangs",
        )
    log = (
        None if isinstance(kafka.logs, Unknown) else kafka.logs.get((source_names(facts)[place[0]], place[1]))
    )
    has_workers = isinstance(kafka.group, GroupFacts) and bool(kafka.group.members)
    if log is None or not has_workers or log.newest_timestamp is None:
        return
    waits = max(tail.written_at or 0, log.newest_timestamp)
    if log.end > max(tail.position or 0, log.begin) and facts.now - waits > NOT_DURABLE_MS:
        text = (
            f"{name}: records up to {log.end} are there, and state is durable only up to {tail.position or 0}"
        )
        yield problem(text, "look at the log of its worker: what keeps it from writing checkpoints")
    yield from _older_epoch(facts, place, tail)


def _older_epoch(facts: Facts, place: Place, tail: TailFacts) -> Iterator[Verdict]:
    """A worker that still publishes although another one has taken its partition."""
    reports = facts.redis.reports if isinstance(facts.redis, RedisFacts) else Unasked("")
    report: StoredReport | None = None if isinstance(reports, Unasked) else reports.get(place)
    if report is not None and report.epoch < tail.epoch:
        writers = f"epoch {report.epoch}, the changelog a newer writer's {tail.epoch}"
        text = f"{place[0]}/{place[1]}: Redis has {writers}"
        yield warning(
            text, "wait a minute; if it stays, look at the worker that owns it: does it reach Redis?"
        )


def _other_configuration(facts: Facts) -> Iterator[Verdict]:
    assert facts.settings is not None
    own = facts.settings.engine().fingerprint
    kafka = kafka_of(facts)
    assert not isinstance(kafka.tails, Unknown)
    other = {each.fingerprint for each in kafka.tails.values() if each.fingerprint} - {own}
    if other:
        yield warning(
            f"state was written under configuration {listed(sorted(other))}, this one is {own}",
            "give all workers the same file; after a change it goes away with the next checkpoints",
        )


def _history(name: str, sample: SampleFacts) -> Iterator[Verdict]:
    if sample.event_time is None or sample.arrived_at is None:
        return
    late = sample.arrived_at - sample.event_time
    if late > HISTORY_MS:
        yield warning(
            f"{name}: the newest event had happened {age(late)} before it arrived",
            'windows end now: for recordings set clock.mode = "event", else look at the producer\'s clock',
        )


def _group_name(facts: Facts) -> str:
    assert facts.settings is not None
    return facts.settings.kafka.group


def _places(places: list[tuple[str, int]]) -> str:
    return listed(f"{topic}/{number}" for topic, number in places)


def _by_topic(places: frozenset[tuple[str, int]], expected: set[tuple[str, int]]) -> str:
    numbers: dict[str, list[str]] = {}
    for topic, number in sorted(places & expected):
        numbers.setdefault(topic, []).append(str(number))
    return ", ".join(f"{topic}/{'+'.join(each)}" for topic, each in numbers.items()) or "nothing"
