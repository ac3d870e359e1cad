"""A real Prometheus server that scrapes given addresses every second, and promtool beside it.

with PrometheusServer(["127.0.0.1:9464"]) as prometheus:
    prometheus.wait_until_scraped()
    prometheus.query('support_window_offered{queue="sales"}')
"""

import http
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed.processes import wait_until
from testbed.server import Server

JOB = "supportpulse"
REQUEST_SECONDS = 5
PROMTOOL_SECONDS = 200


class QueryFailed(Exception):
    """Prometheus refused a query; the message is its answer."""


class PromtoolRefused(Exception):
    """Promtool found a fault; the message is what it printed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of a query's answer with its value at the time of the query."""

    labels: Mapping[str, str]
    value: float


class PrometheusServer(Server):
    """One Prometheus server; also a context manager that starts and closes it."""

    def __init__(
        self,
        targets: Sequence[str] | Mapping[str, Sequence[str]],
        *,
        rule_files: Sequence[Path] = (),
        alertmanagers: Sequence[str] = (),
        directory: Path | None = None,
    ) -> None:
        """Choose what is scraped; nothing is started yet.

        Args:
            targets: addresses (host:port) whose `/metrics` is scraped every second, or such of each job.
            rule_files: recording and alerting rules, evaluated every second.
            alertmanagers: addresses (host:port) of those that are told what fires.
            directory: keeps the database; without one a temporary directory that `close` removes.
        """
        super().__init__("Prometheus", directory)
        self._jobs = dict(targets) if isinstance(targets, Mapping) else {JOB: targets}
        self._alertmanagers = list(alertmanagers)
        self._rule_files = [str(file.resolve()) for file in rule_files]

    @property
    def url(self) -> str:
        """The server's base URL."""
        return f"http://{self.address}"

    def answers(self) -> bool:
        """Say whether the server reports itself ready."""
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=REQUEST_SECONDS) as response:
                return bool(response.status == http.HTTPStatus.OK)
        except OSError:
            return False

    def query(self, expression: str, *, at_seconds: float | None = None) -> list[Sample]:
        """Evaluate a PromQL expression that gives an instant vector.

        Args:
            expression: the PromQL text.
            at_seconds: evaluation time in seconds since the epoch; without one the server's present.

        Raises:
            QueryFailed: Prometheus does not accept the expression.
        """
        parameters = {"query": expression} | ({} if at_seconds is None else {"time": str(at_seconds)})
        found = self._get("query", parameters)["result"]
        return [Sample(labels=series["metric"], value=float(series["value"][1])) for series in found]

    def query_range(self, expression: str, *, seconds: float, step_seconds: float) -> list[Mapping[str, str]]:
        """Evaluate a PromQL expression over the last seconds and return the labels of every series found.

        Raises:
            QueryFailed: Prometheus does not accept the expression.
        """
        now = time.time()
        parameters = {
            "query": expression,
            "start": f"{now - seconds}",
            "end": f"{now}",
            "step": f"{step_seconds}",
        }
        return [series["metric"] for series in self._get("query_range", parameters)["result"]]

    def label_values(self, label: str, selector: str) -> list[str]:
        """Return the values that a label has in the series of a selector, sorted.

        Raises:
            QueryFailed: Prometheus does not accept the selector.
        """
        return list(self._get(f"label/{label}/values", {"match[]": selector}))

    def value(self, expression: str) -> float | None:
        """Evaluate an expression that gives at most one series; without a series the answer is None."""
        samples = self.query(expression)
        assert len(samples) <= 1, f"{expression} gives {len(samples)} series"
        return samples[0].value if samples else None

    def scrape_errors(self) -> dict[str, str]:
        """Return the last error of every target that is not up (an empty text: not scraped yet)."""
        targets = self._get("targets", {"state": "active"})["activeTargets"]
        return {
            target["labels"]["instance"]: target["lastError"]
            for target in targets
            if target["health"] != "up"
        }

    def wait_until_scraped(self, *, seconds: float = 20) -> None:
        """Poll until every target has been scraped successfully and its samples can be queried.

        Raises:
            TimeoutError: a target was not up in time; `scrape_errors` says why.
        """
        expected = float(sum(map(len, self._jobs.values())))
        wait_until(lambda: self.value("sum(up)") == expected, seconds=seconds, what="a scrape of all")

    def _get(self, path: str, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401  # the answer is plain JSON
        request = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            raise QueryFailed(error.read().decode("utf-8", "replace")) from error

    def _command(self) -> list[str]:
        configuration = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": self._rule_files,
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": self._alertmanagers}]}]},
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": list(targets)}]}
                for job, targets in self._jobs.items()
            ],
        }
        file = self.directory / "prometheus.yml"
        file.write_text(json.dumps(configuration), encoding="utf-8")  # every JSON document is YAML
        return [
            "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={self.directory / 'data'}",
            f"--web.listen-address={self.address}",
        ]


def promtool(*arguments: str, standard_input: str = "") -> str:
    """Run promtool and return what it printed.

    Args:
        arguments: for example `"check", "metrics"` or `"test", "rules", "file.yml"`.
        standard_input: text for the commands that read one, such as `check metrics`.

    Raises:
        PromtoolRefused: its exit code is not 0 (for `check metrics` also a lint complaint).
        FileNotFoundError: promtool is not installed.
    """
    binary = shutil.which("promtool")
    if binary is None:
        raise FileNotFoundError("promtool")
    done = subprocess.run(
        [binary, *arguments],
        input=standard_input,
        capture_output=True,
        text=True,
        timeout=PROMTOOL_SECONDS,
        check=False,
    )
    printed = done.stdout + done.stderr
    if done.returncode != 0:
        raise PromtoolRefused(printed)
    return printed
