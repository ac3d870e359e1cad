"""A partition of this worker as others see it: on its own pages, and in what it publishes for the fleet.

Guarantee: a partition that no broker has answered for is stale, however live its state is: an outage must not
look like a quiet day.
Worked: live, last heard of 16 s ago: `stale`.
"""

from __future__ import annotations

from typing import Final

from exporters.pipeline_status import PartitionStatus
from streams.live_view import LIVE
from streams.statistics import PartitionStatus as OwnedPartition

STALE_SECONDS: Final = 15.0
STALE: Final = "stale"


def shown(status: OwnedPartition, now: float) -> PartitionStatus:
    """Return a partition as exporters show it; now: wall clock in seconds."""
    state = status.state.value
    if state == LIVE and status.heard_at is not None and now - status.heard_at > STALE_SECONDS:
        state = STALE
    return PartitionStatus(
        status.topic, status.partition, state, applied=status.applied, lag=status.lag_records
    )
