"""Lines of event files."""

import gzip
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.event_files import Line, lines_of


def test_lines_come_with_file_and_number_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    """The third line of the file has number 3."""
    file = tmp_path / "a.ndjson"
    file.write_bytes(b"{}\n\n[]\n")
    assert list(lines_of([str(file)])) == [Line(str(file), 1, b"{}"), Line(str(file), 3, b"[]")]


def test_gzip_files_and_plain_ones_can_be_mixed(tmp_path: Path) -> None:
    """One after the other."""
    packed, plain = tmp_path / "a.ndjson.gz", tmp_path / "b.ndjson"
    packed.write_bytes(gzip.compress(b"1\n2\n"))
    plain.write_bytes(b"3")
    assert [line.value for line in lines_of([str(packed), str(plain)])] == [b"1", b"2", b"3"]


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    """It names the file and what to do."""
    with pytest.raises(UsageError, match=r"nowhere\.ndjson: No such file.*name files"):
        list(lines_of([str(tmp_path / "nowhere.ndjson")]))


def test_a_torn_gzip_file_is_an_error_and_not_a_short_log(tmp_path: Path) -> None:
    """Half of the events must not pass for all."""
    file = tmp_path / "a.ndjson.gz"
    file.write_bytes(gzip.compress(b"1\n" * 10_000)[:-20])
    with pytest.raises(UsageError):
        list(lines_of([str(file)]))
