"""The section `[sla_events]`: whether and when outcomes of SLA targets are announced to others.

The name of their topic is `kafka.topics.sla_events`.
"""

from __future__ import annotations

from pydantic import Field

from streams.settings_section import Section
from streams.settings_values import Duration, PositiveDuration


class SlaEventsSection(Section):
    """Events when a target of a ticket is at risk, breached or met."""

    enabled: bool = Field(
        default=False,
        description="Whether they are written to `kafka.topics.sla_events`, which needs as many partitions "
        "as the topic of tickets.",
        examples=[True],
    )
    at_risk: PositiveDuration = Field(
        default=900_000,
        description="How long before its deadline a target that is not met yet is at risk.",
        examples=["30m"],
    )
    patience: Duration = Field(
        default=10_000,
        description="How long after a deadline a breach is announced that only time tells: a reply of just "
        "before may still be on its way, and the breach would have to be withdrawn.",
        examples=["1m"],
    )
