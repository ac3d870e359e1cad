"""What exporters and workers say to each other about a number."""

import pytest
from msgspec import json
from msgspec.structs import replace

from aggregators.contributions import Contribution
from aggregators.explanation import Found, Selection, Sums
from exporters.explain_parts import AskedPart, ToldPart, read_asked, read_told
from exporters.fleet_parts import NotReadable

ASKED = AskedPart(
    metric="answered",
    channel=None,
    queue="sales",
    start=0,
    end=10_000,
    partitions={"calls": [3]},
    selection=Selection(5, is_latest=False, lowest=7),
)
TOLD = ToldPart(
    partitions=[("calls", 3)],
    sums=Sums({2: 4}, {257: 9_000}, {705: 1}),
    found=Found([Contribution(9, "c1", ("phone", "sales"), 257, 9_000, 1)], 12),
)


def test_what_is_read_is_what_was_written() -> None:
    """Both ways, and of another format neither."""
    assert read_asked(json.encode(ASKED).decode()) == ASKED
    assert read_told(json.encode(TOLD)) == TOLD
    for read, value in ((read_told, TOLD), (read_asked, ASKED)):
        with pytest.raises(NotReadable) as refused:
            read(json.encode(replace(value, format=7)).decode())  # type: ignore[arg-type]  # JSON is text, too
        assert refused.value.format == 7


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"format":1}', b"\xff\xfe"])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    """Whatever it is."""
    with pytest.raises(NotReadable):
        read_told(body)
