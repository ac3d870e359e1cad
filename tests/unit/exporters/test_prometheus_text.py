"""The text page: the official parser reads back what went in, promtool has no complaint, bytes are golden."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from aggregators.samples import Labels, Sample
from exporters.histograms import Histogram, histogram_samples
from exporters.prometheus_text import CONTENT_TYPE, Group, PrometheusText
from testbed.prometheus import promtool as run_promtool

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "page.txt"
SALES: Labels = (("channel", "phone"), ("queue", "sales"))
ODD_NAMES = ('say "hi"', "back\\slash", "two\nlines", "Störung – 東京 ☎", "", "\\n", "trailing\\")


def offered(queue: str, count: float) -> Sample:
    """Return a sample of a window metric."""
    return Sample("support_window_offered", (("channel", "phone"), ("queue", queue)), count)


def parsed(page: bytes) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return what the official parser reads, by name and labels; fails on a series that is there twice."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for family in text_string_to_metric_families(page.decode()):
        assert family.documentation
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


def key_of(sample: Sample, **more: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """Return how `parsed` calls a sample."""
    return (sample.name, frozenset({**dict(sample.labels), **more}.items()))


def page_groups() -> list[Group]:
    """Return one of everything: windows, states, counters, a histogram, and metrics without labels."""
    histogram = Histogram((5_000, 20_000), [2, 1, 1], 61_500)
    return [
        ("5m", [offered("sales", 7), offered("lab", 0)]),
        ("1h", [offered("sales", 70), Sample("support_all_window_service_level_ratio", (), 0.4)]),
        (
            None,
            [
                Sample("support_queue_open", (("queue", ODD_NAMES[0]),), 1),
                Sample("support_longest_wait_seconds", SALES, 12.25),
                Sample("support_requests_total", SALES, 3),
                *histogram_samples("support_answer_seconds", SALES, histogram),
                Sample("support_recovering", (), 0),
            ],
        ),
    ]


def test_the_page_is_golden() -> None:
    """Families sorted by name, series by labels, buckets by edge, each family under HELP and TYPE."""
    assert PrometheusText().render(page_groups()).decode() == GOLDEN.read_text(encoding="utf-8")


def test_the_official_parser_reads_back_every_sample() -> None:
    """Nothing is lost, doubled or changed on the way through the text."""
    text = PrometheusText()
    page = text.render(page_groups())
    expected = {
        key_of(sample, **({} if window is None else {"window": window})): float(sample.value)
        for window, samples in page_groups()
        for sample in samples
    }
    assert parsed(page) == expected
    assert text.series == len(expected)


def test_promtool_has_no_complaint(promtool: Path) -> None:
    """`promtool check metrics` accepts the page without a lint message."""
    assert promtool.exists()
    page = PrometheusText().render(page_groups()).decode()
    assert run_promtool("check", "metrics", standard_input=page).strip() == ""


def test_types_are_those_of_the_catalogue() -> None:
    """Windows are gauges, totals counters or histograms."""
    page = PrometheusText().render(page_groups()).decode()
    families = {family.name: family.type for family in text_string_to_metric_families(page)}
    assert families["support_window_offered"] == "gauge"
    assert families["support_requests"] == "counter", "the parser names a counter without _total"
    assert families["support_answer_seconds"] == "histogram"
    assert CONTENT_TYPE.startswith("text/plain; version=0.0.4")


@given(st.lists(st.one_of(st.sampled_from(ODD_NAMES), st.text(max_size=12)), unique=True, max_size=8))
def test_any_queue_name_survives(names: list[str]) -> None:
    """Quotes, backslashes, line ends and other scripts are read back as they were."""
    samples = [offered(name, index) for index, name in enumerate(names)]
    page = PrometheusText().render([("5m", samples)])
    assert parsed(page) == {key_of(sample, window="5m"): sample.value for sample in samples}


def groups_of(counts: Iterable[int]) -> list[Group]:
    """Return windows with one queue for each count; equal counts 0 leave the queue out."""
    return [("5m", [offered(f"q{index}", count) for index, count in enumerate(counts) if count])]


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=6))
def test_bytes_do_not_depend_on_what_was_rendered_before(ticks: list[list[int]]) -> None:
    """Series come, go and change; the last page is that of a renderer that saw only this tick."""
    text = PrometheusText()
    for tick in ticks:
        page = text.render(groups_of(tick))
    assert page == PrometheusText().render(groups_of(ticks[-1]))


@pytest.mark.parametrize(("before", "after"), [(1, 1.0), (1.0, 1)])
def test_a_value_that_changes_its_type_changes_its_text(before: float, after: float) -> None:
    """A wait of 0 that becomes 0.0 is written as a fresh renderer writes it."""
    text = PrometheusText()
    text.render([("5m", [offered("sales", before)])])
    assert text.render([("5m", [offered("sales", after)])]) == PrometheusText().render(
        [("5m", [offered("sales", after)])]
    )


def test_a_second_sample_of_a_series_is_an_error() -> None:
    """Prometheus would keep one of them silently; also when the two came in different groups."""
    with pytest.raises(AssertionError, match="second sample"):
        PrometheusText().render([("5m", [offered("sales", 1), offered("sales", 1)])])
    with pytest.raises(AssertionError, match="second sample"):
        PrometheusText().render([("5m", [offered("sales", 1)]), ("5m", [offered("sales", 2)])])


@pytest.mark.parametrize(
    ("window", "sample"),
    [
        ("5m", Sample("support_window_offered", (("queue", "a"), ("channel", "phone")), 1)),
        ("5m", Sample("support_window_offered", (("channel", "phone"),), 1)),
        (None, offered("sales", 1)),
        ("5m", Sample("support_recovering", (), 1)),
    ],
    ids=["other order", "label missing", "without window", "with window"],
)
def test_labels_other_than_the_catalogues_are_an_error(window: str | None, sample: Sample) -> None:
    """What the catalogue does not describe is not exported; so no series has two spellings."""
    with pytest.raises(AssertionError):
        PrometheusText().render([(window, [sample])])


def test_names_outside_the_catalogue_are_an_error() -> None:
    """A metric without a row has no HELP and no TYPE, so it is refused."""
    with pytest.raises(KeyError):
        PrometheusText().render([(None, [Sample("support_invented", (), 1)])])


def test_lines_out_of_use_are_dropped() -> None:
    """30,000 queues that were shown once do not stay in memory for ever."""
    text = PrometheusText()
    text.render([("5m", [offered(f"q{index}", 1) for index in range(30_000)])])
    text.render([("5m", [offered("sales", 1)])])
    assert sum(len(lines) for lines in text._lines.values()) == 1
    assert text.series == 1
    page = text.render([("5m", [offered("q7", 1)])])
    assert page.count(b"\n") == 3


def test_no_samples_give_an_empty_page() -> None:
    """A family without series has no HELP and TYPE either."""
    text = PrometheusText()
    text.render(page_groups())
    assert text.render([]) == b""
