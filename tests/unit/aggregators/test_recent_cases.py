"""Cases near the watermark."""

from aggregators.bounds import WARM_CASES
from aggregators.recent_cases import RECENT, RecentCases


def test_only_cases_near_the_watermark_are_noted() -> None:
    """Before the first event everything is near."""
    recent = RecentCases()
    recent.note(5, "a", None)
    recent.note(RECENT, "b", 2 * RECENT)
    recent.note(RECENT + 1, "c", 2 * RECENT)
    assert recent == [(5, "a"), (RECENT + 1, "c")]


def test_a_long_list_is_cut_back_to_the_newest_note_of_each() -> None:
    """One case noted again and again stands there once."""
    recent = RecentCases()
    for moment in range(4 * WARM_CASES + 1):
        recent.note(moment, "a", 0)
    recent.note(RECENT * 2, "b", 0)
    recent.forget(RECENT)
    assert recent == [(4 * WARM_CASES, "a"), (RECENT * 2, "b")]
