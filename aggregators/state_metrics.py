"""Samples of the state now, and the bound that keeps the number of queues shown in check.

Guarantee: gauges of the state exist for every known (channel, queue) with 0; moments that do not exist are
absent. Beyond `max_queues` the rest are summed under `__other__`, decided here when the merged view is read,
so a queue that becomes busy gets its own name back with all of its history.

Worked: max_queues 2 with `sales` configured and requests tech 9, help 7, lab 7: shown are sales and tech;
help and lab are `__other__`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeVar

from aggregators.catalogue.metric import SCOPE_LABELS, Scope, StateMetric, StateView
from aggregators.catalogue.states import CONTACT_TOPICS, STATE_METRICS
from aggregators.configuration import Configuration
from aggregators.events import DEFAULT_CHANNEL
from aggregators.measures import Parts, Series, add_parts
from aggregators.parts import MomentParts, StateParts
from aggregators.samples import Labels, Sample

OTHER: Final = "__other__"
"""The queue under which those beyond the bound are shown."""

_CONTACT_CHANNELS: Final = (DEFAULT_CHANNEL["calls"], DEFAULT_CHANNEL["chats"])
_LABEL_SETS_CACHED: Final = 32_768
"""Label sets kept: 13 metrics for each of 1,408 places. Beyond the limit they are built again."""

Part = TypeVar("Part")


def state_samples(moment: MomentParts, configuration: Configuration, now: int) -> list[Sample]:
    """Return all gauges of the state at `now` (ms), and the configuration as data.

    moment: the merged parts of that moment.
    """
    samples: list[Sample] = []
    series = sorted({*moment.known, *moment.states})
    nothing = StateParts()
    for channel, queue in series:
        state = moment.states.get((channel, queue), nothing)
        _append(samples, "series", StateView(moment, state, configuration, now, channel, queue))
    channels = {channel for channel, _ in series}.intersection(_CONTACT_CHANNELS)
    channels.update(channel for topic, (channel, _) in moment.served if topic in CONTACT_TOPICS)
    for channel in sorted({*moment.stale, *channels}):
        _append(samples, "channel", StateView(moment, nothing, configuration, now, channel=channel))
    for queue in sorted({*configuration.queues, *(queue for _, queue in series)} - {OTHER}):
        _append(samples, "queue", StateView(moment, nothing, configuration, now, queue=queue))
    _append(samples, "site", StateView(moment, nothing, configuration, now))
    return samples


def hidden_queues(moment: MomentParts, configuration: Configuration) -> frozenset[str]:
    """Return the queues that are shown under `__other__`: those beyond the bound.

    Kept are the configured ones, then those with most requests in the horizon, then the first by name.
    """
    queues = {queue for _, queue in moment.known}
    queues.update(queue for _, queue in moment.states)
    queues.update(queue for rows in moment.windows.values() for _, queue in rows)
    if len(queues | configuration.queues.keys()) <= configuration.max_queues:
        return frozenset()
    ranked = sorted(
        queues | configuration.queues.keys(),
        key=lambda queue: (
            queue not in configuration.queues,
            -moment.requests_in_horizon.get(queue, 0),
            queue,
        ),
    )
    return frozenset(ranked[configuration.max_queues :])


def bounded(moment: MomentParts, configuration: Configuration) -> MomentParts:
    """Return the moment with the queues beyond the bound summed under `__other__`; itself when none is.

    Sums under `__other__` use the site's service-level formula and targets: a queue with settings of its own
    is configured and therefore shown, unless more than `max_queues` are configured.
    """
    hidden = hidden_queues(moment, configuration)
    if not hidden:
        return moment
    requests: dict[str, int] = {}
    for queue, count in moment.requests_in_horizon.items():
        shown = OTHER if queue in hidden else queue
        requests[shown] = requests.get(shown, 0) + count
    return MomentParts(
        windows={window: _merged_rows(rows, hidden) for window, rows in moment.windows.items()},
        states=_merged_states(moment.states, hidden),
        stale=moment.stale,
        agents=moment.agents,
        known={_shown(series, hidden) for series in moment.known},
        served={(topic, _shown(series, hidden)) for topic, series in moment.served},
        requests_in_horizon=requests,
    )


def _shown(series: Series, hidden: frozenset[str]) -> Series:
    return (series[0], OTHER) if series[1] in hidden else series


def _kept(rows: Mapping[Series, Part], hidden: frozenset[str]) -> dict[Series, Part]:
    return {series: row for series, row in rows.items() if series[1] not in hidden and series[1] != OTHER}


def _rest(rows: Mapping[Series, Part], hidden: frozenset[str]) -> Iterable[tuple[Series, Part]]:
    return (
        ((series[0], OTHER), row) for series, row in rows.items() if series[1] in hidden or series[1] == OTHER
    )


def _merged_rows(rows: Mapping[Series, Parts], hidden: frozenset[str]) -> dict[Series, Parts]:
    merged = _kept(rows, hidden)
    for series, parts in _rest(rows, hidden):
        add_parts(merged.setdefault(series, {}), parts)
    return merged


def _merged_states(states: Mapping[Series, StateParts], hidden: frozenset[str]) -> dict[Series, StateParts]:
    merged = _kept(states, hidden)
    for series, state in _rest(states, hidden):
        merged.setdefault(series, StateParts()).add(state)
    return merged


_ROWS: Final[dict[Scope, tuple[StateMetric, ...]]] = {
    scope: tuple(row for row in STATE_METRICS if row.scope == scope) for scope in SCOPE_LABELS
}


@lru_cache(maxsize=_LABEL_SETS_CACHED)
def _label_sets(name: str, place: Labels) -> tuple[Labels, ...]:
    row = next(row for row in STATE_METRICS if row.name == name)
    return tuple((*place, *zip(row.own_labels, own, strict=True)) for own in row.domain)


def _append(samples: list[Sample], scope: Scope, view: StateView) -> None:
    place = tuple((label, value) for label, value in _place(scope, view))
    for row in _ROWS[scope]:
        for value, labels in zip(row.values(view), _label_sets(row.name, place), strict=True):
            if value is not None:
                samples.append(Sample(row.name, labels, value))


def _place(scope: Scope, view: StateView) -> Labels:
    values = {"channel": view.channel, "queue": view.queue}
    return tuple((label, values[label]) for label in SCOPE_LABELS[scope])
