"""The recount's ticket rules, one sentence of METRICS.md per test; all times on 2026-03-02 (a Monday)."""

import json
from datetime import datetime
from typing import Any

import pytest

from aggregators.recount import recount

DAY = "2026-03-02"
SLA = {
    "sla": {
        "first_response": {"low": "4h", "normal": "1h", "high": "30m", "urgent": "10m"},
        "next_response": {"normal": "30m"},
        "resolution": {"normal": "2h", "urgent": "1h"},
    }
}
HOURS = {
    "queues": [{"name": "q", "channels": ["email"], "hours": "office"}],
    "calendars": {
        "office": {
            "time_zone": "UTC",
            "weekly": {"mon": ["09:00-12:00", "13:00-17:00"], "tue": ["09:00-17:00"]},
        }
    },
}


def at(clock: str) -> int:
    """Return milliseconds since the epoch of a clock time; `09:00+1` is the next day."""
    day = DAY
    if "+" in clock:
        clock, days = clock.split("+")
        day = f"2026-03-{2 + int(days):02d}"
    return round(datetime.fromisoformat(f"{day}T{clock}Z").timestamp() * 1000)


class Log:
    """A ticket told in lines like `09:00 created author=customer`; creations are in queue q."""

    def __init__(self, text: str, configuration: dict[str, Any] | None = None) -> None:
        self.configuration = configuration or {}
        self.lines = []
        for number, line in enumerate(text.strip().splitlines()):
            clock, kind, *words = line.split()
            data: dict[str, Any] = dict(word.split("=") for word in words)
            if "public" in data:
                data["public"] = data["public"] == "true"
            event = {
                "specversion": "1.0",
                "id": data.pop("id", f"e{number}"),
                "source": "/s",
                "type": f"ticket.{kind}",
                "subject": data.pop("subject", "t"),
                "time": datetime.fromtimestamp(at(clock) / 1000).astimezone().isoformat(),
                "data": {"queue": "q", **data} if kind == "created" else data,
            }
            self.lines.append(json.dumps(event))

    def window(
        self, name: str, start: str = "00:00", end: str = "00:00+20", queue: str = "q", **labels: str
    ) -> Any:
        """Return one value of a window."""
        report = recount(self.lines, self.configuration, [(at(start), at(end))], [])
        assert report["refused"] == []
        return self._value(
            report["windows"][0], f"support_window_{name}", {"channel": "email", "queue": queue, **labels}
        )

    def mean(self, measure: str, **span: str) -> Any:
        """Return the mean of a duration in seconds, or None without a sample."""
        return self.window(f"{measure}_seconds", stat="mean", **span)

    def sla(self, sla: str, start: str = "00:00", end: str = "00:00+20", queue: str = "q") -> tuple[Any, Any]:
        """Return how often a target was met and breached in a window."""
        return tuple(self.window(f"sla_{one}", start, end, queue, sla=sla) for one in ("met", "breached"))

    def gauge(self, name: str, clock: str, queue: str = "q", **labels: str) -> Any:
        """Return one value of the state at a moment."""
        report = recount(self.lines, self.configuration, [], [at(clock)])
        return self._value(
            report["states"][0], f"support_{name}", {"channel": "email", "queue": queue, **labels}
        )

    def state(self, clock: str, queue: str = "q") -> str | None:
        """Return the one state of the ticket at a moment."""
        names = ("awaiting_reply", "in_progress", "awaiting_customer", "on_hold")
        found = [name for name in names if self.gauge("open_cases", clock, queue, state=name)]
        assert len(found) <= 1
        return found[0] if found else None

    @staticmethod
    def _value(part: dict[str, Any], name: str, labels: dict[str, str]) -> Any:
        return next(
            (one["value"] for one in part["metrics"] if (one["name"], one["labels"]) == (name, labels)), None
        )


def test_states_follow_the_last_word() -> None:
    """Customer waits, agent answers, pending, customer again, hold, solved, reopened without a message."""
    log = Log("""
        09:00 created
        09:10 message author=agent
        09:20 message author=customer
        09:30 status to=on_hold
        09:40 message author=agent
        09:50 status to=solved
        10:00 status to=open
        10:10 status to=pending
        10:20 message author=bot
        10:30 message author=customer public=false
        10:40 message author=customer
    """)
    expected = {
        "08:59": None,
        "09:00": "awaiting_reply",
        "09:10": "awaiting_customer",
        "09:20": "awaiting_reply",
        "09:30": "awaiting_reply",  # "an unanswered customer wins"
        "09:40": "on_hold",  # "then `on_hold`"
        "09:50": None,
        "10:00": "in_progress",  # "reopened without a message"
        "10:10": "awaiting_customer",
        "10:20": "awaiting_customer",  # a bot ends nothing
        "10:30": "awaiting_customer",  # "A private customer message is ignored."
        "10:40": "awaiting_reply",
    }
    assert {clock: log.state(clock) for clock in expected} == expected


def test_created_by_an_agent_is_a_request_without_first_response() -> None:
    """Nobody waits; the request counts; the first reply measures nothing, the next one does."""
    log = Log("""
        09:00 created author=agent
        09:10 message author=agent
        09:20 message author=customer
        09:50 message author=agent
    """)
    assert log.state("09:05") == "in_progress"
    assert log.window("requests") == 1
    assert log.mean("first_response") is None
    assert log.mean("next_response") == 1800


def test_a_message_on_a_solved_ticket_waits_visibly_from_the_reopening() -> None:
    """The wait began with the message, 20 minutes before the ticket was reopened."""
    log = Log("""
        09:00 created
        09:10 message author=agent
        09:20 status to=solved
        09:40 message author=customer
        10:00 status to=open
    """)
    assert log.state("09:50") is None
    assert log.gauge("longest_wait_seconds", "10:10") == 1800
    assert log.gauge("longest_wait_since_timestamp_seconds", "10:10") == at("09:40") / 1000
    assert log.gauge("longest_wait_since_timestamp_seconds", "09:50") is None


def test_an_agent_message_on_a_solved_ticket_is_no_first_response_and_none_follows() -> None:
    """Solved at 9:10, answered at 9:20, reopened and answered again: no first response at all."""
    log = Log("""
        09:00 created
        09:10 status to=solved
        09:20 message author=agent
        09:30 status to=open
        09:40 message author=agent
    """)
    assert log.window("samples", measure="first_response") == 0
    assert log.window("service_level_parts", part="answered") == 0


def test_a_case_solved_without_a_reply_may_get_its_first_response_later() -> None:
    """Nobody had answered before the reopening, so 9:40 is the first response; its target had ended."""
    log = Log("09:00 created\n09:10 status to=solved\n09:30 status to=open\n09:40 message author=agent", SLA)
    assert log.mean("first_response") == 2400
    assert log.sla("first_response") == (0, 0)
    assert log.window("service_level_ratio") == 1


def test_solved_to_closed_is_neither_a_solving_nor_a_reopening() -> None:
    """One solving, one reopening, one more solving; the case counts once."""
    log = Log("""
        09:00 created
        10:00 status to=solved
        11:00 status to=closed
        12:00 status to=new
        13:00 status to=closed
    """)
    assert [log.window(name) for name in ("resolved", "resolved_cases", "reopened")] == [2, 1, 1]
    assert log.mean("resolution") == (3600 + 4 * 3600) / 2


def test_what_happened_before_the_creation_counts_at_its_own_time_once_it_is_there() -> None:
    """Without `created` nothing; with one dated later, the assignment counts at 8:30."""
    early = "08:30 assigned agent=a queue=q\n08:40 message author=agent"
    assert Log(early).window("assigned") == 0
    assert Log(early).state("08:45") == "awaiting_customer"
    log = Log(f"{early}\n09:00 created\n09:05 created author=agent\n09:30 message author=agent")
    assert log.window("assigned", "08:30", "08:31") == 1
    assert log.window("requests") == 1
    assert log.mean("first_response") == 1800


def test_a_merge_excludes_retroactively_but_keeps_request_and_reopening() -> None:
    """First response and solvings go, what comes later is ignored."""
    log = Log(
        """
        09:00 created
        09:10 message author=agent
        09:20 status to=solved
        09:30 status to=open
        09:40 merged into=other
        09:50 message author=customer
        10:00 status to=solved
    """,
        SLA,
    )
    counts = ("requests", "reopened", "merged", "resolved", "resolved_cases", "unanswered")
    assert [log.window(name) for name in counts] == [1, 1, 1, 0, 0, 0]
    assert log.mean("first_response") is None
    assert log.state("09:35") == "in_progress"
    assert log.state("09:55") is None
    assert log.sla("first_response") == (1, 0)  # "Outcomes before a merge stay."


def test_deletion_beats_a_merge_and_counts_alone() -> None:
    """The case counts nowhere but as deleted; before the deletion it has its state."""
    log = Log("09:00 created\n09:10 merged into=x\n09:20 deleted reason=spam")
    assert [log.window(name) for name in ("requests", "merged", "deleted")] == [0, 0, 1]
    assert log.state("09:05") == "awaiting_reply"
    assert Log("09:20 deleted queue=q").window("deleted") == 1


def test_unanswered_are_the_arrivals_without_an_answer_by_the_end() -> None:
    """Answered at 9:30: unanswered for the window that ends at 9:30, answered for one that ends later."""
    log = Log("09:00 created\n09:30 message author=agent")
    assert log.window("unanswered", "09:00", "09:30") == 1
    assert log.window("unanswered", "09:00", "09:31") == 0


@pytest.mark.parametrize(("clock", "expected"), [("10:00", (1, 0)), ("10:01", (0, 1))])
def test_exactly_at_the_deadline_is_met(clock: str, expected: tuple[int, int]) -> None:
    """Due at 10:00."""
    log = Log(f"09:00 created\n{clock} message author=agent", SLA)
    assert log.sla("first_response") == expected
    assert log.window("service_level_parts", part="answered_within") == expected[0]


def test_a_breach_counts_at_the_deadline_even_after_the_last_event() -> None:
    """Due at 10:00, nothing ever happens: the window of 10:00 has the breach."""
    log = Log("09:00 created", SLA)
    assert log.sla("first_response", "10:00", "10:01") == (0, 1)
    assert log.gauge("sla_breached_open_cases", "09:59", sla="first_response") == 0
    assert log.gauge("sla_breached_open_cases", "10:00", sla="first_response") == 1
    assert log.gauge("sla_next_breach_timestamp_seconds", "09:59", sla="first_response") == at("10:00") / 1000
    assert log.gauge("sla_next_breach_timestamp_seconds", "10:00", sla="first_response") is None


def test_a_deadline_exactly_15_minutes_ahead_is_at_risk() -> None:
    """Due at 10:00: at 9:45 within 15 minutes, one second earlier only within 60."""
    log = Log("09:00 created", SLA)
    risk = [
        log.gauge("sla_at_risk_cases", "09:44:59", sla="first_response", within=one) for one in ("15m", "60m")
    ]
    assert risk == [0, 1]
    assert log.gauge("sla_at_risk_cases", "09:45", sla="first_response", within="15m") == 1


@pytest.mark.parametrize(
    "event", ["status to=solved", "merged into=x", "priority priority=low", "assigned queue=z"]
)
def test_whatever_happens_at_the_deadline_comes_after_the_breach(event: str) -> None:
    """Due at 10:00, and at 10:00 something else than an answer happens."""
    assert Log(f"09:00 created\n10:00 {event}", SLA).sla("first_response") == (0, 1)


def test_solved_without_a_reply_ends_the_target_without_outcome() -> None:
    """Solved a minute before the deadline."""
    assert Log("09:00 created\n09:59 status to=solved", SLA).sla("first_response") == (0, 0)


def test_a_raised_priority_breaches_at_the_change_and_stays_breached() -> None:
    """Urgent would have been due at 9:10, so 9:20 is the breach; lowered again at 9:25 it stays one."""
    log = Log(
        """
        09:00 created
        09:20 priority priority=urgent
        09:25 priority priority=low
        09:30 message author=agent
    """,
        SLA,
    )
    assert log.sla("first_response", "09:20", "09:21") == (0, 1)
    assert log.sla("first_response") == (0, 1)
    assert log.gauge("sla_breached_open_cases", "09:26", sla="first_response") == 1
    assert log.gauge("sla_breached_open_cases", "09:31", sla="first_response") == 0
    # The service level goes "by the target in force at the reply": low, 4 h.
    assert log.window("service_level_parts", part="answered_within") == 1


def test_of_several_changes_in_one_millisecond_the_last_counts() -> None:
    """Urgent and normal again within one millisecond: no breach."""
    log = Log("09:00 created\n09:20 priority priority=urgent id=a\n09:20 priority priority=normal id=b", SLA)
    assert log.sla("first_response", end="09:59") == (0, 0)


def test_the_resolution_clock_stops_in_pending() -> None:
    """Two hours, of which 9:30–11:00 pending: due at 12:30; a customer message ends the pending as well."""
    for ending in ("status to=open", "message author=customer"):
        log = Log(f"09:00 created\n09:30 status to=pending\n11:00 {ending}", SLA)
        assert log.gauge("sla_next_breach_timestamp_seconds", "10:00", sla="resolution") is None
        assert log.gauge("sla_next_breach_timestamp_seconds", "11:00", sla="resolution") == at("12:30") / 1000
        assert log.sla("resolution", "12:30", "12:31") == (0, 1)


def test_a_priority_raised_in_pending_breaches_when_its_deadline_lay_before() -> None:
    """One hour was used up at 10:00, before the pending of 10:30; urgent from 11:00 on is breached there."""
    log = Log("09:00 created\n10:30 status to=pending\n11:00 priority priority=urgent", SLA)
    assert log.sla("resolution", "11:00", "11:01") == (0, 1)


def test_after_a_reopening_the_resolution_target_shows_again_and_counts_once() -> None:
    """Met at 10:00, reopened at 10:30: due at 11:00 from creation, shown as breached then, not counted."""
    log = Log("09:00 created\n10:00 status to=solved\n10:30 status to=open\n12:00 status to=solved", SLA)
    assert log.sla("resolution") == (1, 0)
    assert log.gauge("sla_at_risk_cases", "10:45", sla="resolution", within="15m") == 1
    assert log.gauge("sla_breached_open_cases", "11:30", sla="resolution") == 1
    assert log.gauge("sla_breached_open_cases", "12:00", sla="resolution") == 0


def test_the_next_response_target_of_a_solved_ticket_starts_at_the_reopening() -> None:
    """Message 11:00, reopened 12:00, target 30 minutes: due 12:30; the measured response runs from 11:00."""
    log = Log(
        """
        09:00 created
        09:10 message author=agent
        10:00 status to=solved
        11:00 message author=customer
        12:00 status to=open
        12:30 message author=agent
    """,
        SLA,
    )
    assert log.sla("next_response") == (1, 0)
    assert log.mean("next_response") == 5400


def test_business_time_leaves_out_closed_hours_and_pending() -> None:
    """Created 11:00, answered 13:30: 1 h 30 open. Solved 15:00: 3 h open, less 13:45–14:15 pending."""
    log = Log(
        """
        11:00 created
        13:30 message author=agent
        13:45 status to=pending
        14:15 status to=open
        15:00 status to=solved
    """,
        HOURS,
    )
    assert log.mean("first_response_business") == 5400
    assert log.mean("resolution_business") == 9000
    assert log.mean("resolution") == 4 * 3600


def test_a_business_target_used_up_exactly_at_closing_is_due_then() -> None:
    """Created 11:00, one business hour: due at 12:00, not at 13:00; two hours: due at 14:00."""
    for duration, due in (("1h", "12:00"), ("2h", "14:00"), ("6h", "10:00+1")):
        section = {"first_response": {"clock": "business", "normal": duration}}
        log = Log("11:00 created", {**HOURS, "sla": section})
        clock = "11:00"
        assert log.gauge("sla_next_breach_timestamp_seconds", clock, sla="first_response") == at(due) / 1000


def test_a_queue_section_overrides_the_general_one_key_by_key() -> None:
    """Queue z has its own `normal`, `urgent` is the general one; without a section there is no series."""
    own = {"queues": [{"name": "z", "channels": ["email"], "sla": {"first_response": {"normal": "5m"}}}]}
    log = Log("09:00 created\n09:30 assigned queue=z", {**SLA, **own})
    assert log.sla("first_response", "09:30", "09:31", queue="z") == (0, 1)
    assert log.gauge("sla_target_seconds", "10:00", "z", sla="first_response", priority="urgent") == 600
    assert Log("09:00 created", own).window("sla_met", sla="first_response") is None
