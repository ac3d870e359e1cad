"""How the counters and histograms of one worker are read."""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.reading.reading import BY_MEANING, Reading

_COUNTER_TRAP: Final = (
    "Begins anew with its worker: use increase() or rate(), then sum over workers. A late event counts "
    "when it "
    "arrives, and what is corrected later stays in."
)
_HISTOGRAM_TRAP: Final = (
    "A quantile is interpolated within its bucket and may be far off; the windows' p90 is within 1 %. "
    "Sum buckets by `le` before histogram_quantile()."
)

TOTAL_READINGS: Final[dict[str, Reading]] = {
    "support_requests_total": Reading(
        german="Anfragen seit Start",
        example="It rose from 1,200 to 1,260 in an hour: `1_260 - 1_200 = 60` requests.",
        trap=_COUNTER_TRAP,
    ),
    "support_offered_total": Reading(
        german="angebotene Kontakte seit Start",
        example="Two workers counted 300 and 200: `300 + 200 = 500`.",
        trap=_COUNTER_TRAP,
    ),
    "support_answered_total": Reading(
        german="angenommene Kontakte seit Start",
        example="It rose from 900 to 990 while 100 were offered: `(990 - 900) / 100 = 0.9`.",
        trap=_COUNTER_TRAP + " Who was offered in one hour may be answered in the next.",
    ),
    "support_abandoned_total": Reading(
        german="aufgelegte Kontakte seit Start",
        example="3 short ones and 7 later: `3 + 7 = 10` gave up.",
        trap=_COUNTER_TRAP + " Both stages together are those who gave up.",
    ),
    "support_exited_total": Reading(
        german="ausgeleitete Kontakte seit Start",
        example="5 to voicemail, 2 by overflow: `5 + 2 = 7`.",
        trap=_COUNTER_TRAP,
    ),
    "support_blocked_total": Reading(
        example="After a restart 4, before it 96: increase() sees `96 + 4 = 100`.",
        trap=_COUNTER_TRAP,
        good=BY_MEANING + "0 outside `closed`.",
    ),
    "support_transferred_total": Reading(
        german="Weiterleitungen seit Start",
        example="40 of 500 answered were passed on: `40 / 500 = 0.08`.",
        trap=_COUNTER_TRAP,
    ),
    "support_resolved_total": Reading(
        german="Lösungen seit Start",
        example="90 cases solved, 6 of them twice: `90 + 6 = 96`.",
        trap=_COUNTER_TRAP + " It counts solvings, not cases.",
    ),
    "support_reopened_total": Reading(
        german="Wiedereröffnungen seit Start",
        example="6 reopenings per 96 solvings: `6 / 96 = 0.0625`.",
        trap=_COUNTER_TRAP,
    ),
    "support_service_level_met_total": Reading(
        example="Over 28 days it rose by 8,200, the eligible ones by 10,000: `8_200 / 10_000 = 0.82`.",
        trap=_COUNTER_TRAP + " Divide by the eligible ones of the same time, never rates of ratios.",
    ),
    "support_service_level_eligible_total": Reading(
        example="100 answered, 10 abandoned, 2 of these short: `100 + 10 - 2 = 108`.",
        trap=_COUNTER_TRAP + " Which contacts are eligible is the queue's formula.",
    ),
    "support_sla_outcomes_total": Reading(
        german="Ausgänge von Zusagen seit Start",
        example="190 met, 10 breached: `190 / (190 + 10) = 0.95` kept.",
        trap=_COUNTER_TRAP + " A promise still running is in neither.",
    ),
    "support_corrections_total": Reading(
        german="Berichtigungen seit Start",
        example="A late event moves one answer into another window: `1 + 0 = 1` contribution taken back.",
        trap="Not an error of the program: the source sent something late or took it back.",
    ),
    "support_answer_seconds": Reading(
        german="Wartezeit (Verteilung)",
        example="Sum 4,500 s of 150 answers: `4_500 / 150 = 30` s on average.",
        trap=_HISTOGRAM_TRAP,
    ),
    "support_handle_seconds": Reading(
        german="Bearbeitungszeit (Verteilung)",
        example="Sum 36,000 s of 100 contacts: `36_000 / 100 = 360` s on average.",
        trap=_HISTOGRAM_TRAP,
    ),
    "support_first_response_seconds": Reading(
        german="Zeit bis zur ersten Antwort (Verteilung)",
        example="80 of 100 lie in the buckets up to 4 h: `80 / 100 = 0.8`.",
        trap=_HISTOGRAM_TRAP,
    ),
    "support_resolution_seconds": Reading(
        german="Lösungszeit (Verteilung)",
        example="60 of 80 lie in the buckets up to 24 h: `60 / 80 = 0.75`.",
        trap=_HISTOGRAM_TRAP + " Beyond 14 d it cannot tell.",
    ),
}
