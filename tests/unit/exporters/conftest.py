"""What tests of exporters share: a site in small."""

from __future__ import annotations

import pytest

from aggregators.configuration import (
    Configuration,
    Formula,
    Horizon,
    QueueConfiguration,
    ServiceLevel,
    SlaTarget,
)
from aggregators.events import CHANNELS


@pytest.fixture
def site() -> Configuration:
    """Give a site with the queue `sales`, room for two more, T = 20 s and first-response targets."""
    return Configuration(
        time_zone="UTC",
        window_lengths={"5m": 300_000, "today": None},
        resolution=10_000,
        horizon=Horizon(1, 1, 1),
        retention={},
        max_open={},
        queues={"sales": QueueConfiguration("sales", ("phone",))},
        calendars={},
        service_levels={
            (None, channel, topic): ServiceLevel(20_000, 5_000, 0.8, Formula.EXCLUDING_SHORT)
            for channel in CHANNELS
            for topic in ("calls", "chats")
        },
        sla_targets={(None, "first_response"): SlaTarget("calendar", {"urgent": 3_600_000}, 0.9)},
        max_queues=3,
    )
