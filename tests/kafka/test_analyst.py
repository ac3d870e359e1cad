"""docs/readers/analyst.md: a real Prometheus gives every query of the page the answer that the page shows."""

import re
import shlex
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregators.catalogue import metrics
from testbed.kafka import KafkaBroker
from testbed.project_files import PROJECT
from testbed.prometheus import PrometheusServer, Sample
from testbed.support_site import EVENT_CLOCK, PROGRAM, SupportSite
from testbed.worker_process import WorkerProcess

PAGE = (PROJECT / "docs" / "readers" / "analyst.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```promql\n(.*?)^```\n\nAnswer: ([^\n]+)$", PAGE, flags=re.DOTALL | re.MULTILINE)
NOTHING = "nothing"
SOMETHING = "depends on the moment"
SHOWN = re.compile(r"(?:`([^`]*)` )?(-?[0-9]+(?:\.[0-9]+)?)(?:; |$)")
"""One series of an answer: its labels, where there are several, and its value to the digits shown."""

SITE = {**EVENT_CLOCK, "sla": {"first_response": {"clock": "calendar"}}}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def prometheus(
    kafka_broker: KafkaBroker, prometheus_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrometheusServer]:
    """Give a Prometheus that has scraped a worker with the Monday of the page twice."""
    assert prometheus_binary.is_file()
    folder = tmp_path_factory.mktemp("analyst")
    site = SupportSite(
        kafka_broker.bootstrap, f"analyst-{uuid.uuid4().hex[:8]}", folder, partitions=4, configuration=SITE
    )
    (line,) = re.findall(r"^supportpulse (simulate .+)$", PAGE, flags=re.MULTILINE)
    subprocess.run([str(PROGRAM), *shlex.split(line)], cwd=folder, check=True)
    site.create_topics()
    site.replay(folder / "monday.ndjson.gz")
    with WorkerProcess(site) as worker:
        worker.wait_until_caught_up()
        records = sum(site.end_offsets().values())
        with PrometheusServer([worker.address]) as server:
            counted = f"sum(support_events_total) == {records}"
            worker.wait_for(lambda: bool(server.query(counted)), what="a scrape of everything")
            second = f"timestamp(support_lag_seconds) > {server.value('timestamp(support_lag_seconds)')}"
            worker.wait_for(lambda: bool(server.query(second)), what="one scrape more")
            yield server


def shown(labels: str, sample: Sample) -> str:
    """Return the labels of a sample that an answer names, as it writes them."""
    names = re.findall(r'(\w+)="', labels)
    return ",".join(f'{name}="{sample.labels.get(name)}"' for name in names)


def fault(samples: list[Sample], answer: str) -> str | None:
    """Return what is wrong with the answer of the page, None where it is the one given."""
    given = [(dict(sample.labels), sample.value) for sample in samples]
    if answer == SOMETHING:
        return None if samples else "no series"
    if answer == NOTHING:
        return f"{given}" if samples else None
    expected = SHOWN.findall(answer)
    if not expected or len(expected) != len(samples):
        return f"{len(expected)} series shown, given {given}"
    for labels, text in expected:
        digits = len(text.partition(".")[2])
        if not any(
            shown(labels, sample) == labels and f"{sample.value:.{digits}f}" == text for sample in samples
        ):
            return f"{labels} {text} is not among {given}"
    return None


@pytest.mark.parametrize(("query", "answer"), QUERIES, ids=range(len(QUERIES)))
def test_the_answer_is_the_one_shown(prometheus: PrometheusServer, query: str, answer: str) -> None:
    """No error, no unknown metric, and the numbers of the page to their last digit."""
    known = {metric.name for metric in metrics()}
    named = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\bsupport_[a-z_0-9]+", query)}
    assert named
    assert named <= known
    assert fault(prometheus.query(query), answer) is None


def test_the_page_has_ten_questions_and_no_query_without_an_answer() -> None:
    """Each has a query, an answer and a trap."""
    sections = re.split(r"^## (?=\d+\. )", PAGE, flags=re.MULTILINE)[1:]
    assert [section.split(".")[0] for section in sections] == [str(number) for number in range(1, 11)]
    assert all("```promql" in section and "**Trap" in section for section in sections)
    assert len(QUERIES) == PAGE.count("```promql")


@pytest.mark.parametrize(
    ("answer", "value", "is_right"),
    [("0.80", 0.803, True), ("0.81", 0.803, False), (NOTHING, 0.0, False), ('`queue="b"` 1', 1.0, False)],
)
def test_wrong_answers_are_found(answer: str, value: float, *, is_right: bool) -> None:
    """A number of a page is not taken for any number."""
    assert (fault([Sample({"queue": "a"}, value)], answer) is None) == is_right
    assert fault([], SOMETHING) is not None
