"""Lines of event files: NDJSON, gzipped or not, or standard input.

Guarantee: lines come as raw bytes with the name of their file and their number (from 1), none is left out but
empty ones; a file that cannot be read is one clear error.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from streams.errors import UsageError

STANDARD_INPUT = "-"


class Line(NamedTuple):
    """One line of an event file, without its line break."""

    file: str
    number: int
    value: bytes


def lines_of(files: Iterable[str]) -> Iterator[Line]:
    """Yield the lines of several files one after the other; `-` is standard input.

    Raises UsageError for a file that cannot be read.
    """
    for file in files:
        try:
            with _opened(file) as stream:
                for number, line in enumerate(stream, 1):
                    value = line.strip()
                    if value:
                        yield Line(file, number, value)
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(
                f"{file}: {reason}; name files of one JSON event a line, or - for standard input"
            ) from error


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == STANDARD_INPUT:
        yield sys.stdin.buffer
    elif file.endswith(".gz"):
        with gzip.open(file, "rb") as stream:
            yield cast(BinaryIO, stream)
    else:
        with Path(file).open("rb") as stream:
            yield stream
