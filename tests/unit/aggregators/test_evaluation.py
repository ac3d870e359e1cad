"""One pass over a complete log."""

from aggregators.evaluation import Evaluation, configured_pairs
from aggregators.measures import Count
from tests.building import at, call, configured, ticket

LOG = [
    call("offered", "10:00:00", queue="q"),
    call("answered", "10:00:30"),
    call("ended", "10:05:00"),
    call("offered", "10:02:00", case="c2", queue="q"),
]


def test_a_window_is_exact_to_the_millisecond() -> None:
    """The answer of 10:00:30.000 is in [.., 10:00:30.001) and not in [.., 10:00:30.000)."""
    evaluation = Evaluation(LOG, configured())
    start = at("10:00:00")
    assert evaluation.window(start, at("10:00:30")).rows["phone", "q"].get(Count.ANSWERED) is None
    assert evaluation.window(start, at("10:00:30") + 1).rows["phone", "q"][Count.ANSWERED] == 1


def test_the_order_of_the_log_does_not_matter() -> None:
    """Backwards gives the same parts."""
    window = (at("10:00"), at("10:10"))
    forth, back = Evaluation(LOG, configured()), Evaluation(LOG[::-1], configured())
    assert forth.window(*window) == back.window(*window)
    assert forth.state(at("10:01")) == back.state(at("10:01"))


def test_a_state_uses_only_events_up_to_its_moment() -> None:
    """At 10:00:10 one waits, at 10:01 it talks, at 10:03 the second one waits."""
    evaluation = Evaluation(LOG, configured())
    states = [
        evaluation.state(at(clock)).states["phone", "q"].open_cases
        for clock in ("10:00:10", "10:01", "10:03")
    ]
    assert states == [[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0]]


def test_unanswered_is_what_had_no_answer_by_the_end_of_the_window() -> None:
    """At 10:00:20 the first call is unanswered, at 10:03 only the second."""
    evaluation = Evaluation(LOG, configured())
    first = evaluation.window(at("10:00"), at("10:00:20")).rows["phone", "q"]
    both = evaluation.window(at("10:00"), at("10:03")).rows["phone", "q"]
    assert (first[Count.UNANSWERED], both[Count.UNANSWERED]) == (1, 1)
    assert both[Count.REQUESTS] == 2


def test_contacts_waiting_beyond_the_threshold_are_overdue_at_the_end() -> None:
    """The second call waits since 10:02:00, T = 20 s."""
    evaluation = Evaluation(LOG, configured())
    assert evaluation.window(at("10:00"), at("10:02:20")).overdue_waits == {}
    assert evaluation.window(at("10:00"), at("10:02:21")).overdue_waits == {("phone", "q"): 1}


def test_one_id_in_two_topics_is_two_cases() -> None:
    """A ticket and a call may share a subject."""
    evaluation = Evaluation([*LOG, ticket("created", "10:00", queue="mail")], configured())
    assert evaluation.known == {("phone", "q"), ("email", "mail")}


def test_configured_pairs_are_known_from_the_start() -> None:
    """Queue and channels as stated."""
    configuration = configured({"queues": [{"name": "vip", "channels": ["phone", "chat"]}]})
    assert configured_pairs(configuration) == {("phone", "vip"), ("chat", "vip")}
