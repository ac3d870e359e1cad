"""Adding the parts of partitions."""

from aggregators.parts import MomentParts, SlaParts, StateParts, earliest


def test_the_earlier_of_two_moments_and_nothing() -> None:
    """None is no moment at all."""
    assert earliest(None, 5) == 5
    assert earliest(5, None) == 5
    assert earliest(7, 5) == 5
    assert earliest(None, None) is None


def test_states_add_and_the_longest_wait_is_the_earliest() -> None:
    """1 + 2 waiting cases; the wait since 100 is longer than the one since 200."""
    left = StateParts(open_cases=[1, 0, 0, 0], backlog=[1, 0, 0, 0, 0, 0], longest_since=200)
    left.add(StateParts(open_cases=[2, 1, 0, 0], backlog=[0, 2, 0, 0, 0, 0], longest_since=100))
    assert left.open_cases == [3, 1, 0, 0]
    assert left.backlog == [1, 2, 0, 0, 0, 0]
    assert left.longest_since == 100


def test_deadlines_add_and_the_next_breach_is_the_earliest() -> None:
    """Cumulative counts add; the next breach is a minimum."""
    left = SlaParts(within_15m=1, within_60m=2, breached_open=1, next_breach=50)
    left.add(SlaParts(within_15m=0, within_60m=1, breached_open=3, next_breach=40))
    assert left == SlaParts(within_15m=1, within_60m=3, breached_open=4, next_breach=40)


def test_moments_add_window_by_window_and_label_by_label() -> None:
    """Rows of one series add; agents and stale cases add by label; known pairs are united."""
    left = MomentParts(windows={"5m": {("phone", "a"): {1: 2}}}, agents={"break": 1}, known={("phone", "a")})
    left.add(
        MomentParts(
            windows={"5m": {("phone", "a"): {1: 3}, ("phone", "b"): {1: 1}}},
            agents={"break": 2},
            stale={"chat": 1},
            known={("phone", "b")},
        )
    )
    assert left.windows == {"5m": {("phone", "a"): {1: 5}, ("phone", "b"): {1: 1}}}
    assert left.agents == {"break": 3}
    assert left.stale == {"chat": 1}
    assert left.known == {("phone", "a"), ("phone", "b")}
