"""The form of the lines, and the flood gate of client libraries."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from streams.logs import FLOODING_LIBRARIES, KINDS_KEPT, FloodGate, set_up_logs


class Clock:
    """Seconds that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds so far."""
        return self.now


def record(name: str, text: str, error: BaseException | None = None) -> logging.LogRecord:
    """Return a log record as a library would make it."""
    information = None if error is None else (type(error), error, None)
    return logging.LogRecord(name, logging.ERROR, __file__, 1, text, None, information)


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Put the process's logging back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in FLOODING_LIBRARIES}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, library_level in levels.items():
        logging.getLogger(name).setLevel(library_level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def test_outage_is_one_line_a_minute_with_a_count() -> None:
    """Ten minutes of five lines a second from several libraries: ten lines, each counting 299 left out."""
    clock = Clock()
    gate = FloodGate(clock)
    written = []
    for step in range(3_000):
        clock.now = step / 5
        line = record(("aiokafka.conn", "kafka.client", "faust.app")[step % 3], f"cannot connect, try {step}")
        if gate.filter(line):
            written.append(getattr(line, "repeated", 0))
    assert written == [0, *[299] * 9]


def test_own_lines_always_pass() -> None:
    """Only the libraries are folded; a name that merely begins alike is not theirs."""
    gate = FloodGate(Clock())
    assert all(gate.filter(record("streams.partition", "again")) for _ in range(5))
    assert all(gate.filter(record("kafkaesque", "again")) for _ in range(5))


@pytest.mark.parametrize("error", [ConnectionRefusedError(111, "refused"), TimeoutError(), OSError("gone")])
def test_connection_errors_share_the_minute(error: BaseException) -> None:
    """Their tracebacks are part of the outage."""
    gate = FloodGate(Clock())
    assert gate.filter(record("aiokafka", "cannot connect"))
    assert not gate.filter(record("faust.worker", "crashed", error))


def test_crash_is_not_hidden_by_an_outage() -> None:
    """An exception of another sort has its own minute; numbers in its text make no new sort."""
    clock = Clock()
    gate = FloodGate(clock)
    assert gate.filter(record("aiokafka", "cannot connect"))
    assert gate.filter(record("faust.agents.agent", "agent 7 crashed", KeyError("x")))
    assert not gate.filter(record("faust.agents.agent", "agent 8 crashed", KeyError("x")))
    assert gate.filter(record("faust.agents.agent", "agent 8 crashed", ValueError("x")))
    clock.now = 60.0
    line = record("faust.agents.agent", "agent 9 crashed", KeyError("x"))
    assert gate.filter(line)
    assert getattr(line, "repeated", None) == 1


def test_number_of_kinds_is_bounded() -> None:
    """The kind seen least recently is forgotten and passes again; the newest is still folded."""
    gate = FloodGate(Clock())
    texts = ["".join(chr(97 + int(digit)) for digit in str(kind)) for kind in range(KINDS_KEPT + 1)]
    for text in texts:
        assert gate.filter(record("faust", text, KeyError("x")))
    assert not gate.filter(record("faust", texts[-1], KeyError("x")))
    assert gate.filter(record("faust", texts[0], KeyError("x")))


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
def test_libraries_are_folded_where_logs_are_set_up() -> None:
    """Their ordinary news is not shown, and setting up twice writes nothing twice."""
    stream = io.StringIO()
    set_up_logs(stream=stream)
    set_up_logs(stream=stream)
    library = logging.getLogger("aiokafka.conn")
    library.info("connected")
    for attempt in range(20):
        library.error("cannot connect %d", attempt)
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert line["event"] == "cannot connect 0"


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
