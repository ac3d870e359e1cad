"""When cases are looked at."""

from aggregators.expiry import STEP, Expiry


def test_a_name_is_due_at_the_first_step_at_or_after_its_moment() -> None:
    """A moment on a step is due there, one a millisecond later at the next."""
    expiry = Expiry()
    expiry.note(STEP, "on")
    expiry.note(STEP + 1, "after")
    assert list(expiry.due(STEP - 1)) == []
    assert list(expiry.due(STEP)) == ["on"]
    assert list(expiry.due(2 * STEP)) == ["after"]


def test_what_was_taken_out_is_gone_and_may_be_noted_again() -> None:
    """Also for a step that has passed: it comes with the next one."""
    expiry = Expiry()
    expiry.note(STEP, "a")
    assert list(expiry.due(5 * STEP)) == ["a"]
    assert list(expiry.due(5 * STEP)) == []
    expiry.note(STEP, "a")
    expiry.note(3 * STEP, "b")
    assert list(expiry.due(6 * STEP)) == ["a", "b"]
