"""Histograms: inclusive edges, cumulative buckets."""

from __future__ import annotations

from exporters.histograms import Histogram, histogram_samples


def test_edges_are_inclusive_and_buckets_cumulative() -> None:
    """5 s count in le="5.0", 5.001 s in le="10.0", 11 s only in +Inf; the sum is 5 + 5 + 5.001 + 11 s."""
    histogram = Histogram((5_000, 10_000))
    histogram.observe(5_000, times=2)
    histogram.observe(5_001)
    histogram.observe(11_000)
    found = [
        (s.name, dict(s.labels), s.value) for s in histogram_samples("wait", (("queue", "q"),), histogram)
    ]
    assert found == [
        ("wait_bucket", {"queue": "q", "le": "5.0"}, 2),
        ("wait_bucket", {"queue": "q", "le": "10.0"}, 3),
        ("wait_bucket", {"queue": "q", "le": "+Inf"}, 4),
        ("wait_sum", {"queue": "q"}, 26.001),
        ("wait_count", {"queue": "q"}, 4),
    ]


def test_two_new_histograms_share_nothing() -> None:
    """Observing in one leaves the other at zero."""
    first, second = Histogram((1,)), Histogram((1,))
    first.observe(1)
    assert second.counts == [0, 0]
