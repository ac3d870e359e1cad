"""The measured process of a restart: from the start of the process until everything is recovered and shown.

Guarantee: the seconds begin where the parent says it started this process, so imports are within; ready is
what /readyz says, when every partition stands where the state before had got.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from benchmarks.drain_worker import new_parser, worker_settings
from benchmarks.machine import stay_on_one_core
from benchmarks.results import Report
from benchmarks.usage import LoopWatch, Usage
from streams.service import Service, run_service

POLL_SECONDS: Final = 0.1


class Restart:
    """Watches a service until it is ready with all that it had."""

    def __init__(self, events: int, began: float) -> None:
        self._events = events
        self._began = began
        self.report: Report | None = None

    async def watch(self, service: Service) -> None:
        """Return when the service is ready; it then stops."""
        holds = LoopWatch()
        holds.start()
        while not self._is_ready(service):  # noqa: ASYNC110  # what an orchestrator does with /readyz
            await asyncio.sleep(POLL_SECONDS)
        holds.stop()
        used = replace(Usage.now(), wall=time.monotonic() - self._began)
        cases = sum(len(ledger.cases) for ledger in service.processor.ledgers.values())
        self.report = Report(events=self._events, used=used, hold=holds.longest, counts={"cases": cases})

    def _is_ready(self, service: Service) -> bool:
        applied = sum(status.applied or 0 for status in service.processor.partitions)
        return applied >= self._events and not service.publisher.publication.reasons_not_ready()


def main() -> None:
    """Start with the state of a group and leave the report."""
    parser = new_parser(main.__doc__)
    parser.add_argument("--began", type=float, required=True, help="monotonic clock at the start, in seconds")
    options = parser.parse_args()
    stay_on_one_core(options.core)
    restart = Restart(options.events, options.began)
    with suppress(KeyboardInterrupt):
        run_service(Service(worker_settings(options)), beside=restart.watch)
    if restart.report is not None:
        restart.report.write(options.report)


if __name__ == "__main__":
    main()
