"""The live document: valid JSON with the offsets that its numbers stand for."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregators.samples import Sample
from exporters.live_json import LiveJson, View
from exporters.pipeline_status import PartitionStatus


def view(*samples: Sample, watermark: int | None = 1_000) -> View:
    """Return a view with these samples in the window 5m and one state."""
    return View(
        now=1_500,
        window_end=10_000,
        watermark=watermark,
        is_complete=True,
        partitions=[
            PartitionStatus("calls", 0, "live", 1_200, 40),
            PartitionStatus("calls", 1, "recovering"),
        ],
        windows={"5m": samples, "today": ()},
        states=[Sample("support_agents", (("state", "break"),), 2)],
    )


def offered(queue: str, value: float) -> Sample:
    """Return a sample of a window metric."""
    return Sample("support_window_offered", (("channel", "phone"), ("queue", queue)), value)


def read(document: bytes) -> Any:
    """Return the document as any JSON reader sees it."""
    return json.loads(document)


def test_the_document_is_the_whole_view() -> None:
    """Moments, offsets of every partition, windows by label and the states; nothing else."""
    assert read(LiveJson().render(view(offered("sales", 7)))) == {
        "now": 1_500,
        "window_end": 10_000,
        "watermark": 1_000,
        "complete": True,
        "partitions": [
            {"topic": "calls", "partition": 0, "state": "live", "applied": 1_200, "lag": 40},
            {"topic": "calls", "partition": 1, "state": "recovering", "applied": None, "lag": None},
        ],
        "windows": {
            "5m": [
                {
                    "name": "support_window_offered",
                    "labels": {"channel": "phone", "queue": "sales"},
                    "value": 7,
                }
            ],
            "today": [],
        },
        "states": [{"name": "support_agents", "labels": {"state": "break"}, "value": 2}],
    }


def test_before_the_first_event_there_is_no_watermark() -> None:
    """No data is null, not 0."""
    assert read(LiveJson().render(view(watermark=None)))["watermark"] is None


@given(st.text(), st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)))
def test_any_queue_name_and_value_is_read_back(queue: str, value: float) -> None:
    """Quotes, control characters and other scripts survive; floats are read back bit by bit."""
    entries = read(LiveJson().render(view(offered(queue, value))))["windows"]["5m"]
    assert entries[0]["labels"]["queue"] == queue
    assert entries[0]["value"] == value


def test_a_renderer_shows_each_view_as_a_fresh_one_does() -> None:
    """What is kept between views is only how entries begin."""
    renderer = LiveJson()
    renderer.render(view(offered("sales", 7), offered("lab", 1)))
    assert renderer.render(view(offered("lab", 2))) == LiveJson().render(view(offered("lab", 2)))
