"""The processes of docker-compose.yml on real servers: an event arrives at every end, dashboards never err.

One stack is asked twice: before anything has happened, and after hours of a simulated centre.
"""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.__main__ import documents
from dashboards.documents import Question, filled_in, questions_of
from dashboards.queries import VIEW_GROUPS, is_additive, metrics_in
from streams.simulation.demand import level
from streams.simulation.plan import SimulationPlan
from testbed.kafka import KafkaBroker
from testbed.processes import LOOPBACK, ServerProcess, accepts_connections, free_port
from testbed.prometheus import PrometheusServer, QueryFailed
from testbed.requirements import require
from testbed.series import total
from testbed.stack import Stack, StackProcess
from testbed.support_site import SupportSite, write_lines
from tests.loyalty import loyal_centre

VALUES = {
    "window": "1h",
    "channel": ".*",
    "queue": ".*",
    "topic": ".*",
    "days": "30d",
    "period": "30d",
    "product": ".*",
}
NARROW = {
    "window": "30m",
    "channel": "(phone|chat)",
    "queue": "sales",
    "topic": "calls",
    "days": "7d",
    "period": "90d",
    "product": "(basic|plus)",
}
RANGE_SECONDS = 120
STEP_SECONDS = 5
QUEUE = "outages"
CONTACTS = 500
SETTLED_SECONDS = 4
"""A page is rendered once a second and scraped once a second; with a second to spare for each."""

WINDOWS = VIEW_GROUPS - {"state now"}
BEGIN_WITH_THE_FIRST = {"surveys", "customers"}
"""Nobody configures their queues and products: before the first event there is not even a 0."""

WITHOUT_NEWS = {
    "sla-and-backlog.json: Next response (mean) A",
    "pipeline.json: Refused in the time shown A",
    "pipeline.json: Partitions without a worker A",
    "pipeline.json: Events later than the horizon A",
    "pipeline.json: Refused, by reason A",
    "pipeline.json: In the wrong partition A",
    "pipeline.json: Promises announced to others, by outcome A",
    "pipeline.json: Announcements that wait, and repeated ones A",
    "pipeline.json: Announcements that wait, and repeated ones B",
}
"""A healthy stack refuses nothing and loses no partition; second answers to a customer are rare; it announces
no promises, which is off in the example."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@dataclass
class Seen:
    """What the fixture saw: answers (series found, or the fault) by question, and an event."""

    empty: dict[str, int | str] = field(default_factory=dict)
    busy: dict[str, int | str] = field(default_factory=dict)
    narrow: dict[str, int | str] = field(default_factory=dict)
    event_at: dict[str, float | None] = field(default_factory=dict)


def answer(prometheus: PrometheusServer, question: Question, values: dict[str, str]) -> int | str:
    """Return how many series a question of a dashboard gives, or what Prometheus says against it."""
    expression = filled_in(question.expression, values)
    try:
        if question.label:
            return len(prometheus.label_values(question.label, expression))
        if question.is_instant:
            return len(prometheus.query(expression))
        return len(prometheus.query_range(expression, seconds=RANGE_SECONDS, step_seconds=STEP_SECONDS))
    except QueryFailed as refused:
        return f"{refused} in {expression}"


def answers(prometheus: PrometheusServer, values: dict[str, str]) -> dict[str, int | str]:
    """Return the answer to every question of every dashboard, by its place."""
    return {
        f"{name}: {question.place}": answer(prometheus, question, values)
        for name, document in documents().items()
        for question in questions_of(document)
    }


@pytest.fixture(scope="module")
def stack(kafka_broker: KafkaBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give topics and the Redis of the compose file, with its password in a file."""
    require("redis")
    folder = tmp_path_factory.mktemp("stack")
    site = SupportSite(kafka_broker.bootstrap, f"stack-{uuid.uuid4().hex[:8]}", folder, partitions=8)
    secret = folder / "redis-password.secret"
    secret.write_text("a-password", encoding="utf-8")
    port = free_port()
    outside = {
        "kafka:19092": kafka_broker.bootstrap,
        "redis:6379": f"{LOOPBACK}:{port}",
        "/run/secrets/redis-password": str(secret),
        "redis-server -": f"redis-server - --port {port} --bind {LOOPBACK} --dir {folder}",
    }
    found = Stack(site, outside)
    redis = ServerProcess("redis", folder / "redis.log")
    redis.spawn(found.command("redis"))
    try:
        redis.wait_until_ready(lambda: accepts_connections(port), seconds=20)
        found.run("topics", "--partitions", "2")
        yield found
    finally:
        redis.terminate(seconds=10)


def one_event(folder: Path) -> Path:
    """Return a file with one call that waits since now in a queue of the example configuration."""
    event = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/pbx",
        "type": "call.offered",
        "subject": "c1",
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "data": {"queue": QUEUE},
    }
    value = json.dumps(event).encode()
    return write_lines(folder / "one.ndjson", [value])


def loyal_customers(folder: Path) -> Path:
    """Return a file with months of customers and surveys up to now."""
    records = loyal_centre(int(time.time() * 1000))
    return write_lines(folder / "loyal.ndjson", [json.dumps(record).encode() for record in records])


def busy_rate() -> float:
    """Return the rate at which the simulated centre has CONTACTS an hour now, be it day or night."""
    now = int(time.time() * 1000)
    return CONTACTS / level(SimulationPlan(seed=1, start=now, duration=None, rate=1.0), now)


def expression_of(place: str) -> str:
    """Return the expression that stands at a place of the wallboard."""
    questions = questions_of(documents()["wallboard.json"])
    (found,) = (each.expression for each in questions if each.place == place)
    return found


def see_the_event(exporter: StackProcess, workers: list[StackProcess], prometheus: PrometheusServer) -> Seen:
    """Wait for the event at the last end, Prometheus; return what every end says of it."""
    seen = Seen()
    waiting = (
        f'min (support_open_cases{{state="awaiting_reply", queue="{QUEUE}", channel="phone"}})'
        " + sum (support_requests_total)"
    )
    exporter.wait_for(lambda: prometheus.value(waiting) == 2, what="the event in Prometheus", seconds=30)
    requests = {"queue": QUEUE, "window": "5m"}
    seen.event_at = {
        "page of the exporter": total(exporter.series(), "support_window_requests", **requests),
        "pages of the workers": sum(total(each.series(), "support_requests_total") for each in workers),
        "live view": float(sum(each["applied"] for each in exporter.live()["partitions"])),
        "Prometheus": prometheus.value(
            f'max (support_window_requests{{queue="{QUEUE}", window="5m", channel="phone"}})'
        ),
        "Prometheus, from workers": prometheus.value("sum (support_requests_total)"),
        "wallboard, waiting": prometheus.value(filled_in(expression_of("Waiting for us A"), VALUES)),
        "wallboard, requests": prometheus.value(filled_in(expression_of("Requests A"), VALUES)),
    }
    return seen


def is_scraped_since(prometheus: PrometheusServer, moment: float) -> bool:
    """Tell whether every page was scraped when it had everything, and then once more: a rate needs two."""
    return (prometheus.value("min (timestamp(up))") or 0) > moment + SETTLED_SECONDS


@pytest.fixture(scope="module")
def seen(stack: Stack, prometheus_binary: Path) -> Iterator[Seen]:
    """Give what the running stack was seen to answer."""
    assert prometheus_binary.is_file()
    site = stack.site
    with ExitStack() as running:
        exporter, *workers = (
            running.enter_context(StackProcess(stack, service))
            for service in ("exporter", "processor-1", "processor-2")
        )
        jobs = {
            "supportpulse": [exporter.address],
            "supportpulse-again": [exporter.address],  # as a second exporter would show the same numbers
            "supportpulse-workers": [each.address for each in workers],
        }
        prometheus = running.enter_context(PrometheusServer(jobs))
        exporter.wait_for(lambda: bool(exporter.live().get("complete")), what="a complete view")
        prometheus.wait_until_scraped()
        exporter.wait_for(lambda: prometheus.value("max (support_view_complete)") == 1, what="its scrape")
        empty = answers(prometheus, VALUES)
        site.replay(one_event(site.directory))
        seen = see_the_event(exporter, workers, prometheus)
        seen.empty = empty
        stack.run("simulator", "--fast", "--duration", "2h", "--rate", f"{busy_rate():.0f}")
        site.replay(loyal_customers(site.directory))
        ends = site.end_offsets()
        exporter.wait_for(lambda: exporter.applied() == ends, what="the simulated hours")
        drained = time.time()
        exporter.wait_for(lambda: is_scraped_since(prometheus, drained), what="their scrapes")
        seen.busy = answers(prometheus, VALUES)
        seen.narrow = answers(prometheus, NARROW)
        yield seen


@pytest.mark.parametrize("centre", ["empty", "busy", "narrow"])
def test_no_question_of_a_dashboard_is_an_error(seen: Seen, centre: str) -> None:
    """Every query of panels and variables has an answer, if only "nothing"."""
    found: dict[str, int | str] = getattr(seen, centre)
    assert len(found) > 100
    assert {place: each for place, each in found.items() if isinstance(each, str)} == {}


def test_an_empty_centre_shows_counts_and_no_ratios(seen: Seen) -> None:
    """Zero is a number; a share, a mean or a percentile of nothing is not."""
    checked = {"counts": 0, "of nothing": 0}
    for name, document in documents().items():
        for question in questions_of(document):
            metric = metrics_in(question.expression)[0]
            found = seen.empty[f"{name}: {question.place}"]
            if metric.group in BEGIN_WITH_THE_FIRST or (metric.group in WINDOWS and not is_additive(metric)):
                assert found == 0, question
                checked["of nothing"] += 1
            elif metric.group in VIEW_GROUPS and is_additive(metric) and "/" not in question.expression:
                assert found != 0, question
                checked["counts"] += 1
    assert min(checked.values()) > 20, checked


def test_a_busy_centre_fills_the_dashboards(seen: Seen) -> None:
    """What is still empty is what did not happen."""
    assert {place for place, found in seen.busy.items() if found == 0} <= WITHOUT_NEWS


def test_an_event_is_seen_at_every_end(seen: Seen) -> None:
    """On the exporter's page and live view, in the workers' totals, by Prometheus from both, and by Grafana.

    The exporter is scraped twice, as two of them would be: dashboards take its numbers once.
    """
    assert seen.event_at == dict.fromkeys(seen.event_at, 1.0)
    assert len(seen.event_at) == 7
