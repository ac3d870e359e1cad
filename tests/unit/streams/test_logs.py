"""The form of the lines, on a terminal and off it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from streams.logs import set_up_logs


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Put the process's logging back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.usefixtures("restored_logging")
def test_lines_are_json_off_a_terminal() -> None:
    """Both kinds of loggers give the same keys; a traceback stays on the line."""
    stream = io.StringIO()
    set_up_logs(stream=stream)
    structlog.get_logger("streams.x").info("started", partition=3)
    logging.getLogger("streams.y").warning("lag of %d", 5)
    logging.getLogger("streams.y").debug("not shown")
    try:
        raise KeyError("boom")  # noqa: TRY301  # a traceback is what the test is about
    except KeyError:
        logging.getLogger("streams.y").exception("failed")
    first, second, third = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["partition"], first["level"]) == ("started", 3, "info")
    assert (first["logger"], second["logger"]) == ("streams.x", "streams.y")
    assert (second["event"], second["level"]) == ("lag of 5", "warning")
    assert second["timestamp"].endswith("Z")
    assert "KeyError: 'boom'" in third["exception"]


@pytest.mark.usefixtures("restored_logging")
def test_set_up_again_writes_nothing_twice() -> None:
    """Both kinds of loggers write to the newest stream alone, each line once."""
    before, stream = io.StringIO(), io.StringIO()
    set_up_logs(stream=before)
    set_up_logs(stream=stream, level=logging.WARNING)
    logging.getLogger("streams.y").warning("one")
    logging.getLogger("streams.y").info("below the level")
    structlog.get_logger("streams.x").info("below the level")
    structlog.get_logger("streams.x").warning("two")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["one", "two"]
    assert before.getvalue() == ""


@pytest.mark.usefixtures("restored_logging")
def test_lines_are_text_on_a_terminal() -> None:
    """People read time, level and text."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    set_up_logs(stream=stream)
    structlog.get_logger("streams.x").info("started", partition=3)
    (line,) = stream.getvalue().splitlines()
    assert "started" in line
    assert "partition" in line
    assert not line.startswith("{")
