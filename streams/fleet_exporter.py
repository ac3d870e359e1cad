"""The pages of an exporter: the fleet's view first, then what this process has of its own.

Guarantee: two exporters that show a tick give the same bytes in /api/v1/live, and in /metrics up to the
line `OWN_PART`; below it stand the pipeline as this exporter sees it and the metrics of its process. Without
a view both pages say so, and no number of the business is there.

Worked: of the tick of second 600 both exporters give the same 300 kB, though one has read it 0.2 s later.
Cost: the fleet's part is rendered once a tick, 90,000 series in 0.07 s. Half of the time is left free: where
a tick takes long, the next one comes later.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from time import monotonic, time
from typing import Final

from aggregators.configuration import Configuration
from aggregators.site_time import window_end
from exporters.live_json import LiveJson, View
from exporters.pipeline_status import PipelineStatus
from exporters.prometheus_text import PrometheusText
from exporters.publication import Publication
from exporters.self_metrics import ProcessMetrics, pipeline_samples, series_sample
from streams.fleet_reading import FleetReading, Store
from streams.live_view import incomplete_view
from streams.program import build_info
from streams.shown_partitions import STALE_SECONDS

POLL_SECONDS: Final = 0.25
PAGE_SECONDS: Final = 1.0
OWN_PART: Final = b"# Above: the fleet, the same bytes from every exporter. Below: this exporter itself.\n"


class FleetExporter:
    """Keeps a publication up to date with what the workers publish."""

    def __init__(
        self,
        store: Store,
        configuration: Configuration,
        *,
        clock: Callable[[], float] = time,
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        """Prepare; clock: wall clock, elapsed: monotonic, both in seconds."""
        self.publication = Publication(clock=elapsed, stale_after_seconds=STALE_SECONDS)
        self.build = build_info()
        self.reading = FleetReading(store, configuration, elapsed)
        self._configuration = configuration
        self._clock = clock
        self._elapsed = elapsed
        self._text, self._own, self._live = PrometheusText(), PrometheusText(), LiveJson()
        self._process = ProcessMetrics()
        self._rendered: tuple[View | None, bytes] = (None, b"")
        self._page: tuple[View | None, bytes] = (None, b"")
        self._page_at = elapsed() - PAGE_SECONDS

    async def run(self) -> None:
        """Read and publish until cancelled."""
        while True:
            began = self._elapsed()
            await self.reading.refresh()
            self.publish()
            await asyncio.sleep(max(POLL_SECONDS, self._elapsed() - began))

    def publish(self) -> None:
        """Publish what is there: the page anew for another view, and else once a second."""
        view = self.reading.view
        if view is not self._page[0] or self._elapsed() - self._page_at >= PAGE_SECONDS:
            self._page_at = self._elapsed()
            self._page = (view, self._whole_page(view))
        document = view or self._incomplete()
        reasons = self.reading.reasons()
        self.publication.update(self._page[1], lambda: self._live.render(document), reasons, document)

    def _whole_page(self, view: View | None) -> bytes:
        if view is not self._rendered[0]:
            text = b"" if view is None else self._text.render([*view.windows.items(), (None, view.states)])
            self._rendered = (view, text)
        own = self._own.render([(None, pipeline_samples(self._status(view)))])
        series = self._own.series + (0 if view is None else self._text.series)
        count = PrometheusText().render([(None, [series_sample(series + 1)])])
        return self._rendered[1] + OWN_PART + own + count + self._process.render()

    def _status(self, view: View | None) -> PipelineStatus:
        reading = self.reading
        return PipelineStatus(
            build=self.build,
            partitions=reading.assessment.partitions,
            is_view_complete=view is not None,
            is_redis_up=reading.is_up,
            view_age_seconds=reading.age,
            conflicts=Counter(conflict.kind for conflict in reading.assessment.conflicts),
            queues_hidden_total=reading.queues_hidden,
        )

    def _incomplete(self) -> View:
        """Return the view of now without numbers: who has which partition."""
        newest = self.reading.newest
        now = int(self._clock() * 1000)
        if newest is not None and self._configuration.clock == "event":
            now = newest.now
        end = window_end(now, self._configuration.resolution)
        watermark = None if newest is None else newest.watermark
        return incomplete_view(now, end, watermark, self.reading.assessment.partitions)
