"""The merged view of one moment."""

from msgspec import msgpack

from aggregators.events import Topic
from aggregators.ledger import PartitionLedger
from aggregators.merging import Merging
from aggregators.parts import MomentParts
from exporters.pipeline_status import PartitionStatus
from streams.live_view import LiveView, all_partitions, cases_tracked, watermark_of, watermarks
from tests.building import at, call, configured, event

LIVE_ONE = [PartitionStatus("calls", 0, "live", 1, 0)]


def ledgers(*clocks: str) -> dict[tuple[Topic, int], PartitionLedger]:
    """Return one partition of calls for each clock, in which a call was offered."""
    found: dict[tuple[Topic, int], PartitionLedger] = {}
    for number, clock in enumerate(clocks):
        ledger = PartitionLedger("calls", configured())
        ledger.fold([call("offered", clock, case=f"c{number}", queue="q")], 1)
        found["calls", number] = ledger
    return found


def test_partitions_of_other_processes_are_unowned_here() -> None:
    """Of two partitions this process has one."""
    shown = all_partitions(LIVE_ONE, {"calls": 2})
    assert [(each.partition, each.state, each.is_assigned) for each in shown] == [
        (0, "live", True),
        (1, "unowned", False),
    ]


def test_a_part_is_never_shown_as_the_whole() -> None:
    """While a partition is missing, windows and states are absent."""
    view = LiveView(configured()).at(ledgers("10:00"), all_partitions(LIVE_ONE, {"calls": 2}), at("10:00:05"))
    assert (view.is_complete, view.windows, view.states) == (False, {}, [])


def test_partitions_are_added_before_anything_is_derived() -> None:
    """Two partitions with one offer each: two."""
    partitions = [PartitionStatus("calls", number, "live", 1, 0) for number in range(2)]
    view = LiveView(configured()).at(ledgers("10:00", "10:01"), partitions, at("10:01:05"))
    offered = [sample for sample in view.windows["5m"] if sample.name == "support_all_window_offered"]
    assert [sample.value for sample in offered] == [2]


def test_the_event_clock_stands_at_the_newest_event_of_any_partition() -> None:
    """Whatever the wall clock says; all windows end at the next multiple of ten seconds."""
    view = LiveView(configured({"clock": {"mode": "event"}})).at(ledgers("10:00:03", "10:01:07"), LIVE_ONE, 5)
    assert (view.now, view.window_end) == (at("10:01:07"), at("10:01:10"))


def test_surveys_stand_in_windows_of_their_own_dates() -> None:
    """Answers of two partitions, through what workers publish, are one number; a site's own `1d` stays."""
    configuration = configured({"windows": {"lengths": ["5m", "1d"]}})
    moments = []
    for number, score in enumerate((10, 0, 9)):
        ledger = PartitionLedger("surveys", configuration)
        scale = {"scale_min": 0, "scale_max": 10}
        answer = event(
            "survey.response", "10:00", case=f"r{number}", survey="nps", score=score, queue="q", **scale
        )
        ledger.fold([answer], 1)
        published = msgpack.encode(ledger.moment(at("10:00:05"), at("10:00:10")))
        moments.append(msgpack.decode(published, type=MomentParts))
    merged = Merging().merged(moments)
    view = LiveView(configuration).of(merged, now=at("10:00:05"), watermark=at("10:00"), partitions=LIVE_ONE)
    assert list(view.windows) == ["5m", "1d", "7d", "30d", "90d"]
    values = {sample.name: sample.value for sample in view.windows["1d"] if len(sample.labels) < 2}
    assert values["support_all_window_nps_score"] == 100 / 3
    assert values["support_all_window_requests"] == 0
    assert {sample.name for sample in view.windows["5m"]}.isdisjoint({"support_all_window_nps_score"})


def test_without_an_answer_there_is_no_window_of_surveys() -> None:
    """A site without surveys has no series of them."""
    partitions = [PartitionStatus("calls", 0, "live", 1, 0)]
    view = LiveView(configured()).at(ledgers("10:00"), partitions, at("10:01:05"))
    assert "7d" not in view.windows


def test_customers_of_several_workers_add_up_in_periods_of_their_own() -> None:
    """Three customers, one lost, through what workers publish; of two products one is shown, and no queue."""
    configuration = configured({"site": {"max_queues": 1}, "windows": {"lengths": ["5m"]}})
    moments = []
    for number, product in enumerate(("basic", "basic", "plus")):
        ledger = PartitionLedger("customers", configuration)
        about: dict[str, str] = {"case": f"k{number}", "product": product}
        began = event(
            "customer.subscribed", "2026-02-20T10:00", **about, mrr=1_000, currency="EUR", term_months=1
        )
        ledger.fold([began, event("customer.visited", "10:00", case=f"k{number}")], 2)
        if not number:
            ledger.fold([event("customer.cancelled", "10:00:01", **about)], 3)
        published = msgpack.encode(ledger.moment(at("10:00:05"), at("10:00:10")))
        moments.append(msgpack.decode(published, type=MomentParts))
    merged = Merging().merged(moments)
    live = LiveView(configuration)
    view = live.of(merged, now=at("10:00:05"), watermark=at("10:00:01"), partitions=LIVE_ONE)
    assert list(view.windows) == [
        "5m", "30d", "90d", "180d", "365d", "month", "quarter", "last_month", "last_quarter",
    ]  # fmt: skip
    values = {
        (label, sample.name, *(text for _, text in sample.labels)): sample.value
        for label, samples in view.windows.items()
        for sample in samples
    }
    assert values["month", "support_all_window_churn_ratio"] == 1 / 3
    assert ("30d", "support_all_window_churn_ratio") not in values, "nobody was there thirty dates ago"
    assert values["30d", "support_window_customer_parts", "basic", "new"] == 2
    assert values["last_month", "support_window_customer_parts", "__other__", "at_end"] == 1
    assert values["month", "support_all_window_mrr_churn_ratio"] == 1 / 3
    assert [sample.name for sample in view.states if "lifetime" in sample.name] == []
    assert live.queues_hidden == 0


def test_watermarks_and_cases_by_topic() -> None:
    """The newest event time, and the sum of the cases."""
    found = ledgers("10:00", "10:01")
    assert watermark_of(found) == at("10:01")
    assert watermarks(found) == {"calls": at("10:01")}
    assert cases_tracked(found) == {"calls": 2}
    assert watermark_of({}) is None


def test_queues_beyond_the_bound_count_once_as_hidden() -> None:
    """Three queues, one shown: two hidden, also at the next tick."""
    live = LiveView(configured({"site": {"max_queues": 1}}))
    ledger = PartitionLedger("calls", configured({"site": {"max_queues": 1}}))
    ledger.fold([call("offered", "10:00", case=name, queue=name) for name in "abc"], 3)
    for _ in range(2):
        live.at({("calls", 0): ledger}, LIVE_ONE, at("10:00:05"))
    assert live.queues_hidden == 2
