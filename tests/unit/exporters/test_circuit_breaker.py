"""After failures in a row nothing is tried for a while."""

from exporters.circuit_breaker import PAUSE_SECONDS, CircuitBreaker


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.now


def test_the_second_failure_in_a_row_opens_it_for_the_pause() -> None:
    """One failure may be chance."""
    clock = Clock()
    breaker = CircuitBreaker(clock)
    breaker.note_failure()
    assert breaker.allows
    breaker.note_failure()
    assert not breaker.allows
    clock.now += PAUSE_SECONDS
    assert breaker.allows


def test_a_trial_that_fails_opens_it_again_and_a_success_closes_it() -> None:
    """After a success two failures are needed anew."""
    clock = Clock()
    breaker = CircuitBreaker(clock)
    for _ in range(2):
        breaker.note_failure()
    clock.now += PAUSE_SECONDS
    breaker.note_failure()
    assert not breaker.allows
    clock.now += PAUSE_SECONDS
    breaker.note_success()
    breaker.note_failure()
    assert breaker.allows
