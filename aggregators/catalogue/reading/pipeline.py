"""How the numbers about the processor itself are read."""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.reading.reading import BY_MEANING, Reading

_ZERO: Final = BY_MEANING + "0."

PIPELINE_READINGS: Final[dict[str, Reading]] = {
    "support_build_info": Reading(
        german="Programmversion",
        example="Two workers of one version: `1 + 1 = 2` when counted by version.",
        trap="The value is always 1; two versions at once are a rollout that stopped half-way.",
        good=BY_MEANING + "one version.",
    ),
    "support_events_total": Reading(
        german="gelesene Ereignisse",
        example="990 applied, 8 duplicate, 2 late: `990 + 8 + 2 = 1_000` read.",
        trap="Duplicates are normal where a source sends at least once. Use increase().",
    ),
    "support_dead_letters_total": Reading(
        german="abgewiesene Nachrichten",
        example="3 of broken JSON, 1 of an unknown type: `3 + 1 = 4`.",
        trap="Each is an event that no number contains.",
        good=_ZERO,
    ),
    "support_lag_records": Reading(
        german="ungelesene Nachrichten",
        example="The partition ends at 5,000, folded up to 4,940: `5_000 - 4_940 = 60`.",
        trap="How long it takes to read them depends on the load; ask support_lag_seconds for time.",
        good=BY_MEANING + "0 or a few.",
    ),
    "support_lag_seconds": Reading(
        german="Verzug",
        example="The oldest record not folded was written at 1,000,000, now is 1,000,012: `1_000_012 - "
        "1_000_000 = 12` s.",
        trap="While a source is down there is nothing to read, so it is 0.",
        good=BY_MEANING + "below a few seconds.",
    ),
    "support_watermark_timestamp_seconds": Reading(
        german="Wasserstand",
        example="Now is 1,000,060, the newest event 1,000,000: `1_000_060 - 1_000_000 = 60` s behind.",
        trap="At night it stands still because nothing happens.",
    ),
    "support_partition_assigned": Reading(
        german="zugewiesene Partitionen",
        example="Four partitions, two workers: `2 + 2 = 4` ones.",
        trap="A sum per partition of 0 or 2 over all workers is a fault, the sum of all may hide both.",
        good=BY_MEANING + "1 for each partition, over all workers.",
    ),
    "support_recovering": Reading(
        german="Partitionen in Wiederherstellung",
        example="8 assigned, 6 rebuilt: `8 - 6 = 2`.",
        trap="Numbers that need these partitions are absent meanwhile, not 0.",
        good=_ZERO,
    ),
    "support_event_to_visible_seconds": Reading(
        german="Zeit bis zur Anzeige",
        example="Sum 45 s of 90 events: `45 / 90 = 0.5` s on average.",
        trap="From the record's Kafka timestamp: what the source waited before sending is not in it.",
        good=BY_MEANING + "about a second.",
    ),
    "support_cases_tracked": Reading(
        german="Fälle im Speicher",
        example="500 open and 1,500 within their retention: `500 + 1_500 = 2_000`.",
        trap="Not the open cases: solved ones stay for their retention.",
    ),
    "support_bound_used_ratio": Reading(
        german="Auslastung der Grenzen",
        example="500,000 of two million cases: `500_000 / 2_000_000 = 0.25`.",
        trap="Of the fullest partition; at 1 further cases are refused.",
        good=BY_MEANING + "well below 1.",
    ),
    "support_source_last_event_timestamp_seconds": Reading(
        german="letztes Lebenszeichen je Quelle",
        example="Now is 1,000,300, the last event of a source 1,000,000: `1_000_300 - 1_000_000 = 300` "
        "s silent.",
        trap="Silent at night is no fault; 100 sources at most are shown.",
    ),
    "support_view_complete": Reading(
        german="Ansicht vollständig",
        example="Three of four partitions are live: `min(1, 1, 1, 0) = 0`.",
        trap="At 0 numbers are absent; whoever writes `or vector(0)` makes them wrong.",
        good=BY_MEANING + "1.",
    ),
    "support_misrouted_total": Reading(
        german="fehlgeleitete Nachrichten",
        example="Of 1,000 sampled keys 990 lie where murmur2 puts them: `1_000 - 990 = 10`.",
        trap="A sample, not a total. One is enough: a producer partitions otherwise, and its cases are torn.",
        good=_ZERO,
    ),
    "support_guards_total": Reading(
        german="Eingriffe der Schutzmechanismen",
        example="One fence and three records trimmed after a crash: `1 + 3 = 4`.",
        trap="They are what kept the numbers right, not errors in them. Rising without crashes, look for two "
        "workers with one id.",
    ),
    "support_sla_events_total": Reading(
        german="gemeldete Zusagen",
        example="90 met, 8 at risk of which 3 were breached, 2 withdrawn: `90 + 8 + 3 + 2 = 103`.",
        trap="Announcements, not promises: at risk and breached may be the same one, and a withdrawal adds "
        "one. For counts of promises take the windows.",
    ),
    "support_sla_events_repeated_total": Reading(
        german="doppelt gemeldete Zusagen",
        example="A worker that slept wrote 3 once more: `2 * 3 - 3 = 3` repeated.",
        trap="Not wrong: their ids are the same, and readers drop them. Rising without a crash, two workers "
        "believe that they own a partition.",
        good=BY_MEANING + "0 while nothing crashes.",
    ),
    "support_sla_events_waiting": Reading(
        german="wartende Meldungen",
        example="Two partitions cannot write 4 and 6 announcements: `4 + 6 = 10`.",
        trap="0 while they are on their way for the first time; only what has failed once waits.",
        good=_ZERO,
    ),
    "support_snapshot_age_seconds": Reading(
        german="Alter des Sicherungspunkts",
        example="The last checkpoints are 4 s and 9 s old: `max(4, 9) = 9` s.",
        trap="0 when everything is stored, so it tells nothing about when a quiet partition was last "
        "written.",
        good=BY_MEANING + "near the interval of checkpoints.",
    ),
    "support_redis_up": Reading(
        german="Redis erreichbar",
        example="Two workers, one of them cut off: `min(1, 0) = 0`.",
        trap="Absent without Redis, which is no fault.",
        good=BY_MEANING + "1.",
    ),
    "support_redis_publications_total": Reading(
        german="Veröffentlichungen",
        example="60 ticks of 4 partitions: `60 * 4 = 240` published in a minute.",
        trap="superseded and repeated are normal when partitions move; failed is not.",
        good=BY_MEANING + "no failed ones.",
    ),
    "support_view_age_seconds": Reading(
        german="Alter der Gesamtansicht",
        example="The tick was written at 1,000,000, read at 1,000,001: `1_000_001 - 1_000_000 = 1` s.",
        trap="Only an exporter has it.",
        good=BY_MEANING + "about a second.",
    ),
    "support_fleet_conflicts": Reading(
        german="Widersprüche im Verbund",
        example="One worker has another configuration, none another clock: `1 + 0 = 1`.",
        trap="Above 0 the merged numbers are absent, on purpose.",
        good=_ZERO,
    ),
    "support_series": Reading(
        german="Anzahl der Zeitreihen",
        example="1,000 of windows and 200 of totals: `1_000 + 200 = 1_200`.",
        trap="Absent numbers have no series, so it is lower at night.",
    ),
    "support_series_dropped_total": Reading(
        german="zusammengefasste Warteschlangen",
        example="203 queues, of which 200 are shown: `203 - 200 = 3`.",
        trap="Their numbers are not lost: they are under `__other__`.",
        good=_ZERO,
    ),
}
