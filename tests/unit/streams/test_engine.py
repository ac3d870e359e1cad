"""The processor's way to the core."""

from aggregators.ledger import PartitionLedger
from aggregators.restoration import Restoration
from streams.engine import Engine
from testbed.counting_core import plain_configuration


def test_the_standard_engine_is_the_core() -> None:
    """A new ledger stands at 0, and a restoration of nothing does too."""
    engine = Engine.standard()
    ledger = engine.new_ledger("calls", plain_configuration())
    assert isinstance(ledger, PartitionLedger)
    assert ledger.position == 0
    assert isinstance(engine.new_restoration("calls", plain_configuration()), Restoration)
