"""How the log is shared out among the faults."""

from chaos.run import SHARE_WITH_FAULTS, goals
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
