"""The catalogue: complete rows, unique names, the contract's names and labels, and the estimate of series."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from aggregators.catalogue import estimated_series, metric_named, metrics
from aggregators.catalogue.states import STATE_METRICS
from aggregators.catalogue.totals import histogram_edges
from aggregators.catalogue.windows import WINDOW_METRICS
from aggregators.configuration import (
    Configuration,
    Formula,
    Horizon,
    QueueConfiguration,
    ServiceLevel,
    SlaTarget,
)
from aggregators.events import CHANNELS, Channel
from aggregators.measures import Distribution
from aggregators.parts import MomentParts, StateParts
from aggregators.state_metrics import state_samples
from aggregators.window_metrics import window_samples

CONTRACT = Path(__file__).resolve().parents[3] / ".." / "shared" / "METRICS.md"


def site(*queues: QueueConfiguration, threshold: int = 20_000) -> Configuration:
    """Return a site with first-response targets of 1 h and 3 h."""
    return Configuration(
        time_zone="UTC",
        window_lengths={"5m": 300_000, "today": None},
        resolution=10_000,
        horizon=Horizon(1, 1, 1),
        retention={},
        max_open={},
        queues={queue.name: queue for queue in queues},
        calendars={},
        service_levels={
            (None, channel, topic): ServiceLevel(threshold, 5_000, 0.8, Formula.EXCLUDING_SHORT)
            for channel in CHANNELS
            for topic in ("calls", "chats")
        },
        sla_targets={
            (None, "first_response"): SlaTarget("calendar", {"urgent": 3_600_000, "low": 10_800_000}, 0.9)
        },
    )


def contract_names() -> set[str]:
    """Return every metric name of the contract from *State now* through *Customers*, in full."""
    if not CONTRACT.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the metric contract is missing: {CONTRACT}")
        pytest.skip("the shared contract folder is not beside the project")
    text = CONTRACT.read_text(encoding="utf-8")
    text = text[text.index("## State now") :]
    names: set[str] = set()
    for line in text.splitlines():
        if line.startswith("## Edge"):
            names.discard("support_window_")
        cell = line.split("|")[1] if line.startswith("|") else line
        whole = ""
        for name in re.findall(r"`(_?[a-z]+_[a-z_]*[a-z])(?:\{[^}]*\})?`", cell):
            if name.startswith("support_"):
                whole = name
                names.add(name)
            elif name.startswith("_") and whole.startswith("support_window_"):
                names.add("support_window" + name)
    return names


def test_every_name_of_the_contract_is_in_the_catalogue() -> None:
    """From *State now* through *Pipeline* no metric is missing."""
    known = {metric.name for metric in metrics()}
    assert contract_names() - known == set()


def test_every_window_metric_is_rolled_up_with_the_labels_that_remain() -> None:
    """A roll-up over queues has no queue, one over everything neither queue nor channel."""
    for row in WINDOW_METRICS:
        own = row.own_labels
        assert metric_named(f"support_window_{row.measure}").labels == ("channel", "queue", "window", *own)
        assert metric_named(f"support_channel_window_{row.measure}").labels == ("channel", "window", *own)
        assert metric_named(f"support_all_window_{row.measure}").labels == ("window", *own)


@pytest.mark.parametrize("metric", metrics(), ids=lambda metric: metric.name)
def test_rows_are_complete_and_well_named(metric: object) -> None:
    """Names follow Prometheus' conventions and a manager finds one sentence of help."""
    from aggregators.catalogue.metric import Metric  # noqa: PLC0415  # for the type alone

    assert isinstance(metric, Metric)
    assert re.fullmatch(r"support_[a-z][a-z0-9_]*", metric.name)
    assert metric.help.endswith(".")
    assert "\n" not in metric.help
    assert metric.definition.endswith(".")
    assert (metric.kind == "counter") == metric.name.endswith("_total")
    assert metric.unit != "ratio" or metric.name.endswith("_ratio")
    assert metric.unit != "seconds" or metric.name.endswith("_seconds")
    assert len(set(metric.labels)) == len(metric.labels)
    assert not {"ticket", "customer", "caller", "agent", "case"}.intersection(metric.labels)


def test_functions_return_one_value_for_each_entry_of_their_domain() -> None:
    """Deriving pairs values and label values strictly, so a missing or surplus value would be an error."""
    assert window_samples({}, {}, [("phone", "q")], site())
    moment = MomentParts(states={("phone", "q"): StateParts()})
    assert state_samples(moment, site(), 0)


def test_samples_carry_the_labels_of_the_catalogue_in_its_order() -> None:
    """Every derived series has exactly the labels that its row names, `window` apart."""
    moment = MomentParts(states={("phone", "q"): StateParts()})
    derived = [*window_samples({}, {}, [("phone", "q")], site()), *state_samples(moment, site(), 0)]
    for sample in derived:
        labels = tuple(label for label in metric_named(sample.name).labels if label != "window")
        assert tuple(label for label, _ in sample.labels) == labels


def test_an_unknown_name_is_an_error() -> None:
    """Asking for a metric that does not exist fails rather than inventing one."""
    with pytest.raises(KeyError):
        metric_named("support_window_nonsense")


def test_every_configured_threshold_is_an_edge_of_its_histogram() -> None:
    """T = 25 s is added between 20 and 30 s, a target of 3 h between 2 and 4 h; 1 h is there already."""
    edges = histogram_edges(site(threshold=25_000))
    assert edges[Distribution.ANSWER][3:6] == (20_000, 25_000, 30_000)
    assert edges[Distribution.HANDLE][3:5] == (20_000, 30_000)
    hours = [edge / 3_600_000 for edge in edges[Distribution.FIRST_RESPONSE]]
    assert hours[4:8] == [1, 2, 3, 4]


def test_the_estimate_covers_what_a_site_in_full_use_has() -> None:
    """Two queues on two channels with everything measured stay below the estimate, and not far below."""
    both: tuple[Channel, ...] = ("phone", "chat")
    configuration = site(QueueConfiguration("a", both), QueueConfiguration("b", both))
    one = site(QueueConfiguration("a", both))
    pair = sum(len(row.domain) for row in WINDOW_METRICS) * 2 + sum(
        len(row.domain) for row in STATE_METRICS if row.scope == "series"
    )
    growth = estimated_series(configuration) - estimated_series(one)
    assert growth > 2 * pair, "each further queue adds its windows, states and totals on both channels"
    assert growth < 3 * pair


def test_a_site_without_queues_is_estimated_by_its_default_channels() -> None:
    """Nothing configured still gives one queue on email, phone and chat."""
    nothing: tuple[Channel, ...] = ("email", "phone", "chat")
    assert estimated_series(site()) == estimated_series(site(QueueConfiguration("none", nothing)))
    assert estimated_series(site()) == estimated_series(site(QueueConfiguration("none")))
