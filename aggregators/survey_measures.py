"""The additive measures of surveys: counts of answers and sums of their places on the scale.

Guarantee: every number of surveys comes from these integers. A place on a scale is (score − minimum) /
(maximum − minimum), kept in units of 1 / `WHOLE`: exact for every integer scale of up to 16 steps and those
of 20, 25, 50, 100 and more steps, else rounded to within 7 · 10⁻¹¹ once per answer. A sum of 10⁹ answers fits
into 64 bits.

Worked: 4 on a scale of 1 to 5 is at 3/4 = 5,405,400,000 units.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Literal

Survey = Literal["nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion"]
SURVEYS: Final[tuple[Survey, ...]] = (
    "nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion",
)  # fmt: skip
LIKELIHOODS: Final[tuple[Survey, ...]] = ("recommend", "switch", "repurchase")

WHOLE: Final = 7_207_200_000
"""Units of a whole scale: 10,000 · lcm(1 … 16)."""


class SurveyMeasure(IntEnum):
    """What day rows sum. The numbers follow those of `Count` and are never used for something else."""

    NPS_RESPONSES = 64
    CSAT_RESPONSES = 65
    CES_RESPONSES = 66
    IQS_RESPONSES = 67
    RECOMMEND_RESPONSES = 68
    SWITCH_RESPONSES = 69
    REPURCHASE_RESPONSES = 70
    EMOTION_RESPONSES = 71
    PROMOTERS = 72
    DETRACTORS = 73
    CSAT_POSITIVE = 74
    CSAT_PLACES = 75
    CES_PLACES = 76
    IQS_SHARES = 77
    RECOMMEND_PLACES = 78
    SWITCH_PLACES = 79
    REPURCHASE_PLACES = 80
    EMOTION_POSITIVE = 81
    EMOTION_NEGATIVE = 82


RESPONSES: Final[dict[str, SurveyMeasure]] = {
    survey: SurveyMeasure[f"{survey.upper()}_RESPONSES"] for survey in SURVEYS
}
PLACES: Final[dict[str, SurveyMeasure]] = {
    survey: SurveyMeasure[f"{survey.upper()}_PLACES"] for survey in ("csat", "ces", *LIKELIHOODS)
}
