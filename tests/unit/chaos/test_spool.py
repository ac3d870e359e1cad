"""The log on disk."""

from pathlib import Path

from chaos.event_log import event_log
from chaos.spool import Spool
from streams.partitioning import partition_of


def test_what_was_written_comes_back_in_order(tmp_path: Path) -> None:
    """With the number of records of each partition, which a worker's share is measured by."""
    lines = list(event_log(3, 500))
    spool = Spool(tmp_path / "log.tsv", 4)
    spool.write(lines)
    assert list(spool.records()) == [(line.topic, line.key.encode(), line.value.encode()) for line in lines]
    assert spool.size == spool.totals.total() == 500
    assert spool.newest == max(line.time for line in lines)
    first = lines[0]
    assert spool.totals[first.topic, partition_of(first.key.encode(), 4)] > 0
