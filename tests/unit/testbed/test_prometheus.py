"""The test Prometheus is a real one: it scrapes, evaluates rules, answers queries, and says what is wrong."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from testbed.processes import free_port, wait_until
from testbed.prometheus import PrometheusServer, PromtoolRefused, QueryFailed
from testbed.prometheus import promtool as run_promtool

PAGE = b"""# HELP probe_depth_meters Depth of the probe.
# TYPE probe_depth_meters gauge
probe_depth_meters{place="lake"} 12.5
probe_depth_meters{place="sea"} 30
"""


class Page(BaseHTTPRequestHandler):
    """Serves one metrics page."""

    def do_GET(self) -> None:
        """Answer every path with the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the inherited name
        """Keep the test's output quiet."""


@pytest.fixture(scope="module")
def page_address() -> Iterator[str]:
    """Give the address of a running metrics page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def prometheus(
    page_address: str, prometheus_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrometheusServer]:
    """Give a Prometheus that scrapes the page and evaluates one rule."""
    rules = tmp_path_factory.mktemp("rules") / "rules.yml"
    rule = {"record": "probe:depth:sum", "expr": "sum(probe_depth_meters)"}
    rules.write_text(json.dumps({"groups": [{"name": "probe", "rules": [rule]}]}), encoding="utf-8")
    assert prometheus_binary.is_file()
    with PrometheusServer([page_address], rule_files=[rules]) as server:
        server.wait_until_scraped()
        yield server


def test_scraped_values_are_found_with_their_labels(prometheus: PrometheusServer) -> None:
    """A selector gives each series once, with its value."""
    samples = prometheus.query("probe_depth_meters")
    assert {sample.labels["place"]: sample.value for sample in samples} == {"lake": 12.5, "sea": 30.0}
    assert prometheus.value('probe_depth_meters{place="sea"}') == 30.0
    assert prometheus.value("probe_depth_feet") is None
    assert prometheus.scrape_errors() == {}


def test_a_range_and_the_values_of_a_label_can_be_asked(prometheus: PrometheusServer) -> None:
    """As a dashboard does, for lines over time and for its variables."""
    found = prometheus.query_range("probe_depth_meters > 20", seconds=60, step_seconds=1)
    assert [labels["place"] for labels in found] == ["sea"]
    assert prometheus.label_values("place", "probe_depth_meters") == ["lake", "sea"]
    assert prometheus.label_values("place", "probe_depth_feet") == []
    with pytest.raises(QueryFailed, match="parse error"):
        prometheus.label_values("place", "probe{")


def test_jobs_have_names(page_address: str, prometheus_binary: Path) -> None:
    """Where they are stated."""
    assert prometheus_binary.is_file()
    with PrometheusServer({"one": [page_address], "two": [page_address]}) as server:
        server.wait_until_scraped()
        assert {sample.labels["job"] for sample in server.query("up")} == {"one", "two"}


def test_rules_are_evaluated(prometheus: PrometheusServer) -> None:
    """The recorded sum appears: 12.5 + 30 = 42.5."""
    wait_until(lambda: prometheus.value("probe:depth:sum") == 42.5, seconds=20, what="the recorded sum")


def test_a_wrong_expression_is_refused_with_its_fault(prometheus: PrometheusServer) -> None:
    """The error is Prometheus' own."""
    with pytest.raises(QueryFailed, match="parse error"):
        prometheus.query("sum(")


def test_a_target_that_is_not_there_is_named(prometheus_binary: Path) -> None:
    """A dead address never counts as scraped."""
    assert prometheus_binary.is_file()
    address = f"127.0.0.1:{free_port()}"
    with PrometheusServer([address]) as server:
        wait_until(lambda: "refused" in server.scrape_errors().get(address, ""), seconds=20, what="the error")
        with pytest.raises(TimeoutError):
            server.wait_until_scraped(seconds=0.1)


def test_promtool_accepts_a_good_page_and_refuses_a_bad_one(promtool: Path) -> None:
    """Lint complaints count as refusals too: a counter must end in _total."""
    assert promtool.is_file()
    run_promtool("check", "metrics", standard_input=PAGE.decode())
    with pytest.raises(PromtoolRefused, match="counter metrics should have"):
        run_promtool("check", "metrics", standard_input="# HELP dives d.\n# TYPE dives counter\ndives 1\n")
