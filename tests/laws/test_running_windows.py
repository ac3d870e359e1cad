"""Windows carried on from reading to reading equal windows summed anew."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from aggregators.facts import DURATION, Fact
from aggregators.measures import Count, Distribution
from aggregators.rows import COARSE, Rows
from aggregators.running_windows import RunningWindows
from tests.laws.logs import examples, parts_of, same

RESOLUTION, MINUTE, HOUR = 10_000, 60_000, 3_600_000
START = 20_000 * 24 * HOUR
LENGTHS = {"1m": MINUTE, "30m": 30 * MINUTE, "2h": 2 * HOUR}
REACH = 2 * HOUR + 11 * MINUTE
SERIES = (("phone", "a"), ("phone", "b"))
MEASURES = (int(Count.OFFERED), int(Count.UNANSWERED), DURATION + Distribution.ANSWER)


class Moment(Struct, frozen=True):
    """What happens next: time passes, facts come, somebody reads (a little back at times)."""

    passes: int
    facts: tuple[tuple[int, int, int, int], ...]
    """(milliseconds before the watermark, series, measure, sign)."""
    read_back: int | None


def moments() -> st.SearchStrategy[list[Moment]]:
    """Draw the life of a partition over seconds and hours."""
    facts = st.tuples(
        st.sampled_from([0, 1, 9_999, 65_000, 20 * MINUTE, 3 * HOUR]) | st.integers(0, 2 * HOUR),
        st.integers(0, 1),
        st.integers(0, 2),
        st.sampled_from([1, 1, 1, -1]),
    )
    return st.lists(
        st.builds(
            Moment,
            st.sampled_from([0, 250, 9_999, 10_000, MINUTE, 29 * MINUTE, HOUR, 7 * HOUR]),
            st.lists(facts, max_size=4).map(tuple),
            st.none() | st.sampled_from([0, 0, 0, 5 * MINUTE, 2 * HOUR]),
        ),
        min_size=1,
        max_size=12,
    )


AT_THE_BORDER = [
    Moment(310 * MINUTE, ((0, 0, 0, 1),), 0),  # 5:10, all of it in fine rows
    Moment(122 * MINUTE, (), 0),  # 7:12: they reach back to 5:01, and whole quarters of them to 5:15
]
"""What lies between both belongs to the coarse row of 5:00 alone."""

WITHIN_A_QUARTER = [Moment(299 * MINUTE, ((0, 0, 0, 1),), None), Moment(119 * MINUTE, (), 0)]
"""At 6:58 the last two hours begin at 4:58:10, fine rows at 4:47 and whole quarters of them at 5:00: what
happened at 4:59 is in the two hours, and once in today. `make chaos` found it counted twice."""


@example(life=AT_THE_BORDER)
@example(life=WITHIN_A_QUARTER)
@examples(200)
@given(life=moments())
def test_windows_carried_on_are_those_summed_anew(life: list[Moment]) -> None:
    """Late facts, withdrawn ones, rows becoming coarse, days changing, readers that look back."""
    rows = Rows(RESOLUTION, REACH, 48 * HOUR)
    windows = RunningWindows(rows)
    watermark = START
    for moment in life:
        watermark += moment.passes
        rows.forget(watermark // MINUTE * MINUTE)
        facts: list[Fact] = [
            (watermark - before, SERIES[series], MEASURES[measure], 1 if measure < 2 else before, sign)
            for before, series, measure, sign in moment.facts
        ]
        rows.add(facts)
        windows.add(facts)
        if moment.read_back is not None:
            end = (watermark - moment.read_back) // RESOLUTION * RESOLUTION + RESOLUTION
            starts = {label: end - length for label, length in LENGTHS.items()}
            starts["today"] = (end - 1) // (24 * HOUR) * 24 * HOUR
            if any(start < rows.fine_from and start % COARSE for start in starts.values()):
                continue  # such a window cannot be read: coarse rows are whole
            read: dict[str, Any] = {
                label: parts_of(sums) for label, sums in windows.read(starts, end).items()
            }
            same(read, {label: parts_of(rows.window(start, end)) for label, start in starts.items()})
