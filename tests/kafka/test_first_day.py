"""docs/first-day.md, followed to the letter on a real Kafka: open cases come in, and none is lost."""

import json
import re
import shlex
import tomllib
import uuid
from itertools import count
from pathlib import Path

import pytest

from streams.partitioning import partition_of
from testbed.kafka import KafkaBroker
from testbed.project_files import PROJECT
from testbed.series import Table, total
from testbed.support_site import EVENT_CLOCK, SupportSite, write_lines
from testbed.worker_process import WorkerProcess

PAGE = (PROJECT / "docs" / "first-day.md").read_text(encoding="utf-8")
EXAMPLE = PROJECT / "docs" / "examples" / "open-tickets.ndjson"
CONFIGURATION = "supportpulse.toml"
PARTITIONS = 8
"""As the page has it."""
NEWEST = "T-1003"


pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def commands(section: str) -> list[list[str]]:
    """Return the command lines of a section's shell block, without program and configuration."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```sh\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    found = []
    for line in block.splitlines():
        program, *words = shlex.split(line)
        place = words.index("--config")
        assert (program, words[place + 1]) == ("supportpulse", CONFIGURATION)
        found.append(
            [
                str(EXAMPLE) if PROJECT / word == EXAMPLE else word
                for word in (*words[:place], *words[place + 2 :])
            ]
        )
    return found


def follow(site: SupportSite, section: str, *, address: str = "") -> dict[str, str]:
    """Run every command of a section; return what each printed, by its name.

    address: where the worker listens, whose port is no other's.
    """
    where = {"verify": ("--address", address)}
    return {line[0]: site.command(*line, *where.get(line[0], ())) for line in commands(section)}


def states(page: Table) -> dict[str, float]:
    """Return the open cases by state."""
    names = ("awaiting_reply", "in_progress", "awaiting_customer", "on_hold")
    return {name: total(page, "support_open_cases", state=name) for name in names}


def open_and_refused(page: Table) -> tuple[float, float]:
    """Return the open cases and the dead letters of events that came too late, of one page."""
    return sum(states(page).values()), total(page, "support_dead_letters_total", reason="expired")


def site_of(broker: KafkaBroker, folder: Path, **sections: object) -> SupportSite:
    """Return a centre of which nothing is made yet."""
    name = f"first-day-{uuid.uuid4().hex[:8]}"
    return SupportSite(
        broker.bootstrap, name, folder, partitions=PARTITIONS, configuration={**EVENT_CLOCK, **sections}
    )


def created_long_ago() -> bytes:
    """Return the creation of a ticket of December in the partition that has seen the newest event."""

    def place(subject: str) -> int:
        return partition_of(subject.encode(), PARTITIONS)

    names = (f"T-{number}" for number in count(1))
    name = next(name for name in names if place(name) == place(NEWEST))
    event = {
        "specversion": "1.0",
        "id": f"import-{name}-1",
        "source": "/desk/import",
        "type": "ticket.created",
        "subject": name,
        "time": "2025-12-01T10:00:00+01:00",
        "data": {"queue": "billing"},
    }
    return json.dumps(event).encode()


@pytest.fixture
def site(kafka_broker: KafkaBroker, tmp_path: Path) -> SupportSite:
    """Give a centre whose topics are made and into which the example is sent as the page says."""
    found = site_of(kafka_broker, tmp_path)
    follow(found, "Send")
    return found


def test_open_cases_are_there_and_a_second_import_changes_nothing(site: SupportSite) -> None:
    """In the states of the page's report, the oldest too; verified, no dead letter, only today's request."""
    expected = {"awaiting_reply": 3.0, "in_progress": 0.0, "awaiting_customer": 2.0, "on_hold": 1.0}
    with WorkerProcess(site) as worker:
        worker.wait_until_caught_up()
        worker.wait_for(lambda: states(worker.series()) == expected, what="the open cases")
        assert total(worker.series(), "support_all_window_requests", window="today") == 1
        assert total(worker.series(), "support_events_total", result="late") == 0
        follow(site, "Send")
        worker.wait_until_caught_up()
        repeated = len(EXAMPLE.read_text(encoding="utf-8").splitlines())
        worker.wait_for(
            lambda: total(worker.series(), "support_events_total", result="duplicate") == repeated,
            what="the second import",
        )
        assert states(worker.series()) == expected
        printed = follow(site, "Check", address=worker.url)
        assert "T-" not in printed["dead-letters"]


@pytest.mark.parametrize("is_longer", [False, True])
def test_what_comes_too_late_needs_a_longer_retention(
    kafka_broker: KafkaBroker, tmp_path: Path, *, is_longer: bool
) -> None:
    """Behind newer tickets an unknown one beyond 30 days is refused, with the page's retention kept."""
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    site = site_of(kafka_broker, tmp_path, **(tomllib.loads(block) if is_longer else {}))
    follow(site, "Send")
    site.replay(write_lines(tmp_path / "late.ndjson", [created_long_ago()]))
    with WorkerProcess(site) as worker:
        worker.wait_until_caught_up()
        expected = (6 + is_longer, 1 - is_longer)
        worker.wait_for(lambda: open_and_refused(worker.series()) == expected, what="open cases and letters")
