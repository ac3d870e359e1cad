"""How the metrics of surveys are read."""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.reading.reading import Reading

_BOUND_TRAP: Final = (
    "They tell chance only, not who chose to answer. Two scores with bounds that overlap may still differ."
)

SURVEY_READINGS: Final[dict[str, Reading]] = {
    "support_window_nps_score": Reading(
        german="Weiterempfehlungswert (NPS)",
        example="5 promoters, 2 detractors, 3 others: `100 * (5 - 2) / 10 = 30`.",
        trap="10 answers are noise: look at the bounds. NPS of other scales, and of other countries, is not "
        "comparable.",
        good="The median of more than 400 companies in 28 industries was 16, the best had 75 to more "
        "than 80 (Reichheld, The One Number You Need to Grow, Harvard Business Review 81(12), 2003). Trades "
        "differ more than companies do.",
    ),
    "support_window_nps_score_bound": Reading(
        german="Vertrauensbereich des NPS",
        example="5 promoters and 2 detractors of 10: half the width is "
        "`100 * 1.959964 * sqrt((0.7 - 0.3 ** 2) / 10) = 48.41`.",
        trap=_BOUND_TRAP
        + " Unanimous answers have bounds on the value itself, which looks surer than it is.",
    ),
    "support_window_csat_ratio": Reading(
        german="Zufriedenheitsquote (CSAT)",
        example="Of 40 answers from 1 to 5 there are 20 fives and 14 fours: `(20 + 14) / 40 = 0.85`.",
        trap="Share and mean are both called CSAT: say which. The American Customer Satisfaction Index is "
        "another number altogether.",
    ),
    "support_window_csat_ratio_bound": Reading(
        german="Vertrauensbereich der Zufriedenheitsquote",
        example="34 of 40, the lower bound: `(0.85 + 0.0480 - 1.959964 * sqrt(0.85 * 0.15 / 40 + 0.0480 "
        "/ 80))"
        " / (1 + 0.0960) = 0.709`.",
        trap=_BOUND_TRAP,
    ),
    "support_window_csat_mean": Reading(
        german="mittlere Zufriedenheit (CSAT)",
        example="A 7 on a scale from 1 to 7 and a 3 on one from 1 to 5: "
        "`mean(1 + 4 * (7 - 1) / 6, 1 + 4 * (3 - 1) / 4) = 4`.",
        trap="A mean hides whether all are content or half are furious.",
    ),
    "support_window_ces_mean": Reading(
        german="Kundenaufwand (CES)",
        example="A 2 on a scale from 1 to 7 where low is easy: `1 + 4 * (7 - 2) / (7 - 1) = 4.33`.",
        trap="Elsewhere low is good (effort) or high is good (ease); here 5 is always easy.",
    ),
    "support_window_iqs_ratio": Reading(
        german="interne Qualität (IQS)",
        example="Reviews of 18 and 14 of 20 points: `mean(18 / 20, 14 / 20) = 0.8`.",
        trap="It is what reviewers think and depends on which contacts they pick.",
    ),
    "support_window_iqs_ratio_bound": Reading(
        german="Vertrauensbereich der internen Qualität",
        example="A share of 0.8 of 10 reviews has its middle at "
        "`(0.8 + 3.8415 / 20) / (1 + 3.8415 / 10) = 0.717`, below the share.",
        trap=_BOUND_TRAP,
    ),
    "support_window_likelihood_ratio": Reading(
        german="Weiterempfehlungs-, Wechsel- und Wiederkaufsbereitschaft",
        example="An 8 and a 4 on a scale from 0 to 10: `mean(8 / 10, 4 / 10) = 0.6`.",
        trap="For `switch` low is good. A place on a scale is no probability: 0.6 does not mean that 60 "
        "% will.",
    ),
    "support_window_likelihood_ratio_bound": Reading(
        german="Vertrauensbereich der Bereitschaften",
        example="A mean of 0.6 of 2 answers has its middle at `(0.6 + 3.8415 / 4) / (1 + 3.8415 / 2) = "
        "0.534`.",
        trap=_BOUND_TRAP,
    ),
    "support_window_net_emotion_ratio": Reading(
        german="Stimmungssaldo",
        example="12 positive, 6 negative, 2 neutral: `(12 - 6) / 20 = 0.3`.",
        trap="From −1 to 1: 0 is as many good as bad, not that nobody feels anything.",
    ),
    "support_window_net_emotion_ratio_bound": Reading(
        german="Vertrauensbereich des Stimmungssaldos",
        example="12 positive and 6 negative of 20: half the width is "
        "`1.959964 * sqrt((18 / 20 - 0.3 ** 2) / 20) = 0.394`.",
        trap=_BOUND_TRAP,
    ),
    "support_window_survey_responses": Reading(
        german="Rücklauf",
        example="30 people answer, 4 of them once more in the same wave: `30 + 4 - 4 = 30`.",
        trap="It is no response rate: how many were asked is not known here.",
    ),
}
