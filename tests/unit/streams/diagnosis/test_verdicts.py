"""Words of verdicts: ages, lists, and what there is to do."""

import pytest

from streams.diagnosis.facts import Unknown
from streams.diagnosis.verdicts import Result, age, listed, ok, or_ok, problem, skipped


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (-5, "0 s"),
        (1_500, "2 s"),
        (119_000, "119 s"),
        (120_000, "2 min"),
        (7_200_000, "2 h"),
        (172_800_000, "2 days"),
    ],
)
def test_ages_are_said_in_their_largest_unit(milliseconds: int, text: str) -> None:
    """Two of it at least."""
    assert age(milliseconds) == text


def test_long_lists_are_cut() -> None:
    """Five names, and how many more."""
    assert listed(["a", "b"]) == "a, b"
    assert listed("abcdefg") == "a, b, c, d, e and 2 more"


def test_well_is_said_where_nothing_is_wrong() -> None:
    """Else only what is wrong."""
    assert or_ok([], "fine") == [ok("fine")]
    assert or_ok([problem("bad", "mend it")], "fine") == [problem("bad", "mend it")]


def test_what_is_unknown_is_skipped_with_its_reason() -> None:
    """In the words of who was asked."""
    assert skipped(Unknown("no right")) == skipped("no right")
    assert skipped("no right").result is Result.SKIPPED
