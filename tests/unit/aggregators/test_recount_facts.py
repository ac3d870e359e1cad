"""What the recount calls a hit."""

from aggregators.recount_facts import within
from aggregators.recount_settings import ServiceLevel


def test_a_wait_of_exactly_the_threshold_is_a_hit() -> None:
    """20 s is within 20 s, one millisecond more is not."""
    level = ServiceLevel(threshold=20_000, short_abandon=5000, target=0.8, formula="excluding_short")
    assert [within(wait, level) for wait in (0, 20_000, 20_001)] == [True, True, False]
