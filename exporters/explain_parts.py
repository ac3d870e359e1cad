"""What an exporter asks a worker about a number, and the answer: sums first, then the best cases.

Guarantee: what is decoded is what was encoded, or `NotReadable` is raised; who speaks another format is
recognised by it. An answer names the partitions that it is about, so that nothing is added twice.

Worked: asked about calls/0 and calls/3 with a selection, a worker that has lost calls/3 answers with the best
cases of calls/0 and the partitions [["calls", 0]].
Cost: sums of a day of durations are 10 KB, a hundred cases 15 KB.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct, field

from aggregators.explanation import Found, Selection, Sums
from aggregators.state_explanation import Standings
from exporters.fleet_parts import NotReadable
from exporters.fleet_store import Place

PART_PATH: Final = "/api/v1/explain/part"
ASKED: Final = "asked"
"""The query parameter that holds the question as JSON."""

FORMAT: Final = 1
"""Of both; it goes up with every change of a field here, in `Sums`, `Selection`, `Found` or `Standings`."""


class AskedPart(Struct, frozen=True, kw_only=True):
    """A question about some partitions of one worker.

    metric: its name; start and end: [start, end) in milliseconds, multiples of the resolution; partitions:
    which of each topic, so that even a thousand of them fit in an address; selection: which cases are wanted,
    None for the sums; now: of a metric of the state, when (ms); measure: only these values of its own labels.
    """

    format: int = FORMAT
    metric: str
    channel: str | None
    queue: str | None
    start: int
    end: int
    partitions: dict[str, list[int]]
    selection: Selection | None = None
    now: int | None = None
    measure: str | None = None


class ToldPart(Struct, frozen=True, kw_only=True):
    """The answer; partitions: those of the question that the worker has, which it is about.

    found: with sums, too, where cases and sums are found in one go, which follows from the metric.
    """

    format: int = FORMAT
    partitions: list[Place]
    sums: Sums = field(default_factory=Sums)
    found: Found = field(default_factory=Found)
    standings: Standings = field(default_factory=Standings)


class _Stated(Struct):
    format: int


_asked: Final = msgspec.json.Decoder(AskedPart)
_told: Final = msgspec.json.Decoder(ToldPart)


def read_asked(text: str) -> AskedPart:
    """Return a question. Raises NotReadable."""
    try:
        _check_format(text)
        return _asked.decode(text)
    except msgspec.MsgspecError as error:
        raise NotReadable(str(error)) from error


def read_told(body: bytes) -> ToldPart:
    """Return an answer. Raises NotReadable."""
    try:
        _check_format(body)
        return _told.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotReadable(str(error)) from error


def _check_format(encoded: str | bytes) -> None:
    stated = msgspec.json.decode(encoded, type=_Stated).format
    if stated != FORMAT:
        raise NotReadable(f"format {stated}, this program reads {FORMAT}", stated)
