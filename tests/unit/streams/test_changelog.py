"""What of a changelog counts when it is read again."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.changelog import (
    ChangelogDamaged,
    ChangelogHeader,
    ChangelogReading,
    Checkpoint,
    decode_headers,
    encode_headers,
)
from streams.wire_names import CHECKPOINT_HEADER


def fence() -> ChangelogHeader:
    """Return the header of a fence; its offset will be its epoch."""
    return ChangelogHeader("fence", 0, 1, 4, "f")


def chunk(epoch: int, start: int, end: int, number: int = 0, chunks: int = 1) -> ChangelogHeader:
    """Return the header of one chunk of a checkpoint."""
    return ChangelogHeader("checkpoint", epoch, 1, 4, "f", start, end, number, chunks)


def read(headers: Iterable[ChangelogHeader], start: int = 0) -> tuple[ChangelogReading, list[Checkpoint]]:
    """Read a log whose first record has the offset `start`; every value names its offset."""
    reading = ChangelogReading()
    checkpoints = [
        checkpoint
        for offset, header in enumerate(headers, start)
        if (checkpoint := reading.feed(offset, header, str(offset).encode())) is not None
    ]
    reading.finish()
    return reading, checkpoints


def spans(checkpoints: Iterable[Checkpoint]) -> list[tuple[int, int]]:
    """Return from where to where checkpoints lead."""
    return [(found.header.from_position, found.header.to_position) for found in checkpoints]


def test_the_example_of_the_module_reads_as_it_says() -> None:
    """A late writer's checkpoint behind a newer fence is passed over, two chunks make one checkpoint."""
    reading, checkpoints = read(
        [
            fence(),
            chunk(0, 0, 50),
            chunk(0, 50, 90),
            fence(),
            chunk(3, 90, 120),
            chunk(0, 50, 95),
            chunk(3, 120, 150, 0, 2),
            chunk(3, 120, 150, 1, 2),
        ]
    )
    assert spans(checkpoints) == [(0, 50), (50, 90), (90, 120), (120, 150)]
    assert checkpoints[-1].chunks == [b"6", b"7"]
    assert checkpoints[-1].offset == 6
    assert (reading.epoch, reading.position, reading.stale_records, reading.torn_checkpoints) == (
        3,
        150,
        1,
        0,
    )


def test_an_empty_log_has_no_state() -> None:
    """Only a fence stands there."""
    reading, checkpoints = read([fence()])
    assert (checkpoints, reading.position, reading.epoch) == ([], None, 0)


@pytest.mark.parametrize(
    "torn",
    [
        [chunk(0, 10, 20, 0, 3), chunk(0, 10, 20, 1, 3)],  # the last chunk is missing
        [chunk(0, 10, 20, 1, 3), chunk(0, 10, 20, 2, 3)],  # the first
        [chunk(0, 10, 20, 0, 3), chunk(0, 10, 20, 2, 3)],  # one between
    ],
)
def test_a_torn_checkpoint_does_not_count_and_is_counted(torn: list[ChangelogHeader]) -> None:
    """The next writer starts where the last complete one ended."""
    fence_offset = 2 + len(torn)
    reading, checkpoints = read([fence(), chunk(0, 0, 10), *torn, fence(), chunk(fence_offset, 10, 30)])
    assert spans(checkpoints) == [(0, 10), (10, 30)]
    assert reading.torn_checkpoints >= 1


def test_chunks_around_a_fence_do_not_make_a_checkpoint() -> None:
    """What a writer wrote before it lost the partition is not completed by what it writes after."""
    reading, checkpoints = read(
        [fence(), chunk(0, 0, 9, 0, 2), fence(), chunk(0, 0, 9, 1, 2), chunk(2, 0, 5)]
    )
    assert spans(checkpoints) == [(0, 5)]
    assert (reading.torn_checkpoints, reading.stale_records) == (1, 1)


def test_what_a_retry_wrote_twice_counts_once() -> None:
    """A doubled chunk within a checkpoint, and a whole checkpoint doubled."""
    log = [fence()]
    log += [chunk(0, 0, 9, 0, 2), chunk(0, 0, 9, 0, 2), chunk(0, 0, 9, 1, 2)]
    log += [chunk(0, 0, 9, 0, 2), chunk(0, 0, 9, 1, 2), chunk(0, 9, 12)]
    _, checkpoints = read(log)
    assert spans(checkpoints) == [(0, 9), (9, 12)]
    assert checkpoints[0].chunks == [b"1", b"3"]


def test_a_deleted_head_starts_anywhere_with_the_epoch_of_its_records() -> None:
    """The fence is gone with the head; an older writer's records behind it still do not count."""
    reading, checkpoints = read([chunk(40, 700, 800), chunk(7, 500, 600), chunk(40, 800, 900)], start=120)
    assert spans(checkpoints) == [(700, 800), (800, 900)]
    assert (reading.epoch, reading.stale_records) == (40, 1)


@pytest.mark.parametrize(
    "log",
    [
        [fence(), chunk(0, 5, 10)],  # the log has its head, so the state has to start at 0
        [fence(), chunk(0, 0, 10), chunk(0, 11, 20)],  # a hole
        [fence(), chunk(0, 0, 10), chunk(0, 9, 20)],  # an overlap
    ],
)
def test_a_broken_chain_is_refused(log: list[ChangelogHeader]) -> None:
    """No crash leaves it, so going on would give wrong numbers silently."""
    with pytest.raises(ChangelogDamaged):
        read(log)


def test_headers_survive_the_wire() -> None:
    """Encoded and decoded, a header is the same."""
    header = chunk(7, 100, 200, 1, 3)
    assert decode_headers(encode_headers(header), 5) == header


@pytest.mark.parametrize("headers", [[], [("other", b"1")], [(CHECKPOINT_HEADER, b"{")]])
def test_a_record_without_a_readable_header_is_damage(headers: list[tuple[str, bytes]]) -> None:
    """The message says where."""
    with pytest.raises(ChangelogDamaged, match="record 5"):
        decode_headers(headers, 5)


class Writer:
    """A correct writer in a model: fences, reads, writes checkpoints of some chunks, may be paused."""

    def __init__(self) -> None:
        self.epoch = -1
        self.position = 0
        self.pending: list[ChangelogHeader] = []

    def take(self, log: list[ChangelogHeader]) -> None:
        """Fence and read up to the fence."""
        log.append(fence())
        self.epoch = len(log) - 1
        self.pending = []
        self.position = read(log)[0].position or 0

    def draft(self, events: int, chunks: int) -> None:
        """Queue the chunks of a checkpoint; they need not be written at once."""
        end = self.position + events
        self.pending += [chunk(self.epoch, self.position, end, number, chunks) for number in range(chunks)]
        self.position = end

    def write(self, log: list[ChangelogHeader]) -> None:
        """Write one chunk."""
        if self.pending:
            log.append(self.pending.pop(0))


steps = st.lists(
    st.tuples(st.sampled_from(["take", "draft", "write"]), st.integers(0, 1), st.integers(1, 3)), max_size=40
)


@given(steps)
def test_two_writers_interleaved_in_any_way_leave_an_unbroken_chain(
    steps: list[tuple[str, int, int]],
) -> None:
    """Whoever wakes up late and wherever the log is cut: what counts is one unbroken chain."""
    log: list[ChangelogHeader] = []
    writers = [Writer(), Writer()]
    writers[0].take(log)
    for step, who, number in steps:
        writer = writers[who]
        if step == "take" or writer.epoch < 0:
            writer.take(log)
        elif step == "draft":
            writer.draft(number * 10, number)
        else:
            writer.write(log)
    for cut in range(len(log) + 1):
        reading, checkpoints = read(log[:cut])
        found = spans(checkpoints)
        assert [start for start, _ in found] == [0, *(end for _, end in found)][: len(found)]
        fences = [offset for offset, header in enumerate(log[:cut]) if header.kind == "fence"]
        assert reading.epoch == (fences[-1] if fences else -1)
