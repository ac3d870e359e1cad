"""Samples of surveys: every metric of the surveys table per queue and for the whole site.

Guarantee: the site's numbers are computed from summed parts, never by averaging; the result is sorted by
queue and in the catalogue's order. Without any answer there is no sample at all.

Worked: queues with CSAT 1 of 1 and 1 of 3 have 1.0 and 0.333; the site has 2 / 4 = 0.5.
Cost: about 40 µs for a queue that has changed, 1 µs where its sums are the same object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aggregators.catalogue import SURVEY_PREFIXES
from aggregators.catalogue.surveys import SURVEY_METRICS
from aggregators.measures import Parts, Series, add_parts
from aggregators.samples import Labels, Sample

_QUEUE, _SITE = (prefix for prefix, _, _ in SURVEY_PREFIXES)
_NO_PARTS: Final[Parts] = {}


class SurveyDerivation:
    """Derives one window tick after tick; queues that have not changed are not derived again."""

    def __init__(self) -> None:
        self._derived: dict[str, tuple[Parts, list[Sample]]] = {}
        self._site: tuple[list[Parts], list[Sample]] = ([], [])

    def samples(self, rows: Mapping[Series, Parts], queues: Iterable[str]) -> list[Sample]:
        """Return all samples of this tick, without the label `window`.

        rows: sums per ("", queue), which nobody changes afterwards; queues: those that have counts of 0.
        """
        known = {queue: rows.get(("", queue), _NO_PARTS) for queue in sorted(queues)}
        for queue in self._derived.keys() - known:
            del self._derived[queue]
        found: list[Sample] = []
        for queue, parts in known.items():
            derived = self._derived.get(queue)
            if derived is None or (derived[0] is not parts and derived[0] != parts):
                derived = self._derived[queue] = (parts, _samples(parts, _QUEUE, (("queue", queue),)))
            found += derived[1]
        return found + self._site_samples([parts for parts, _ in self._derived.values()])

    def _site_samples(self, addends: list[Parts]) -> list[Sample]:
        before, samples = self._site
        if len(before) != len(addends) or any(
            mine is not theirs for mine, theirs in zip(before, addends, strict=True)
        ):
            total: Parts = {}
            for parts in addends:
                add_parts(total, parts)
            samples = _samples(total, _SITE, ()) if addends else []
            self._site = (addends, samples)
        return samples


def survey_samples(rows: Mapping[Series, Parts], queues: Iterable[str]) -> list[Sample]:
    """Return all samples of one window; arguments as in `SurveyDerivation`."""
    return SurveyDerivation().samples(rows, queues)


def _samples(parts: Parts, prefix: str, place: Labels) -> list[Sample]:
    return [
        Sample(prefix + metric.measure, (*place, *zip(metric.own_labels, own, strict=True)), value)
        for metric in SURVEY_METRICS
        for value, own in zip(metric.values(parts), metric.domain, strict=True)
        if value is not None
    ]
