"""Totals: what the counters and histograms show, and that they never fall."""

from __future__ import annotations

from aggregators.catalogue.totals import histogram_edges
from aggregators.configuration import Configuration
from aggregators.facts import ANSWER, Facts
from aggregators.measures import Count, Series
from aggregators.samples import Value
from aggregators.totals import Totals
from exporters.totals import TotalsExport

SALES: Series = ("phone", "sales")


def totals_of(site: Configuration, *facts: tuple[Series, int, int]) -> Totals:
    """Return totals in which these (series, measure, value) have happened."""
    totals = Totals(histogram_edges(site))
    happened: Facts = [(1, series, int(measure), value, 1) for series, measure, value in facts]
    totals.add(happened, 1)
    return totals


def shown(export: TotalsExport, *totals: Totals) -> dict[str, Value]:
    """Return samples as `name label label …`; fails on a second one of a series."""
    samples = export.samples(totals)
    found = {" ".join([each.name, *(value for _, value in each.labels)]): each.value for each in samples}
    assert len(found) == len(samples)
    return found


def test_counters_show_what_happened(site: Configuration) -> None:
    """3 abandons, 1 of them short, are 1 and 2 by stage; 2 of 4 count as met in the service level."""
    counts = (
        [Count.ANSWERED] * 2 + [Count.ANSWERED_WITHIN] * 2 + [Count.ABANDONED] * 3 + [Count.SHORT_ABANDONED]
    )
    counts += [Count.LEVEL_MET] * 2 + [Count.LEVEL_ELIGIBLE] * 4
    others = [Count.EXITED_VOICEMAIL, Count.BLOCKED_TRUNK, Count.SLA_MET_FIRST_RESPONSE]
    found = shown(TotalsExport(site), totals_of(site, *((SALES, count, 1) for count in counts + others)))
    assert found["support_answered_total phone sales"] == 2
    assert found["support_abandoned_total phone sales short"] == 1
    assert found["support_abandoned_total phone sales queue"] == 2
    assert found["support_service_level_met_total phone sales"] == 2
    assert found["support_service_level_eligible_total phone sales"] == 4
    assert found["support_exited_total phone sales voicemail"] == 1
    assert found["support_exited_total phone sales timeout"] == 0
    assert found["support_blocked_total phone sales trunk"] == 1
    assert found["support_sla_outcomes_total phone sales first_response met"] == 1
    assert found["support_sla_outcomes_total phone sales first_response breached"] == 0
    assert "support_sla_outcomes_total phone sales resolution met" not in found
    assert found["support_corrections_total"] == 0


def test_histograms_of_all_partitions_are_summed(site: Configuration) -> None:
    """Answers after 20 s in one partition and 20.001 s in the other: le=20 holds one, le=30 both."""
    first = totals_of(site, (SALES, ANSWER, 20_000))
    second = totals_of(site, (SALES, ANSWER, 20_001))
    found = shown(TotalsExport(site), first, second)
    assert found["support_answer_seconds_bucket phone sales 15.0"] == 0
    assert found["support_answer_seconds_bucket phone sales 20.0"] == 1
    assert found["support_answer_seconds_bucket phone sales 30.0"] == 2
    assert found["support_answer_seconds_count phone sales"] == 2
    assert found["support_answer_seconds_sum phone sales"] == 40.001


def test_reading_does_not_change_the_totals(site: Configuration) -> None:
    """Two readings of the same totals are equal, though partitions are summed on the way."""
    export, totals = TotalsExport(site), totals_of(site, (SALES, ANSWER, 7), (SALES, Count.OFFERED, 1))
    assert shown(export, totals, totals) == shown(export, totals, totals)
    assert shown(export, totals)["support_offered_total phone sales"] == 1


def test_a_partition_given_up_stays_counted(site: Configuration) -> None:
    """Counters that fell would look like a restart, and rates would count everything again."""
    export = TotalsExport(site)
    kept = totals_of(site, (SALES, Count.OFFERED, 1), (SALES, ANSWER, 1_000))
    other = totals_of(site, (SALES, Count.OFFERED, 1))
    before = shown(export, kept, other)
    export.keep(kept)
    assert shown(export, other) == before


def test_a_queue_keeps_its_name_and_later_ones_are_others(site: Configuration) -> None:
    """With room for three, `sales` (configured), a and b are named; c is other even while sales is idle."""
    export = TotalsExport(site)
    first = totals_of(site, (("phone", "a"), Count.OFFERED, 1), (("phone", "b"), Count.OFFERED, 1))
    assert shown(export, first)["support_offered_total phone b"] == 1
    later = totals_of(site, *((("phone", name), Count.OFFERED, 1) for name in ("d", "c", "b", "sales")))
    found = shown(export, first, later)
    assert found["support_offered_total phone b"] == 2
    assert found["support_offered_total phone sales"] == 1
    assert found["support_offered_total phone __other__"] == 2
    assert "support_offered_total phone c" not in found
