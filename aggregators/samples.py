"""One value of one series: what derivations give and exporters write.

Guarantee: a sample is finite and its labels are in the catalogue's order; absent numbers have no sample at
all. Labels are shared tuples, so a sample costs one struct of 48 bytes. Seconds and ratios exist only from
here on.
"""

from __future__ import annotations

from msgspec import Struct

Labels = tuple[tuple[str, str], ...]
"""(label, value) pairs in the catalogue's order without `window`, which belongs to the set of samples."""

Value = int | float
"""Counts are integers, durations seconds, ratios 0–1."""


class Sample(Struct, frozen=True, gc=False):
    """One series and its value now; `name` is the exact Prometheus name."""

    name: str
    labels: Labels
    value: Value
