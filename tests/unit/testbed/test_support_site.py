"""A site has names of its own, and its commands are the installed program with its configuration."""

import gzip
import json
from pathlib import Path

import pytest

from aggregators.events import TOPICS
from testbed.series import STATE
from testbed.support_site import CommandFailed, SupportSite, recorded_lines, time_of, write_lines

NOBODY = "127.0.0.1:9"


def call(kind: str, time: str) -> bytes:
    """Return an event of the one call."""
    event = {
        "specversion": "1.0",
        "id": kind,
        "source": "/pbx",
        "type": f"call.{kind}",
        "subject": "c1",
        "time": time,
        "data": {"queue": "sales"} if kind == "offered" else {},
    }
    return json.dumps(event).encode()


LINES = [call("offered", "2026-03-02T10:00:00Z"), call("answered", "2026-03-02T10:00:07Z")]
NOW = 1_772_445_607_000


@pytest.fixture
def site(tmp_path: Path) -> SupportSite:
    """Give a site whose broker does not exist."""
    configuration = {"clock": {"mode": "event"}, "windows": {"lengths": ["1m", "today"]}}
    return SupportSite(NOBODY, "test-1", tmp_path, partitions=3, configuration=configuration)


def test_names_and_configuration_are_its_own(site: SupportSite) -> None:
    """Every topic and the group begin with its name; each worker has a file with its port."""
    document = json.loads(site.write_configuration(4711).read_text(encoding="utf-8"))
    assert document["http"] == {"port": 4711}
    assert document["kafka"]["group"] == "test-1"
    assert len(document["kafka"]["topics"]) == len(TOPICS) + 2  # dead letters and SLA events
    assert all(name.startswith("test-1-") for name in document["kafka"]["topics"].values())
    assert document["windows"] == {"lengths": ["1m", "today"]}
    assert list(site.configuration.window_lengths) == ["1m", "today"]


def test_a_report_is_asked_for_the_windows_that_end_at_a_moment(site: SupportSite, tmp_path: Path) -> None:
    """One call offered and answered within the minute and the day; a state at the end."""
    file = write_lines(tmp_path / "events.ndjson", LINES)
    tables = site.report([file], now=NOW, end=NOW + 3_000)
    assert set(tables) == {"1m", "today", STATE}
    key = ("support_window_answered", (("channel", "phone"), ("queue", "sales")))
    assert tables["1m"][key] == tables["today"][key] == 1


def test_a_command_that_fails_says_what_it_printed(site: SupportSite) -> None:
    """No file of that name: the program's own message."""
    with pytest.raises(CommandFailed, match=r"nowhere\.ndjson"):
        site.command("report", "nowhere.ndjson")


def test_recorded_lines_are_read_and_written(tmp_path: Path) -> None:
    """Compressed or not; each with its event time."""
    plain = write_lines(tmp_path / "events.ndjson", LINES)
    packed = tmp_path / "events.ndjson.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert recorded_lines(plain) == recorded_lines(packed) == LINES
    assert [time_of(line) for line in LINES] == [NOW - 7_000, NOW]
