"""What workers publish comes back as it was, or is refused with a reason."""

import zlib

import msgspec
import pytest

from aggregators.ledger import PartitionLedger
from exporters import fleet_parts
from exporters.fleet_parts import (
    Identity,
    NotReadable,
    PartitionParts,
    PartitionReport,
    compressed,
    encode,
    read_parts,
    read_report,
)
from tests.building import at, call, configured

IDENTITY = Identity("f", 1, {"calls": 2}, "wall")
REPORT = PartitionReport(identity=IDENTITY, topic="calls", partition=0, state="live", applied=1, lag=0)


def parts() -> PartitionParts:
    """Return the parts of a partition with one waiting call."""
    ledger = PartitionLedger("calls", configured())
    ledger.fold([call("offered", "10:00:00", queue="q")], 1)
    return PartitionParts(
        identity=IDENTITY,
        topic="calls",
        partition=0,
        epoch=7,
        tick=600,
        now=at("10:00:05"),
        window_end=at("10:00:10"),
        watermark=ledger.watermark,
        applied=1,
        lag=None,
        moment=ledger.moment(at("10:00:05"), at("10:00:10")),
    )


def test_a_report_of_an_older_worker_has_no_address() -> None:
    """A rolling upgrade gets along without it; and whoever reads passes over what came later."""
    told = msgspec.msgpack.decode(encode(msgspec.structs.replace(REPORT, address="http://w1:9464")))
    assert read_report(msgspec.msgpack.encode(told)).address == "http://w1:9464"
    assert read_report(msgspec.msgpack.encode(told[:-1])) == REPORT
    assert read_report(msgspec.msgpack.encode([*told, "of a later one"])).address == "http://w1:9464"


def test_what_was_encoded_is_decoded() -> None:
    """Windows, states, sets and absent numbers."""
    assert read_report(encode(REPORT)) == REPORT
    assert read_parts(compressed(encode(parts()))) == parts()


def test_equal_parts_are_equal_bytes_when_compressed() -> None:
    """Nothing of the moment of compressing is in them."""
    encoded = encode(parts())
    assert compressed(encoded) == compressed(encoded)


@pytest.mark.parametrize("stored", [b"", b"\xc1", b"text", msgspec.msgpack.encode([]), b"\x91\xa1x"])
def test_damage_is_refused(stored: bytes) -> None:
    """Whatever stands there."""
    with pytest.raises(NotReadable):
        read_report(stored)
    for foreign in (stored, zlib.compress(stored)):
        with pytest.raises(NotReadable):
            read_parts(foreign)


def test_another_format_is_told_before_anything_else_is_read() -> None:
    """The version of the program is the reason, not a field."""
    foreign = msgspec.msgpack.encode([2, "whatever"])
    with pytest.raises(NotReadable, match="format 2, this program reads 1") as raised:
        read_report(foreign)
    assert raised.value.format == 2
    with pytest.raises(NotReadable, match="format 2"):
        read_parts(zlib.compress(foreign))


def test_the_right_format_with_wrong_fields_is_damage() -> None:
    """A field of another type."""
    stored = msgspec.msgpack.encode([1, "no identity"])
    with pytest.raises(NotReadable):
        read_report(stored)
    with pytest.raises(NotReadable):
        read_parts(zlib.compress(stored))


def test_what_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of zeros is a kilobyte when compressed."""
    monkeypatch.setattr(fleet_parts, "PARTS_BYTES", 100_000)
    with pytest.raises(NotReadable, match="more than 100000 bytes"):
        read_parts(zlib.compress(bytes(1_000_000)))
