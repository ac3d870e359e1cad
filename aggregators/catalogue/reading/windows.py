"""How the metrics of windows are read: counts and ratios; durations are beside it in `durations`.

A key is the name for one queue; the roll-ups over a channel and over everything are read the same way.
"""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.reading.reading import BY_MEANING, Reading

_GKM: Final = "Gans, Koole, Mandelbaum, Telephone Call Centers, M&SOM 5(2), 2003, introduction"
_LEGS: Final = "A visit, not a case: a call that was passed on once has two."

COUNT_READINGS: Final[dict[str, Reading]] = {
    "support_window_requests": Reading(
        example="40 calls, 25 e-mails, 10 chats; 6 calls were passed on: `40 + 25 + 10 = 75`.",
        trap="Blocked calls are not in it, so it falls when lines are full. Transfers add visits, no "
        "requests.",
    ),
    "support_window_offered": Reading(
        german="angebotene Kontakte",
        example="40 calls arrive, 6 are passed on to a second queue: `40 + 6 = 46`.",
        trap=_LEGS + " Outcomes of a window belong partly to visits that began before it.",
    ),
    "support_window_answered": Reading(
        german="angenommene Kontakte",
        example="46 visits, 3 gave up, 1 went to voicemail, 2 still wait: `46 - 3 - 1 - 2 = 40`.",
        trap=_LEGS + " Answered per offered of a short window may pass 1; take the abandonment ratio.",
    ),
    "support_window_abandoned": Reading(
        german="aufgelegte Kontakte",
        example="2 within the first 5 s, 5 later: `2 + 5 = 7`.",
        trap="Short ones are in it. Who went to voicemail is not.",
    ),
    "support_window_short_abandoned": Reading(
        german="Kurzabbrüche",
        example="Waits of 2, 4, 5 and 40 s with a limit of 5 s: `1 + 1 = 2`, exactly 5 s is not short.",
        trap="They are in the abandoned ones already: do not add them.",
    ),
    "support_window_exited": Reading(
        german="ausgeleitete Kontakte",
        example="3 to voicemail, 1 after a time-out: `3 + 1 = 4`.",
        trap="Who leaves by voicemail still wants something; a low abandonment may hide here.",
    ),
    "support_window_transferred": Reading(
        german="Weiterleitungen",
        example="One call goes on twice, another once: `2 + 1 = 3`.",
        trap="It counts where the contact left, not where it went.",
    ),
    "support_window_ring_no_answer": Reading(
        german="nicht angenommene Anrufversuche",
        example="One caller rings at three agents, the third picks up: `3 - 1 = 2`.",
        trap="Attempts, not callers.",
    ),
    "support_window_unanswered": Reading(
        example="50 requests of today, 38 answered, 2 merged into others: `50 - 38 - 2 = 10`.",
        trap="Only requests that arrived in the window; those of yesterday are in the backlog now. It rises "
        "with the hour of the day without anything being wrong.",
    ),
    "support_window_handled": Reading(
        german="bearbeitete Kontakte",
        example="40 answered, 3 talk, 2 in wrap-up: `40 - 3 - 2 = 35`.",
        trap=_LEGS + " Counted at the end of wrap-up, so it lags behind the answers.",
    ),
    "support_window_assigned": Reading(
        german="erstmals übernommene Vorgänge",
        example="15 assignments, 3 of them to a second agent of the same ticket: `15 - 3 = 12`.",
        trap="A second assignment does not count.",
    ),
    "support_window_resolved": Reading(
        german="Lösungen",
        example="20 cases solved, 2 of them again after a reopening: `20 + 2 = 22`.",
        trap="Solvings, not cases: who reopens and solves looks busy.",
    ),
    "support_window_resolved_cases": Reading(
        german="gelöste Vorgänge",
        example="22 solvings, 2 of them not the first of their case: `22 - 2 = 20`.",
        trap="At the first solving; that it did not hold shows in the reopenings.",
    ),
    "support_window_reopened": Reading(
        german="Wiedereröffnungen",
        example="Two cases, one of them twice: `1 + 2 = 3`.",
        trap="From closed to solved is none. Divided by solvings of the same window it mixes two groups.",
    ),
    "support_window_merged": Reading(
        german="zusammengeführte Vorgänge",
        example="Three tickets of one customer become one: `3 - 1 = 2`.",
        trap="Merged cases lose their first response and resolution, also in windows past.",
    ),
    "support_window_deleted": Reading(
        german="gelöschte Vorgänge",
        example="30 tickets, 4 are spam: 30 requests become `30 - 4 = 26`, and 4 are deleted.",
        trap="A deletion changes numbers of the past: that is right.",
    ),
    "support_window_blocked": Reading(
        example="2 without agents, 3 with the queue full: `2 + 3 = 5`.",
        trap="Each attempt counts: one caller who tries five times is five.",
        good=f"0 in the best centres: no caller hears a busy signal ({_GKM}).",
    ),
    "support_window_blocked_ratio": Reading(
        example="5 blocked, 95 requests by telephone: `5 / (5 + 95) = 0.05`.",
        trap="Calls outside the hours (`closed`) count, too. For a queue it needs a queue in the "
        "blocked event.",
        good=f"0 in the best centres: no caller hears a busy signal ({_GKM}).",
    ),
    "support_window_abandonment_ratio": Reading(
        german="Abbruchquote (1 − Annahmequote, wo niemand ausgeleitet wird)",
        example="90 answered, 8 abandoned, 2 to voicemail: `8 / (90 + 8 + 2) = 0.08`.",
        trap="Per visit with an outcome, short ones included; per offered it would depend on who still "
        "waits.",
        good=f"From negligible to 1 or 2 % in the best large centres ({_GKM}).",
    ),
    "support_window_service_level_ratio": Reading(
        example="80 of 100 answered in time, 6 gave up, 2 of them short: `80 / (100 + 6 - 2) = 0.769`.",
        trap="Six formulas exist: compare only the same one (`support_queue_info`). Not the mean of "
        "queues. It "
        "says nothing about how late the late ones were.",
        good="The site's own target; 80 % within 20 s for calls is usual, and no standard (see "
        "`support_service_level_target_ratio`).",
    ),
    "support_window_service_level_live_ratio": Reading(
        example="As before, and 6 people have waited too long already: `80 / (104 + 6) = 0.727`.",
        trap="It may rise again without an answer in time: when those who wait are answered they count once, "
        "not twice. No such number of tickets.",
        good="As the service level; earlier than it, and never above it.",
    ),
    "support_window_service_level_parts": Reading(
        german="Bestandteile des Servicelevels",
        example="answered 100, answered_within 80: by `answered_only` `80 / 100 = 0.8`.",
        trap="The parts overlap (answered_within is in answered): never add all of them.",
    ),
    "support_window_resolution_ratio": Reading(
        example="22 solved for the first time, 20 taken on: `22 / 20 = 1.1`.",
        trap="No share: it may pass 1. A good day may be many easy cases.",
        good=BY_MEANING + "1 or more over a week keeps the backlog from growing.",
    ),
    "support_window_sla_met": Reading(
        german="eingehaltene Zusagen",
        example="19 kept, 1 broken: `19 / (19 + 1) = 0.95` kept.",
        trap="At fulfilment, while a breach counts at its deadline. Solved without a reply is neither.",
    ),
    "support_window_sla_breached": Reading(
        german="verletzte Zusagen",
        example="Deadlines at 10:00 and 11:00 pass: in the window from 10:30 `0 + 1 = 1`.",
        trap="At the deadline, not when somebody answers at last. Exactly at the deadline is kept.",
        good=BY_MEANING + "no more than the target of the promise leaves room for.",
    ),
    "support_window_samples": Reading(
        german="Stichprobengröße",
        example="Means of 30 s of 90 and 90 s of 10 answers: together `(30 * 90 + 90 * 10) / (90 + 10) "
        "= 36`.",
        trap="Means combine by these counts, percentiles do not combine at all: take the roll-up.",
    ),
}
