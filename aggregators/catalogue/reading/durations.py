"""How the durations of windows are read, each of them as mean, p50, p90, p95 and max."""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.reading.reading import Reading

_GKM: Final = "Gans, Koole, Mandelbaum, Telephone Call Centers, M&SOM 5(2), 2003, introduction"
_MEANS: Final = "Never average means or percentiles of queues: take the roll-up."

DURATION_READINGS: Final[dict[str, Reading]] = {
    "support_window_answer_seconds": Reading(
        example="Answers after 5, 10, 15 and 90 s: mean `(5 + 10 + 15 + 90) / 4 = 30`, p50 10, max 90.",
        trap="Only who was answered: when the impatient give up it gets better. " + _MEANS,
        good="In the best large centres half of the callers do not wait, and the others for seconds "
        f"({_GKM}); else as the threshold of the service level.",
    ),
    "support_window_wait_seconds": Reading(
        example="Answers after 10 and 20 s, one gave up after 60 s: mean `(10 + 20 + 60) / 3 = 30`.",
        trap="Who still waits is not in it: see the longest wait. " + _MEANS,
    ),
    "support_window_abandon_seconds": Reading(
        german="Wartezeit bis zum Auflegen",
        example="Gave up after 3, 45 and 72 s: mean `(3 + 45 + 72) / 3 = 40`.",
        trap="Not the patience of customers: who was answered sooner would have waited longer. " + _MEANS,
    ),
    "support_window_first_response_seconds": Reading(
        example="Replies after 10 min and 50 min: mean `(10 * 60 + 50 * 60) / 2 = 1_800` s.",
        trap="Nights and weekends are in it; the business one leaves them out. An automatic reply is none. "
        + _MEANS,
    ),
    "support_window_next_response_seconds": Reading(
        german="Zeit bis zur Folgeantwort",
        example="Messages at 9:00 and 9:20, a reply at 10:00: from the oldest, `60 * 60 = 3_600` s.",
        trap="A customer who writes three times waits once. Solving without a reply measures nothing. "
        + _MEANS,
    ),
    "support_window_handle_seconds": Reading(
        example="Talk 240 s, hold 30 s, wrap-up 90 s: `240 + 30 + 90 = 360`.",
        trap="Per leg: a call passed on has two. Low is no virtue by itself: who does not listen is "
        "fast, and "
        "customers come again. " + _MEANS,
    ),
    "support_window_talk_seconds": Reading(
        example="300 s from answer to end, 60 s of it on hold: `300 - 60 = 240`.",
        trap="Counted at the end of wrap-up: a long talk that goes on is not in it. " + _MEANS,
    ),
    "support_window_hold_seconds": Reading(
        example="One contact held for 60 s, three not: mean `(60 + 0 + 0 + 0) / 4 = 15`.",
        trap="Zeros are in it: it is not how long a hold lasts. " + _MEANS,
    ),
    "support_window_wrapup_seconds": Reading(
        example="Ends of talk and of wrap-up are 30 s and 90 s apart: mean `(30 + 90) / 2 = 60`.",
        trap="Not the customer's waiting. Where a system ends wrap-up by itself it is that setting. "
        + _MEANS,
    ),
    "support_window_resolution_seconds": Reading(
        example="Solved after 2 h and, reopened, after 50 h: mean `(2 + 50) / 2 * 3_600 = 93_600` s.",
        trap="Each solving counts, always from the creation. Clearing old backlog makes it worse, for a good "
        "reason. " + _MEANS,
    ),
    "support_window_first_response_business_seconds": Reading(
        example="Asked at 17:50, open until 18:00 and from 9:00, reply at 9:20: `(10 + 20) * 60 = 1_800` s.",
        trap="The same as the other one where a queue has no hours. The customer waited all night. " + _MEANS,
    ),
    "support_window_resolution_business_seconds": Reading(
        example="10 business hours, 3 of them pending: `(10 - 3) * 3_600 = 25_200` s.",
        trap="Pending is left out: setting cases to pending makes it short. On hold is in it. " + _MEANS,
    ),
}
