"""All partitions of all source topics that are assigned to this worker: taken, asked for, given up.

Guarantee: it answers Faust's consumer truthfully (`applied`, `durable`), so that what is not live is not read
and what is not durable is not committed; giving up takes all partitions at once, so a rebalance waits as long
as for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

from faust.types import TP

from aggregators.events import Topic
from streams.changelog import ChangelogDamaged, StateMismatch
from streams.partition import SourcePartition
from streams.transport import Batch


class SourcePartitions:
    """The partitions of this worker; implements `streams.faust_private.Ownership`."""

    def __init__(
        self, names: dict[Topic, str], new_partition: Callable[[Topic, int], SourcePartition]
    ) -> None:
        self._names = names
        self._topics = {name: topic for topic, name in names.items()}
        self._new_partition = new_partition
        self._partitions: dict[TP, SourcePartition] = {}
        self._assigned: set[TP] = set()

    def __iter__(self) -> Iterator[tuple[Topic, SourcePartition]]:
        """Yield the assigned partitions with their topics."""
        for place in sorted(self._assigned):
            yield self._topics[place.topic], self._partitions[place]

    def take(self, topic: Topic, numbers: set[int]) -> None:
        """Start to recover partitions that a rebalance assigned; forget those of the topic that left."""
        name = self._names[topic]
        taken = {TP(name, number) for number in numbers}
        for place in [place for place in self._partitions if place.topic == name and place not in taken]:
            del self._partitions[place]
        for place in taken:
            if place not in self._partitions:
                self._partitions[place] = self._new_partition(topic, place.partition)
            self._partitions[place].take()
        self._assigned |= taken

    async def give_up(self, partitions: Iterable[TP]) -> bool:
        """Make the state of partitions durable and let go of them; see `Ownership`."""
        leaving = [place for place in partitions if place in self._assigned]
        self._assigned.difference_update(leaving)
        return all(await asyncio.gather(*(self._partitions[place].give_up() for place in leaving)))

    async def give_up_all(self) -> bool:
        """Give up everything, as before a stop; return whether all of it is durable."""
        return await self.give_up(list(self._assigned))

    async def fold(self, batch: Batch) -> None:
        """Hand a batch to its partition."""
        place = TP(batch.topic, batch.partition)
        if place in self._assigned:
            await self._partitions[place].fold(batch)

    def applied(self, partition: TP) -> int | None:
        """Return the next offset to read of a live partition; see `Ownership`."""
        return self._partitions[partition].applied if partition in self._assigned else None

    def durable(self, partition: TP) -> int | None:
        """Return the offset that may be committed; see `Ownership`."""
        owner = self._partitions.get(partition)
        return None if owner is None else owner.durable

    @property
    def fatal(self) -> StateMismatch | ChangelogDamaged | None:
        """Why trying again cannot help, where a partition found such a reason."""
        for _, partition in self:
            if partition.fatal is not None:
                return partition.fatal
        return None
