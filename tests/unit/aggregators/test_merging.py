"""Partitions are added up; what has not changed is not added again."""

from aggregators.measures import Count, Parts
from aggregators.merging import Merging
from aggregators.parts import MomentParts, StateParts

SERIES, OTHER = ("phone", "a"), ("phone", "b")


def moment(parts: Parts, waiting: int = 0) -> MomentParts:
    """Return the moment of a partition with one window and one series."""
    states = {SERIES: StateParts(open_cases=[waiting, 0, 0, 0])}
    return MomentParts(windows={"5m": {SERIES: parts}}, states=states, known={SERIES})


def test_the_sum_is_that_of_adding_all() -> None:
    """Windows, states and known pairs; nothing that was given is changed."""
    first, second = moment({Count.OFFERED: 2}, 1), moment({Count.OFFERED: 3, Count.EXITED: 1}, 4)
    expected = MomentParts()
    expected.add(first)
    expected.add(second)
    assert Merging().merged([first, second]) == expected
    assert first.windows["5m"][SERIES] == {Count.OFFERED: 2}


def test_what_has_not_changed_stays_the_same_object() -> None:
    """A sum is made anew when a partition gives another object, comes or goes."""
    merging = Merging()
    left, right = moment({Count.OFFERED: 2}), moment({Count.OFFERED: 3})
    before = merging.merged([left, right]).windows["5m"][SERIES]
    assert merging.merged([left, right]).windows["5m"][SERIES] is before
    right = moment({Count.OFFERED: 4})
    assert merging.merged([left, right]).windows["5m"][SERIES] == {Count.OFFERED: 6}
    assert merging.merged([right]).windows["5m"][SERIES] == {Count.OFFERED: 4}


def test_a_series_that_is_gone_is_forgotten() -> None:
    """A window without rows stays, so that its zeros are shown."""
    merging = Merging()
    merging.merged([moment({Count.OFFERED: 2})])
    assert merging.merged([MomentParts(windows={"5m": {}})]).windows == {"5m": {}}
