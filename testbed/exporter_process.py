"""`supportpulse exporter` as a process of its own: the fleet's view, read as that of a worker is.

Guarantee: `wait_until_caught_up` returns when the fleet's view stands for every record of the source topics
and, with the event clock, for the newest event of all.

with ExporterProcess(site) as exporter:
    document = exporter.wait_until_caught_up()
"""

from typing import Any

from testbed.worker_process import CAUGHT_UP_SECONDS, WorkerProcess, applied_of

OWN_PART = "# Above: the fleet"
"""Begins the line at which the page of /metrics goes over from the fleet to the exporter itself."""


class ExporterProcess(WorkerProcess):
    """One exporter of a site; also a context manager that starts and closes it."""

    command = "exporter"

    def fleet_page(self) -> str:
        """Return the part of /metrics that is the same for every exporter; empty without a view."""
        return self.page().partition(OWN_PART)[0]

    def wait_until_caught_up(self, *, seconds: float = CAUGHT_UP_SECONDS) -> dict[str, Any]:
        """Wait as for a worker, and until the newest event is the fleet's now; return the view.

        Raises:
            TimeoutError: it did not get there in time; the message holds the end of its log.
        """
        ends = self.site.end_offsets()
        found: dict[str, Any] = {}

        def is_caught_up() -> bool:
            found.clear()
            found.update(self.live())
            is_newest = self.site.configuration.clock == "wall" or found.get("watermark") in (
                None,
                found.get("now"),
            )
            return bool(found.get("complete")) and is_newest and applied_of(found) == ends

        self.wait_for(is_caught_up, seconds=seconds, what=f"a whole view of {sum(ends.values())}")
        return found
