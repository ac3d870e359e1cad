"""What stands in a changelog partition, and what counts of it when it is read again.

Guarantee: `ChangelogReading` yields exactly the checkpoints that a correct writer made durable, in order,
whatever else stands in the log: torn checkpoints (a chunk missing), records of a writer that lost the
partition and woke up later, and records doubled by a retry are passed over and counted. It is pure: the same
records give the same answer.

A log is a chain. A fence's offset is the epoch of its writer; a checkpoint carries `{epoch, from, to, …,
chunk, chunks}` and counts when all its chunks stand there with no newer fence before the last of them:

    offset 0        1        2        3        4        5        6        7
           fence    c 0→50   c 50→90  fence    c 90→120 c 50→95  c 120→…  c …→150
                    epoch 0  epoch 0           epoch 3  epoch 0  chunk 1/2 2/2, epoch 3
                                                        ^ late writer: ignored

gives 0→50, 50→90, 90→120, 120→150. Where the head was deleted the first checkpoint starts a rolling
snapshot's cycle and may start anywhere. Cost: about 3 µs per record, without what the chunks hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec
from msgspec import Struct

from streams.wire_names import CHECKPOINT_HEADER

Headers = Iterable[tuple[str, bytes]]


class ChangelogHeader(Struct, frozen=True, omit_defaults=True):
    """The header of one changelog record, JSON on the wire.

    kind: `fence` or `checkpoint`; epoch: offset of the writer's fence, 0 in a fence (its own offset counts);
    from_position, to_position: source offsets, half-open; chunk: 0-based, of `chunks`;
    fingerprint: of the configuration that the writer ran under; partitions: of the source topic;
    announced_to: offset in the topic of SLA events below which all that was announced before stands.
    """

    kind: Literal["fence", "checkpoint"]
    epoch: int
    state_version: int
    partitions: int
    fingerprint: str
    from_position: int = 0
    to_position: int = 0
    chunk: int = 0
    chunks: int = 0
    announced_to: int = 0


class Checkpoint(Struct, frozen=True):
    """One complete checkpoint: its chunks in order, and the offset of its first record in the changelog."""

    header: ChangelogHeader
    chunks: list[bytes]
    offset: int


class ChangelogDamaged(Exception):
    """The chain of checkpoints has a hole that no crash can leave, as after records were removed by hand.

    What to do: stop all workers, delete the named changelog topic, start again; the source is then read anew.
    """

    def __init__(self, offset: int, detail: str) -> None:
        super().__init__(f"record {offset}: {detail}")
        self.offset = offset
        self.detail = detail


class StateMismatch(Exception):
    """The changelog was written by an incompatible program or for another number of partitions.

    What to do: as the message says; nothing is read or overwritten until then.
    """


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(ChangelogHeader)


def encode_headers(header: ChangelogHeader) -> list[tuple[str, bytes]]:
    """Return the Kafka headers of one changelog record."""
    return [(CHECKPOINT_HEADER, _encoder.encode(header))]


def decode_headers(headers: Headers, offset: int) -> ChangelogHeader:
    """Return the header of the changelog record at `offset`.

    Raises:
        ChangelogDamaged: the record has none, or one that cannot be read.
    """
    for name, value in headers:
        if name == CHECKPOINT_HEADER:
            try:
                return _decoder.decode(value)
            except msgspec.MsgspecError as error:
                raise ChangelogDamaged(offset, f"unreadable header: {error}") from error
    raise ChangelogDamaged(offset, "a record without a checkpoint header")


class ChangelogReading:
    """Read a changelog partition from its first record; feed it every record in order."""

    def __init__(self) -> None:
        self.epoch = -1
        """The newest epoch met."""
        self.position: int | None = None
        """Source offset up to which the checkpoints yielded so far reach; None before the first."""
        self.stale_records = 0
        """Records of an older epoch behind a newer fence."""
        self.torn_checkpoints = 0
        """Checkpoints whose last chunks never came."""
        self._open: list[bytes] = []
        self._open_header: ChangelogHeader | None = None
        self._open_offset = 0
        self._has_head = False

    def feed(self, offset: int, header: ChangelogHeader, value: bytes) -> Checkpoint | None:
        """Take the record at `offset`; return the checkpoint that it completes, if it does.

        Raises:
            ChangelogDamaged: a complete checkpoint does not continue the chain.
        """
        self._has_head |= offset == 0
        if header.kind == "fence":
            self._abandon_open()
            self.epoch = offset
            return None
        if header.epoch < self.epoch:
            self.stale_records += 1
            return None
        if header.epoch > self.epoch:  # its fence was deleted with the head of the log
            self._abandon_open()
            self.epoch = header.epoch
        return self._take_chunk(offset, header, value)

    def finish(self) -> None:
        """Say that the log ends here: what is still open will never be complete."""
        self._abandon_open()

    def _take_chunk(self, offset: int, header: ChangelogHeader, value: bytes) -> Checkpoint | None:
        if self._is_repetition(header):
            return None
        if header.chunk == 0:
            self._abandon_open()
            self._open_header, self._open_offset = header, offset
        elif not self._continues_open(header):
            self._abandon_open()
            self.torn_checkpoints += 1
            return None
        self._open.append(value)
        self._open_header = header
        if header.chunk + 1 < header.chunks:
            return None
        checkpoint = Checkpoint(header, self._open, self._open_offset)
        self._open, self._open_header = [], None
        self._extend_chain(checkpoint)
        return checkpoint

    def _is_repetition(self, header: ChangelogHeader) -> bool:
        """Say whether a producer's retry wrote the last chunk, or the last whole checkpoint, once more."""
        if self._open_header is not None:
            return header == self._open_header
        return self.position is not None and header.to_position == self.position > header.from_position

    def _continues_open(self, header: ChangelogHeader) -> bool:
        opened = self._open_header
        return (
            opened is not None
            and header.chunk == opened.chunk + 1
            and (header.from_position, header.to_position, header.chunks)
            == (opened.from_position, opened.to_position, opened.chunks)
        )

    def _extend_chain(self, checkpoint: Checkpoint) -> None:
        start = checkpoint.header.from_position
        if self.position is None:
            if checkpoint.offset <= 1 and start != 0:
                raise ChangelogDamaged(
                    checkpoint.offset, f"the log starts at source offset {start}, not at 0"
                )
        elif start != self.position:
            raise ChangelogDamaged(
                checkpoint.offset, f"a checkpoint from {start} follows one that ends at {self.position}"
            )
        self.position = checkpoint.header.to_position

    def _abandon_open(self) -> None:
        if self._open_header is not None:
            self.torn_checkpoints += 1
            self._open, self._open_header = [], None
