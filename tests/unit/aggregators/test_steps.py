"""Long work in pieces."""

from aggregators.steps import Steps, finished


def count_to(last: int, seen: list[int]) -> Steps[int]:
    """Note every number in a step of its own and return their sum."""
    for number in range(1, last + 1):
        seen.append(number)
        yield
    return sum(seen)


def test_all_of_it_at_once_gives_the_result_of_the_steps() -> None:
    """Three steps, 1 + 2 + 3."""
    assert finished(count_to(3, [])) == 6


def test_work_without_a_step_has_a_result_too() -> None:
    """Nothing to do is done at once."""
    assert finished(count_to(0, [])) == 0


def test_who_drives_it_decides_how_far_it_gets() -> None:
    """One step is one piece of the work."""
    seen: list[int] = []
    next(count_to(3, seen))
    assert seen == [1]
