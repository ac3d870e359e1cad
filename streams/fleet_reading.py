"""The newest tick of the whole fleet: read from Redis, added, derived; whether it may be shown, or why not.

Guarantee: there is one tick of all partitions, or none: nothing may be shown where a partition says that it
is not live, where workers do not belong together, and where the newest whole tick is older than
`VIEW_SECONDS`. While Redis is away the last view stays until it is too old; its age follows Redis' clock and,
in between, this process' monotonic one.

Worked: worker b is killed at 10:00:00; until 10:00:14 the tick of 09:59:59 is shown and its age grows; then
there is no view, and the reason is "calls/2, calls/5: no worker reports them".
Cost: two round trips for a new tick, one otherwise. 8 partitions with 200 queues in each (90,000 series) take
0.16 s to read and add and 0.3 s to derive, in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Final, Protocol

from aggregators.configuration import Configuration
from exporters.fleet import UNOWNED, Assessment, Fleet, MergedTick
from exporters.fleet_parts import NotReadable, read_parts
from exporters.fleet_store import Place, StoredReport, StoreFailed
from exporters.live_json import View
from exporters.pipeline_status import PartitionStatus
from streams.client_logs import TroubleLog
from streams.live_view import LIVE, LiveView
from streams.shown_partitions import STALE_SECONDS
from streams.wire_names import STATE_VERSION

VIEW_SECONDS: Final = 15.0
NAMES_SHOWN: Final = 20
NOBODY: Final = "no worker has published anything yet; is [redis] the same for workers and exporter?"
_STATE_MEANING: Final = {
    "recovering": "state is being read back",
    "failed": "failed, it is taken anew after a pause",
    "stale": f"no broker has answered its worker for {STALE_SECONDS:.0f} s",
    UNOWNED: "no worker reports them",
}


class Store(Protocol):
    """What is asked of exporters.fleet_store.FleetStore."""

    @property
    def is_worth_asking(self) -> bool:
        """Whether to call at all."""

    async def reports(self) -> tuple[int, dict[Place, StoredReport]]:
        """Return Redis' clock (ms) and every report. Raises StoreFailed."""

    async def parts(self, tick: int, places: Sequence[Place]) -> dict[Place, tuple[int, bytes]]:
        """Return the parts of a tick with the moment they were written (ms). Raises StoreFailed."""


class FleetReading:
    """What this exporter knows of the fleet.

    is_up: whether the last reading succeeded; assessment: what the reports said; newest: the newest whole
    tick.
    """

    def __init__(
        self, store: Store, configuration: Configuration, elapsed: Callable[[], float] = monotonic
    ) -> None:
        """Prepare; elapsed: monotonic seconds."""
        self.is_up = False
        self.assessment = Assessment((), (), frozenset())
        self.newest: MergedTick | None = None
        self._store = store
        self._elapsed = elapsed
        self._fleet = Fleet(configuration.fingerprint, STATE_VERSION, configuration.clock)
        self._live_view = LiveView(configuration)
        self._redis = TroubleLog(elapsed, server="Redis")
        self._conflicts = TroubleLog(elapsed, server="fleet")
        self._view: View | None = None
        self._written = 0.0
        """When the newest whole tick was written, by `elapsed`."""

    @property
    def queues_hidden(self) -> int:
        """How many queues have ever been shown under `__other__` by this process."""
        return self._live_view.queues_hidden

    @property
    def age(self) -> float | None:
        """How old the newest whole tick is in seconds; None before the first."""
        return None if self.newest is None else max(0.0, self._elapsed() - self._written)

    @property
    def now(self) -> int | None:
        """The moment of the newest whole tick (ms); None before the first."""
        return None if self.newest is None else self.newest.now

    @property
    def view(self) -> View | None:
        """The view that may be shown now; None where numbers have to be absent."""
        age = self.age
        if age is None or age > VIEW_SECONDS or self.assessment.conflicts:
            return None
        # Who says that it is not live makes numbers absent at once; who says nothing may just be slow.
        if any(each.state not in (LIVE, UNOWNED) for each in self.assessment.partitions):
            return None
        return self._view

    async def refresh(self) -> None:
        """Read once; takes some seconds at most and does not raise."""
        if not self._store.is_worth_asking:
            return
        try:
            at, stored = await self._store.reports()
            self.assessment = self._fleet.assess(at, stored)
            await self._take_newest(at)
        except StoreFailed as error:
            self.is_up = False
            self._redis.note(str(error))
        except Exception as error:  # noqa: BLE001  # values may be anything: none of them may end the exporter
            self.is_up = False
            self._redis.note(f"{type(error).__name__}: {error}")
        else:
            self.is_up = True
            self._redis.clear()
        for conflict in self.assessment.conflicts:
            self._conflicts.note(conflict.text)

    def reasons(self) -> list[str]:
        """Return why the numbers are not to be relied upon, in the words of an operator."""
        view, age = self.view, self.age
        reasons = [conflict.text for conflict in self.assessment.conflicts]
        if not self.is_up:
            reasons.append(f"Redis: {self._redis.current or 'not asked yet'}")
        if not self.assessment.partitions:
            reasons.append(NOBODY)
        reasons += missing(self.assessment.partitions)
        if view is None and not reasons:
            reasons.append(_no_common_tick(age))
        elif view is not None and reasons:
            reasons.append(f"what is shown is {age:.0f} s old, and absent after {VIEW_SECONDS:.0f} s")
        return reasons

    async def _take_newest(self, at: int) -> None:
        """Take the newest tick of all partitions, unless it is held already or an older one than that."""
        tick, held = max(self.assessment.ticks, default=None), self.newest
        if tick is None or self.assessment.conflicts or not self.assessment.is_owned:
            return
        # A clock that was put back gives older ticks; they count once nothing newer can be shown.
        if held is not None and (tick == held.tick or (tick < held.tick and self.view is not None)):
            return
        places = [(each.topic, each.partition) for each in self.assessment.partitions]
        stored = await self._store.parts(tick, places)
        began = self._elapsed()
        try:
            # In a thread, so that health is answered meanwhile.
            found = await asyncio.to_thread(self._derived, stored)
        except NotReadable as error:
            self._conflicts.note(str(error))
            return
        if found is not None:
            self.newest, self._view = found
            self._written = began - (at - min(seen for seen, _ in stored.values())) / 1000

    def _derived(self, stored: Mapping[Place, tuple[int, bytes]]) -> tuple[MergedTick, View] | None:
        """Return the sum of a tick and its view; None where it is not whole. Raises NotReadable."""
        merged = self._fleet.merge({place: read_parts(parts) for place, (_, parts) in stored.items()})
        if merged is None:
            return None
        view = self._live_view.of(
            merged.moment, now=merged.now, watermark=merged.watermark, partitions=merged.partitions
        )
        return merged, view


def missing(partitions: Sequence[PartitionStatus]) -> list[str]:
    """Return one line for each state that keeps partitions out, with their names."""
    by_state: dict[str, list[str]] = {}
    for each in partitions:
        if each.state != LIVE:
            by_state.setdefault(each.state, []).append(f"{each.topic}/{each.partition}")
    return [
        f"{_listed(names)}: {_STATE_MEANING.get(state, state)}" for state, names in sorted(by_state.items())
    ]


def _listed(names: Sequence[str]) -> str:
    others = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + others


def _no_common_tick(age: float | None) -> str:
    since = "" if age is None else f" for {age:.0f} s"
    return (
        f"there has been no moment{since} that all partitions have published: a worker is busy, or the "
        "clocks of workers differ by seconds"
    )
