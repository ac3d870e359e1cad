"""How the gauges of the state now are read."""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.reading.reading import BY_MEANING, Reading

_FONOLO: Final = (
    "https://fonolo.com/blog/2014/06/why-8020-is-probably-the-wrong-service-level-for-your-call-center/"
)

STATE_READINGS: Final[dict[str, Reading]] = {
    "support_open_cases": Reading(
        example="12 customers wait for us, 5 cases are in progress, 30 wait for the customer, 3 are on hold: "
        "`12 + 5 + 30 + 3 = 50` open.",
        trap="Only awaiting_reply is work that somebody waits for; the sum of all states is not a "
        "queue. It is "
        "a state: adding it over time means nothing.",
    ),
    "support_backlog_cases": Reading(
        example="Waits of 20 min, 50 min, 2 h and 30 h: `1 + 1 = 2` in lt_1h, one in 1h_4h, one in 1d_3d.",
        trap="The age is that of this wait, not of the case: an old case that was answered today is not old "
        "backlog. Classes exclude each other, so they add up.",
    ),
    "support_longest_wait_seconds": Reading(
        german="längste Wartezeit",
        example="The oldest wait began at 10:00:00, now is 10:03:20: `3 * 60 + 20 = 200` s.",
        trap="One forgotten ticket holds it up for days; read it per channel. Over queues take the maximum, "
        "never the sum.",
    ),
    "support_longest_wait_since_timestamp_seconds": Reading(
        german="wartet seit",
        example="Somebody has waited for 200 s at 1,000,200: `1_000_200 - 200 = 1_000_000`; time() less "
        "it is the age.",
        trap="Absent when nobody waits, so an age computed from it vanishes, too. Over queues the minimum.",
    ),
    "support_sla_at_risk_cases": Reading(
        german="gefährdete Zusagen",
        example="Deadlines in 10, 15 and 40 min: within 15m `1 + 1 = 2`, within 60m `2 + 1 = 3`.",
        trap="60m contains 15m: never add them. Business hours are in the deadline, so on a Friday evening "
        "60 min may end on Monday.",
        good=BY_MEANING + "no more than the team can answer in that time.",
    ),
    "support_sla_breached_open_cases": Reading(
        german="verletzte offene Zusagen",
        example="7 deadlines have passed, 2 of these cases were answered since: `7 - 2 = 5`.",
        trap="A breach that was made good leaves this number, but stays in the broken promises of its "
        "window.",
        good=BY_MEANING + "0.",
    ),
    "support_sla_next_breach_timestamp_seconds": Reading(
        german="nächste Verletzung",
        example="Deadlines 900 s and 3,600 s ahead of 1,000,000: `1_000_000 + min(900, 3_600) = 1_000_900`.",
        trap="Absent when no deadline lies ahead, which is no proof that none was missed.",
    ),
    "support_stale_cases": Reading(
        german="verwaiste Kontakte",
        example="40 calls without an ending, 37 of them heard of within max_open: `40 - 37 = 3`.",
        trap="It is a fault of the source, which loses endings, and not customers who wait.",
        good=BY_MEANING + "0.",
    ),
    "support_agents": Reading(
        german="Mitarbeiter je Status",
        example="Available 4, on_contact 9, wrapup 2, break 3: `4 + 9 + 2 + 3 = 18` signed in.",
        trap="An agent whose offline event was lost remains in the last state. Agents have no queue "
        "here: one "
        "who serves two queues counts once.",
    ),
    "support_queue_open": Reading(
        german="Warteschlange geöffnet",
        example="Two of three queues are within their hours: `1 + 1 + 0 = 2` open.",
        trap="By the calendar, holidays included; whether anybody is there it does not know.",
    ),
    "support_service_level_target_ratio": Reading(
        german="Servicelevel-Ziel",
        example="80 % are written as `80 / 100 = 0.8`.",
        trap="Configuration, not a measurement. A target means nothing without its threshold.",
        good="80 % within 20 s for calls is the most usual target and the default here, and no standard: "
        "nobody knows where it comes from (Fonolo, [Why 80/20 is Probably the Wrong Service Level]"
        f"({_FONOLO}), "
        "2014).",
    ),
    "support_service_level_threshold_seconds": Reading(
        german="Zielzeit",
        example="A third of a minute: `60 / 3 = 20` s.",
        trap="Queues with different thresholds have service levels that cannot be compared.",
        good="20 s for calls goes with the usual target of 80 %, see there.",
    ),
    "support_sla_target_seconds": Reading(
        german="zugesagte Zeit",
        example="4 h for the first response of priority normal: `4 * 60 * 60 = 14_400` s.",
        trap="With a calendar these are business seconds: 8 h may be two days.",
    ),
    "support_queue_info": Reading(
        german="Berechnungsart des Servicelevels",
        example="One formula is in force for each queue: `1 + 0 + 0 + 0 + 0 + 0 = 1`.",
        trap="The value says nothing, the label `formula` does. Only the formula in force has a series.",
    ),
    "support_nps_target_score": Reading(
        german="NPS-Ziel",
        example="Half of a hundred customers would recommend, a fifth would warn: `100 * (0.5 - 0.2) = 30`.",
        trap="Configuration, not a measurement. A target on a scale of 1–5 is not one on 0–10.",
        good="A little above one's own past; the numbers of other trades say nothing about it.",
    ),
    "support_csat_target_ratio": Reading(
        german="CSAT-Ziel",
        example="85 of a hundred are written as `85 / 100 = 0.85`.",
        trap="Configuration, not a measurement. It goes with the share of satisfied customers, not with the "
        "mean.",
        good="A little above one's own past.",
    ),
    "support_churn_target_ratio": Reading(
        german="Abwanderungsziel",
        example="Three of a hundred customers may leave within 30 days: `3 / 100 = 0.03`.",
        trap="Configuration, not a measurement. It is for 30 days: 3 % of them are not 36 % of a year, "
        "because whoever left cannot leave again.",
        good="Below one's own past.",
    ),
    "support_window_end_timestamp_seconds": Reading(
        german="Ende der Zeitfenster",
        example="Now is 1,003 s, windows end at multiples of 10 s: `(1_003 // 10 + 1) * 10 = 1_010`.",
        trap="It lies ahead of now by up to a resolution; the numbers go up to now, of course.",
    ),
}
