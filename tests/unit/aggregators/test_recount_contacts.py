"""The recount's rules for calls and chats, one sentence of METRICS.md per test; seconds after 10 o'clock."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregators.recount import recount

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
SERVICE_LEVEL = {"service_level": {"phone": {"threshold": "20s", "short_abandon": "5s"}}}


def at(second: float) -> int:
    """Return milliseconds since the epoch of a second after 10 o'clock."""
    return round((START.timestamp() + second) * 1000)


class Log:
    """Calls or chats told in lines (or parts, ` / `) like `12 call.answered leg=2`: second, type, fields."""

    def __init__(self, text: str, configuration: dict[str, Any] | None = None) -> None:
        self.configuration = configuration or {}
        self.lines = []
        for number, line in enumerate(text.replace(" / ", "\n").strip().splitlines()):
            second, kind, *words = line.split()
            data: dict[str, Any] = dict(word.split("=") for word in words)
            event = {
                "specversion": "1.0",
                "id": data.pop("id", f"e{number}"),
                "source": "/s",
                "type": kind,
                "subject": data.pop("subject", "c"),
                "time": (START + timedelta(seconds=float(second))).isoformat(),
                "data": data,
            }
            self.lines.append(json.dumps(event))
        self.channel = "chat" if "chat." in text else "phone"

    def window(self, name: str, start: float = -1000, end: float = 10_000, **labels: str) -> Any:
        """Return one value of a window; queue `q` unless stated, in labels as Prometheus has them."""
        report = recount(self.lines, self.configuration, [(at(start), at(end))], [])
        assert report["refused"] == []
        return self._value(report["windows"][0], f"support_window_{name}", labels)

    def windows(self, *names: str, **labels: str) -> list[Any]:
        """Return several values of one window."""
        return [self.window(name, -1000, 10_000, **labels) for name in names]

    def mean(self, measure: str, **labels: str) -> Any:
        """Return the mean of a duration in seconds, or None without a sample."""
        return self.window(f"{measure}_seconds", -1000, 10_000, stat="mean", **labels)

    def gauge(self, name: str, second: float, **labels: str) -> Any:
        """Return one value of the state at a second."""
        report = recount(self.lines, self.configuration, [], [at(second)])
        return self._value(report["states"][0], f"support_{name}", labels)

    def states(self, second: float, queue: str = "q") -> list[str]:
        """Return the states in which the queue has cases."""
        names = ("awaiting_reply", "in_progress", "awaiting_customer", "on_hold")
        return [name for name in names if self.gauge("open_cases", second, queue=queue, state=name)]

    def _value(self, part: dict[str, Any], name: str, labels: dict[str, str]) -> Any:
        wanted = {"channel": self.channel, "queue": "q", **labels}
        found = (one["value"] for one in part["metrics"] if (one["name"], one["labels"]) == (name, wanted))
        return next(found, None)


def test_an_outcome_dated_before_its_offer_is_a_wait_of_0_at_the_offer() -> None:
    """Answered at second 5, offered at 8: answered at 8 after 0 s; no state before."""
    log = Log("5 call.answered\n8 call.offered queue=q\n20 call.ended\n30 call.wrapup_ended")
    assert log.window("answered", 8, 9) == 1
    assert log.mean("answer") == 0
    assert log.mean("handle") == 22
    assert (log.states(6), log.states(9)) == ([], ["in_progress"])


def test_a_leg_without_an_offer_counts_nothing() -> None:
    """Transfers, rings and holds are ignored, the outcome waits for the offer."""
    log = Log(
        "5 call.ring_no_answer queue=q / 6 call.answered"
        " / 7 call.hold / 9 call.transferred / 10 call.wrapup_ended"
    )
    assert log.windows("offered", "answered", "ring_no_answer", "transferred", "handled") == [0, 0, 0, 0, 0]


def test_the_first_offer_answer_and_outcome_of_a_leg_stand() -> None:
    """A second offer, answer and an abandon after it change nothing."""
    log = Log(
        "0 call.offered queue=q\n5 call.offered queue=z\n9 call.answered\n11 call.answered\n12 call.abandoned"
    )
    assert log.windows("offered", "answered", "abandoned") == [1, 1, 0]
    assert log.mean("answer") == 9


def test_a_leg_that_ends_while_waiting_is_an_abandon() -> None:
    """And what comes after an abandon is ignored."""
    log = Log(
        "0 call.offered queue=q\n4 call.ended\n6 call.answered\n7 call.ring_no_answer\n8 call.transferred"
    )
    counts = ("abandoned", "short_abandoned", "answered", "ring_no_answer", "transferred", "exited")
    assert log.windows(*counts) == [1, 1, 0, 0, 0, 0]


def test_transferred_while_waiting_is_a_transfer_and_an_exit() -> None:
    """A second transfer is ignored."""
    log = Log("0 call.offered queue=q\n30 call.transferred to_queue=z\n31 call.transferred to_queue=z")
    assert log.windows("transferred", "exited", "answered", "abandoned") == [1, 1, 0, 0]
    assert log.window("abandonment_ratio") == 0


def test_rings_count_before_the_answer_only() -> None:
    """Two attempts, then the answer, then a stray ring."""
    log = Log(
        "0 call.offered queue=q / 3 call.ring_no_answer"
        " / 6 call.ring_no_answer / 9 call.answered / 10 call.ring_no_answer"
    )
    assert log.window("ring_no_answer") == 2


def test_a_wrapup_end_without_an_end_ends_talk_and_hold() -> None:
    """Answered 10, hold from 40 on, wrap-up ended 100: talk 30, hold 60, wrap-up 0."""
    log = Log(
        "0 call.offered queue=q / 1 call.hold / 10 call.answered"
        " / 40 call.hold / 50 call.hold / 100 call.wrapup_ended"
    )
    assert [log.mean(part) for part in ("talk", "hold", "wrapup", "handle")] == [30, 60, 0, 90]


def test_mean_hold_is_over_all_handled_legs() -> None:
    """One leg held 20 s, one never: mean 10 s of two samples."""
    other = (
        "0 call.offered queue=q subject=d / 1 call.answered subject=d"
        " / 9 call.ended subject=d / 9 call.wrapup_ended subject=d"
    )
    log = Log(
        "0 call.offered queue=q / 1 call.answered / 2 call.hold"
        " / 22 call.unhold / 30 call.ended / 30 call.wrapup_ended\n" + other
    )
    assert (log.mean("hold"), log.window("samples", measure="hold")) == (10, 2)


def test_two_legs_are_one_case() -> None:
    """Waiting: the one that has waited longest. Waiting and talking: waiting. Talking: the last answered."""
    log = Log("""
        0 call.offered queue=q
        5 call.offered queue=z leg=2
        20 call.answered
        30 call.answered leg=2
        40 call.ended leg=2
        50 call.ended
    """)
    assert (log.states(10), log.states(10, "z")) == (["awaiting_reply"], [])
    assert (log.states(20), log.states(20, "z")) == ([], ["awaiting_reply"])
    assert (log.states(30), log.states(30, "z")) == ([], ["in_progress"])
    assert (log.states(40), log.states(40, "z")) == (["in_progress"], [])
    assert log.states(50) == []


def test_a_call_is_resolved_by_the_leg_offered_last() -> None:
    """Leg 2 abandoned: no resolution, though leg 1 was handled; one request, at the first offer."""
    log = Log("""
        0 call.offered queue=q via=transfer
        5 call.answered
        60 call.transferred to_queue=z
        70 call.wrapup_ended
        60 call.offered queue=z leg=2
        90 call.abandoned leg=2
    """)
    assert log.windows("requests", "handled", "resolved", "assigned") == [1, 1, 0, 1]
    assert log.window("requests", queue="z") == 0


def test_every_block_counts_and_the_ratio_has_all_reasons() -> None:
    """Two blocks and one request: 2/3. A blocked call takes its queue from its leg."""
    log = Log("0 call.blocked reason=trunk id=a\n0 call.blocked reason=closed id=b\n5 call.offered queue=q")
    assert log.window("blocked", reason="trunk") == 1
    assert log.window("blocked_ratio") == pytest.approx(2 / 3)


def test_natural_duplicates_count_once_and_a_retraction_comes_before_them() -> None:
    """Equal but for the id: once. A retracted one leaves its duplicate; a retraction is not retracted."""
    twice = "0 call.offered queue=q\n5 call.blocked id=x\n5 call.blocked id=y"
    assert Log(twice).window("blocked", reason="other") == 1
    assert Log(f"{twice}\n6 call.blocked id=r retracts=x").window("blocked", reason="other") == 2
    retracted = (
        "0 call.offered queue=q / 5 call.blocked id=x"
        " / 6 call.blocked id=r retracts=x / 7 call.blocked id=s retracts=r"
    )
    assert Log(retracted).window("blocked", 0, 6, reason="other") == 0


def test_a_retraction_counts_for_states_from_its_own_time_on() -> None:
    """The abandon of second 5 is retracted at second 9: gone until then, waiting from then on."""
    log = Log("0 call.offered queue=q\n5 call.abandoned id=x\n9 call.ring_no_answer retracts=x")
    assert (log.states(6), log.states(9)) == ([], ["awaiting_reply"])
    assert log.window("abandoned") == 0


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("excluding_short", 1 / 3),
        ("answered_only", 1 / 2),
        ("abandons_negative", 1 / 4),
        ("abandons_within_ignored", 1 / 2),
        ("abandons_positive", 3 / 4),
        ("removed_within", 4 / 5),
    ],
)
def test_the_six_formulas(formula: str, expected: float) -> None:
    """Answered after 20 s (a hit) and 21 s, abandoned after 4 s (short) and 5 s, exited after 10 s."""
    ends = {
        "a": "20 call.answered",
        "b": "21 call.answered",
        "c": "4 call.abandoned",
        "d": "5 call.abandoned",
        "e": "10 call.exited",
    }
    lines = [f"0 call.offered queue=q subject={name}\n{end} subject={name}" for name, end in ends.items()]
    configuration = {"service_level": {"phone": {"formula": formula}}}
    assert Log("\n".join(lines), configuration).window("service_level_ratio") == pytest.approx(expected)


def test_the_live_service_level_counts_those_who_wait_beyond_the_threshold() -> None:
    """Waiting at second 21 for more than 20 s: 0/1; at 20 not yet; not when stale."""
    log = Log("0 call.offered queue=q\n40 call.answered")
    assert log.window("service_level_live_ratio", 0, 20) is None
    assert log.window("service_level_live_ratio", 0, 21) == 0
    assert (
        log.window("service_level_live_ratio", 0, 40) == 0
    )  # "an outcome exactly at the end counts as still waiting"
    lost = Log("0 call.offered queue=q", {"windows": {"max_open": {"calls": "1h"}}})
    assert log.window("service_level_ratio", 0, 21) is None
    assert (
        lost.window("service_level_live_ratio", 0, 3600),
        lost.window("service_level_live_ratio", 0, 3601),
    ) == (0, None)
    assert (lost.states(3600), lost.states(3601)) == (["awaiting_reply"], [])


def test_stale_calls_come_back_with_their_next_event() -> None:
    """Lost for more than an hour, then answered."""
    log = Log("0 call.offered queue=q\n7200 call.answered", {"windows": {"max_open": {"calls": "1h"}}})
    stale = [
        one["value"]
        for second in (3601, 7200)
        for one in recount(log.lines, log.configuration, [], [at(second)])["states"][0]["metrics"]
        if one["name"] == "support_stale_cases"
    ]
    assert stale == [1, 0]
    assert log.states(7200) == ["in_progress"]


def test_backlog_classes_include_their_lower_bound() -> None:
    """Exactly one hour is `1h_4h`."""
    log = Log("0 call.offered queue=q")
    assert [log.gauge("backlog_cases", 3599.999, age=age) for age in ("lt_1h", "1h_4h")] == [1, 0]
    assert [log.gauge("backlog_cases", 3600, age=age) for age in ("lt_1h", "1h_4h")] == [0, 1]


def test_roll_ups_sum_each_queues_own_numerator_and_denominator() -> None:
    """Q counts hits within 20 s, z within 60 s; both answered after 30 s: 0/1 and 1/1 give 1/2."""
    own = {"queues": [{"name": "z", "service_level": {"phone": {"threshold": "60s"}}}], **SERVICE_LEVEL}
    log = Log(
        "0 call.offered queue=q / 30 call.answered"
        " / 0 call.offered queue=z subject=d / 30 call.answered subject=d",
        own,
    )
    report = recount(log.lines, own, [(at(0), at(60))], [])
    ratios = {
        one["name"]: one["value"]
        for one in report["windows"][0]["metrics"]
        if one["name"].endswith("_service_level_ratio") and "queue" not in one["labels"]
    }
    assert ratios == {
        "support_channel_window_service_level_ratio": 0.5,
        "support_all_window_service_level_ratio": 0.5,
    }


def test_a_chat_without_bot_waits_from_its_start() -> None:
    """Started 0, accepted 30, agent message 40: wait 30 s, first response 40 s, resolved at the end."""
    log = Log("""
        0 chat.started queue=q
        5 chat.message author=customer
        30 chat.accepted
        40 chat.message author=agent
        100 chat.ended
        120 chat.wrapup_ended
    """)
    means = [
        log.mean(measure) for measure in ("answer", "first_response", "handle", "talk", "hold", "resolution")
    ]
    assert means == [30, 40, 90, 70, 0, 100]
    assert (log.states(10), log.states(50), log.states(100)) == (["awaiting_reply"], ["in_progress"], [])
    assert log.mean("next_response") is None


def test_a_bot_chat_has_no_state_and_no_visit_until_it_is_queued() -> None:
    """The first response runs from the queueing; the bot's messages are no answer."""
    log = Log("""
        0 chat.started
        1 chat.message author=bot
        60 chat.queued queue=q
        70 chat.accepted
        75 chat.message author=agent
    """)
    assert (log.states(30), log.states(60)) == ([], ["awaiting_reply"])
    assert [log.mean(measure) for measure in ("answer", "first_response")] == [10, 15]
    assert log.window("requests", 0, 1) == 1
    only_bot = Log("0 chat.started queue=q\n1 chat.message author=bot\n9 chat.ended")
    assert only_bot.windows("requests", "offered", "abandoned", "resolved", "unanswered") == [1, 0, 0, 0, 1]


def test_a_chat_started_by_an_agent_has_no_first_response_and_no_wait_before_its_queue() -> None:
    """It waits once it is queued."""
    log = Log("0 chat.started author=agent queue=q\n5 chat.message author=agent")
    assert log.states(3) == []
    queued = Log(
        "0 chat.started author=agent\n5 chat.queued queue=q\n9 chat.accepted\n10 chat.message author=agent"
    )
    assert queued.states(5) == ["awaiting_reply"]
    assert queued.windows("offered", "answered") == [1, 1]
    assert queued.mean("first_response") is None


def test_a_chat_has_no_resolution_without_a_start_or_without_acceptance() -> None:
    """Queued, accepted and ended without a start; started and ended without acceptance."""
    assert Log("0 chat.queued queue=q\n5 chat.accepted\n9 chat.ended").windows("answered", "resolved") == [
        1,
        0,
    ]
    assert Log("0 chat.started queue=q\n9 chat.ended").windows("abandoned", "resolved") == [1, 0]


def test_the_channel_is_the_first_one_stated_and_decides_the_threshold() -> None:
    """A chat on messaging without a section of its own has the threshold of chat."""
    log = Log("0 chat.started queue=q channel=messaging\n45 chat.accepted channel=web")
    log.channel = "messaging"
    assert log.window("service_level_parts", part="answered_within") == 1
    log.configuration = {"service_level": {"messaging": {"threshold": "40s"}}}
    assert log.window("service_level_parts", part="answered_within") == 0


def test_agents_are_counted_by_their_last_state() -> None:
    """The state of an agent at T is its latest one; all states are listed."""
    log = Log(
        "0 agent.state subject=a state=available"
        " / 5 agent.state subject=a state=break / 3 agent.state subject=b state=wrapup"
    )
    report = recount(log.lines, {}, [], [at(4)])
    agents = {
        one["labels"]["state"]: one["value"]
        for one in report["states"][0]["metrics"]
        if one["name"] == "support_agents"
    }
    assert agents == {"available": 1, "wrapup": 1, "ringing": 0, "on_contact": 0, "break": 0, "offline": 0}
