"""What a worker with a real month shows is what Prometheus stores and answers; and it can only be read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.prometheus import PrometheusServer, Sample
from testbed.prometheus import promtool as run_promtool
from testbed.series import BUSINESS, Table, all_of_page, of_page, total
from testbed.worker_process import WorkerProcess

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CALLS = 30_161


@pytest.fixture(scope="module")
def prometheus(drained_january: WorkerProcess, prometheus_binary: Path) -> Iterator[PrometheusServer]:
    """Give a Prometheus that has scraped the worker."""
    assert prometheus_binary.is_file()
    with PrometheusServer([drained_january.address]) as server:
        server.wait_until_scraped(seconds=60)
        yield server


def table_of(samples: list[Sample]) -> Table:
    """Return what Prometheus answered as a table, without the labels of the scrape."""
    return {
        (
            sample.labels["__name__"],
            tuple(
                sorted(
                    (name, value)
                    for name, value in sample.labels.items()
                    if name not in {"__name__", "instance", "job"}
                )
            ),
        ): sample.value
        for sample in samples
    }


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_promtool_and_the_official_parser_accept_the_page(
    drained_january: WorkerProcess, promtool: Path
) -> None:
    """No complaint, every series once, and the content type of the text format."""
    assert promtool.is_file()
    status, text, headers = drained_january.get("/metrics")
    assert (status, headers["Content-Type"]) == (200, CONTENT_TYPE)
    run_promtool("check", "metrics", standard_input=text)
    series = all_of_page(text)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(series) == len(lines) == len({line.rpartition(" ")[0] for line in lines})
    assert len([name for name, _ in series if name in BUSINESS]) > 1_000


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_prometheus_stores_every_number_of_the_page(
    drained_january: WorkerProcess, prometheus: PrometheusServer
) -> None:
    """All windows and states that PromQL answers are those of /metrics, none lost and none doubled."""
    names = "support_window_.*|support_channel_window_.*|support_all_window_.*|support_open_cases"
    stored = table_of(prometheus.query(f'{{__name__=~"{names}"}}'))
    shown = {
        (name, tuple(sorted((*labels, ("window", window))) if window != "state now" else labels)): value
        for window, table in of_page(drained_january.page()).items()
        for (name, labels), value in table.items()
        if "_window_" in name or name == "support_open_cases"
    }
    assert {key: value for key, value in stored.items() if key[0] in BUSINESS} == shown


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_questions_in_promql_are_answered(prometheus: PrometheusServer) -> None:
    """Sums over queues are the roll-up, totals count the month, and the view is complete."""
    for window in ("today", "1h"):
        summed = prometheus.value(f'sum(support_window_offered{{window="{window}"}})')
        assert summed == prometheus.value(f'support_all_window_offered{{window="{window}"}}')
    assert prometheus.value('sum(support_window_offered{window="today"})') > 0
    assert prometheus.value("sum(support_requests_total)") == CALLS
    assert prometheus.value("support_view_complete") == 1
    assert prometheus.value("sum(support_lag_records)") == 0
    assert prometheus.value('sum(support_cases_tracked{topic="calls"})') > 0


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_totals_are_the_whole_month(drained_january: WorkerProcess, january_file: Path) -> None:
    """The counters of a worker that drained everything are what happened since the first event."""
    table = all_of_page(drained_january.page())
    assert total(table, "support_events_total", topic="calls", result="applied") == 114_442
    assert total(table, "support_events_total") == 114_442
    assert total(table, "support_requests_total") == CALLS
    assert total(table, "support_answered_total") + total(table, "support_abandoned_total") <= total(
        table, "support_offered_total"
    )
    assert total(table, "support_handle_seconds_count") == total(table, "support_answer_seconds_count")
    assert january_file.is_file()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_everything_is_read_only_and_says_what_it_is(drained_january: WorkerProcess) -> None:
    """405 for whatever would change something; version, health and readiness as JSON."""
    for path in ("/metrics", "/livez", "/readyz", "/version", "/api/v1/live", "/"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            status, _, headers = drained_january.get(path, method=method)
            assert (status, headers["Allow"]) == (405, "GET, HEAD"), f"{method} {path}"
        assert drained_january.get(path, method="HEAD")[0] == 200
    _, body, _ = drained_january.get("/version")
    assert json.loads(body)["name"] == "supportpulse"
    build = {key for key in drained_january.series() if key[0] == "support_build_info"}
    assert [dict(labels)["version"] for _, labels in build] == [json.loads(body)["version"]]
    assert drained_january.get("/livez")[0] == 200
    assert drained_january.reasons_not_ready() == []
    assert drained_january.get("/nowhere")[0] == 404
