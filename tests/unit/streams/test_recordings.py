"""Recorded events: every line as it lies in its file, and where it belongs."""

import gzip
import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import UsageError
from streams.recordings import STANDARD_INPUT, Recordings, Route, Router, Unreadable

GOOD = b'{"id":"1","source":"/s","type":"call.ended","subject":"c1","time":"1970-01-01T00:00:01Z"}'


def test_lines_come_unchanged_from_several_files(tmp_path: Path) -> None:
    """Plain and gzip, with any line end, without the blank ones; at the end all bytes are behind."""
    plain, packed = tmp_path / "a.ndjson", tmp_path / "b.bin"
    plain.write_bytes(b'{"a": 1}\r\n\n  \n\xff\xfe\n {bad ')
    packed.write_bytes(gzip.compress(b"third\nfourth", mtime=0))
    recordings = Recordings([plain, packed])
    assert list(recordings.lines()) == [b'{"a": 1}', b"\xff\xfe", b" {bad ", b"third", b"fourth"]
    assert recordings.size == recordings.position == plain.stat().st_size + packed.stat().st_size


@pytest.mark.parametrize("content", [b"one\ntwo\n", gzip.compress(b"one\ntwo\n", mtime=0)])
def test_standard_input_is_read_like_a_file(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed or not; nobody knows its size."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(content))))
    recordings = Recordings([STANDARD_INPUT])
    assert recordings.size is None
    assert list(recordings.lines()) == [b"one", b"two"]


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    """It is found before anything is sent."""
    with pytest.raises(UsageError, match="is no file"):
        Recordings([tmp_path / "missing.ndjson"])


def test_a_torn_archive_gives_what_came_before(tmp_path: Path) -> None:
    """And then says which file it was."""
    file = tmp_path / "torn.gz"
    file.write_bytes(gzip.compress(b"line\n" * 100_000)[:-8])
    lines = Recordings([file]).lines()
    assert next(lines) == b"line"
    with pytest.raises(Unreadable, match=r"torn\.gz"):
        list(lines)


def test_a_good_line_is_routed_by_its_attributes() -> None:
    """Topic of the type, key of the subject, time of the event."""
    assert Router().route(GOOD) == Route("calls", b"c1", 1000)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (GOOD[:-20], Route("calls", b"c1", None)),
        (GOOD.replace(b"1970-01-01T00:00:01Z", b"soon"), Route("calls", b"c1", None)),
        (b'{"type":"chat.started"', Route("chats", None, None)),
        (b'{"subject":"x", \xff', Route("tickets", b"x", None)),
        (b"garbage", Route("tickets", None, None)),
        (b'{"type":"robot.woke","subject":"r","time":"x"}', Route("tickets", b"r", None)),
        (b'{"type":7,"subject":"r"}', Route("tickets", b"r", None)),
        (
            '{"type":"agent.state","subject":"Grün","time":"x"}'.encode(),
            Route("agents", "Grün".encode(), None),
        ),
    ],
)
def test_a_broken_line_is_routed_by_what_can_be_read(line: bytes, expected: Route) -> None:
    """As far as its bytes still tell."""
    assert Router().route(line) == expected


def test_a_line_that_says_nothing_follows_the_one_before() -> None:
    """It lay among its like, so it arrives among its like."""
    router = Router()
    router.route(GOOD)
    assert router.route(b"garbage") == Route("calls", None, None)


@given(st.binary())
def test_every_line_has_a_route(line: bytes) -> None:
    """Whatever its bytes."""
    assert Router().route(line).topic
