"""How the log is shared out among the faults."""

from chaos.run import ELIGIBLE_SECONDS, SHARE_WITH_FAULTS, _trickle, goals
from chaos.schedule import Fault, Kind


def fault(kind: Kind, *, is_burst: bool) -> Fault:
    """Return a fault."""
    return Fault(kind, 0.5, 0.0, is_burst, 0.5)


def test_bursts_get_three_times_as_much_and_the_end_is_kept_back() -> None:
    """1 + 3 + 6 shares of 90 %."""
    faults = [
        fault(Kind.KILL, is_burst=False),
        fault(Kind.KILL, is_burst=True),
        fault(Kind.CHECKPOINT, is_burst=True),
    ]
    assert SHARE_WITH_FAULTS == 0.9
    assert goals(faults, 1_000) == [90, 360, 900]


def test_nobody_eats_what_the_next_fault_needs() -> None:
    """A paced fault leaves the next its share, a burst to come keeps half, the last ones divide the rest."""
    paced, burst = fault(Kind.KILL, is_burst=False), fault(Kind.KILL, is_burst=True)
    assert _trickle(paced, 100, [200, 300], 90, 940) == (200, ELIGIBLE_SECONDS)
    assert _trickle(burst, 100, [200, 300], 90, 940) == (100, 2 * ELIGIBLE_SECONDS)
    assert _trickle(burst, 100, [200, 300], 120, 940) == (200, ELIGIBLE_SECONDS)
    assert _trickle(paced, 900, [100, 200], 850, 940) == (940, 3 * ELIGIBLE_SECONDS)
    assert _trickle(paced, 900, [], 850, 940) == (940, ELIGIBLE_SECONDS)
