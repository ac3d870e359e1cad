"""The sections `[surveys]` and `[customers]`: what is kept, which definitions hold, what should be reached.

Guarantee: nothing here changes what is stored but `keep_reasons`; definitions and targets are applied when
numbers are read.
Worked: churn_target = 0.03: at most three of a hundred customers may leave within 30 days.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from streams.settings_section import Section
from streams.settings_values import Ratio

Score = Annotated[float, Field(ge=-100, le=100)]
"""A net promoter score."""


class SurveysSection(Section):
    """What is kept of answers to surveys, and what they should reach."""

    keep_reasons: bool = Field(
        default=False,
        description="Whether the words of customers (`reason`) are kept with their answers, in memory and "
        "in the changelog; never in labels or logs.",
        examples=[True],
    )
    nps_target: Score | None = Field(
        default=None, description="NPS to be reached, −100 to 100; none: not compared.", examples=[30]
    )
    csat_target: Ratio | None = Field(
        default=None, description="Share of satisfied customers to be reached.", examples=[0.85]
    )


class CustomersSection(Section):
    """Which of the definitions in use the numbers of customers follow, and what they should reach."""

    churn: Literal["lost", "cohort", "netted"] = Field(
        default="lost",
        description="`lost`: all customers lost in the period. `cohort`: those of them who were customers at "
        "its start. `netted`: lost less new ones, which hides losses.",
        examples=["cohort"],
    )
    returning: Literal["ever", "within"] = Field(
        default="ever",
        description="Who has bought again: `ever`, with an order that is not the first; `within`, with two "
        "orders in the period.",
        examples=["within"],
    )
    lifetime_value: Literal["profit", "revenue"] = Field(
        default="profit",
        description="Lifetime value from `profit` (revenue times `margin`) or from `revenue`.",
        examples=["revenue"],
    )
    margin: Ratio = Field(default=1.0, description="Share of the revenue that is profit.", examples=[0.7])
    churn_target: Ratio | None = Field(
        default=None,
        description="Share of customers that may leave within 30 days; none: no alert.",
        examples=[0.03],
    )
