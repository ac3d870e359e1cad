"""The log of a run on disk, so that it is made once, counted by partition, and sent in pieces.

Guarantee: `records` come back in the order in which they were written; `totals` says how many records each
partition will hold when everything is sent. Cost: about 230 bytes a record on disk, none in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from chaos.event_log import LogLine
from streams.partitioning import partition_of

Place = tuple[str, int]


class Spool:
    """A file of records. totals: records by (topic, partition); newest: event time in milliseconds."""

    def __init__(self, file: Path, partitions: int) -> None:
        self._file = file
        self._partitions = partitions
        self.totals: Counter[Place] = Counter()
        self.newest = 0
        self.size = 0

    def write(self, lines: Iterable[LogLine]) -> None:
        """Write the whole log."""
        place_of: dict[str, Place] = {}
        with self._file.open("w", encoding="utf-8") as file:
            for line in lines:
                place = place_of.get(line.key)
                if place is None:
                    number = partition_of(line.key.encode(), self._partitions)
                    place = place_of[line.key] = (line.topic, number)
                self.totals[place] += 1
                self.newest = max(self.newest, line.time)
                self.size += 1
                file.write(f"{line.topic}\t{line.key}\t{line.value}\n")

    def records(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Yield topic, key and value of every record."""
        with self._file.open("rb") as file:
            for line in file:
                topic, key, value = line.rstrip(b"\n").split(b"\t", 2)
                yield topic.decode(), key, value
