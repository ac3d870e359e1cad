"""How full partitions are."""

import pytest

from aggregators.ledger import PartitionLedger
from streams import bound_use as module
from streams.bound_use import bound_use
from tests.building import call, configured


def test_the_fullest_partition_of_a_topic_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of four cases here, none there; customers are cases, too."""
    monkeypatch.setattr(module, "MOST_CASES", 4)
    full, empty = (PartitionLedger("calls", configured()) for _ in range(2))
    full.fold([call("offered", "10:00", case=name, queue="q") for name in "ab"], 2)
    customers = PartitionLedger("customers", configured())
    used = bound_use({("calls", 0): full, ("calls", 1): empty, ("customers", 0): customers})
    assert used["calls", "cases"] == 0.5
    assert set(used) == {(topic, bound) for topic in ("calls", "customers") for bound in ("cases", "series")}
