"""What a worker publishes of one partition: a report each second, and the additive parts of a tick.

Guarantee: decoding gives back what was encoded, or raises `NotReadable`; what another version of the program
wrote is recognised by its format before anything else is read. Parts are compressed and never unpacked beyond
`PARTS_BYTES`, so that a damaged value cannot fill the memory.

Worked: partition calls/3, epoch 41, in the tick of second 1,772,445,610: a report of 100 bytes, and 200
queues with all windows in 110 kB; a partition without events has 200 bytes.
Cost: 200 queues take 4 ms to encode, 4 ms to compress (other threads go on meanwhile) and 7 ms to read back.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from aggregators.parts import MomentParts

FORMAT: Final = 1
"""Of both values; exporters read no other. It goes up with every change of a field here or of MomentParts,
but not with a field at the end that may be missing: older ones pass it over and newer ones do without."""

PARTS_BYTES: Final = 64 * 1024 * 1024
_COMPRESSION_LEVEL: Final = 1


class NotReadable(Exception):
    """A value in Redis is damaged or of another version; `format` is what it states, None where none is read.

    What to do: run one version of the program in the whole fleet; the value is replaced within seconds.
    """

    def __init__(self, detail: str, stated: int | None = None) -> None:
        super().__init__(detail)
        self.format = stated


class Identity(Struct, frozen=True, array_like=True):
    """What workers must have in common for their parts to be added.

    fingerprint: of the configuration; state_version: of the durable state; partitions: of every source topic;
    clock: what `now` is.
    """

    fingerprint: str
    state_version: int
    partitions: Mapping[str, int]
    clock: str


class PartitionReport(Struct, frozen=True, array_like=True, kw_only=True):
    """How a partition is, once a second, whether or not it has numbers.

    state: as in exporters.pipeline_status; applied and lag: None where there is no state; worker: a name for
    people; address: where it answers over HTTP, empty where it tells none.
    """

    format: int = FORMAT
    identity: Identity
    topic: str
    partition: int
    state: str
    applied: int | None
    lag: int | None
    worker: str = ""
    address: str = ""


class PartitionParts(Struct, frozen=True, array_like=True, kw_only=True):
    """The additive parts of one partition in one tick.

    tick: seconds since the epoch; now and window_end: the common moment (ms); watermark: newest event time
    folded (ms), None before the first event; applied: the numbers are those of the records below it.
    """

    format: int = FORMAT
    identity: Identity
    topic: str
    partition: int
    epoch: int
    tick: int
    now: int
    window_end: int
    watermark: int | None
    applied: int
    lag: int | None
    moment: MomentParts


class _Stated(Struct, array_like=True):
    format: int


_encoder: Final = msgspec.msgpack.Encoder()
_stated: Final = msgspec.msgpack.Decoder(_Stated)
_report: Final = msgspec.msgpack.Decoder(PartitionReport)
_parts: Final = msgspec.msgpack.Decoder(PartitionParts)


def encode(value: PartitionReport | PartitionParts) -> bytes:
    """Return a value as bytes, not compressed."""
    return _encoder.encode(value)


def compressed(encoded: bytes) -> bytes:
    """Return encoded parts as they are stored; may run in another thread."""
    return zlib.compress(encoded, _COMPRESSION_LEVEL)


def read_report(stored: bytes) -> PartitionReport:
    """Return a report. Raises NotReadable."""
    _check_format(stored)
    try:
        return _report.decode(stored)
    except msgspec.MsgspecError as error:
        raise NotReadable(str(error), FORMAT) from error


def read_parts(stored: bytes) -> PartitionParts:
    """Return the parts of a tick. Raises NotReadable."""
    unpacking = zlib.decompressobj()
    try:
        encoded = unpacking.decompress(stored, PARTS_BYTES)
    except zlib.error as error:
        raise NotReadable(str(error)) from error
    if not unpacking.eof:
        raise NotReadable(f"cut off, or more than {PARTS_BYTES} bytes")
    _check_format(encoded)
    try:
        return _parts.decode(encoded)
    except msgspec.MsgspecError as error:
        raise NotReadable(str(error), FORMAT) from error


def _check_format(encoded: bytes) -> None:
    try:
        stated = _stated.decode(encoded).format
    except msgspec.MsgspecError as error:
        raise NotReadable(str(error)) from error
    if stated != FORMAT:
        raise NotReadable(f"format {stated}, this program reads {FORMAT}", stated)
