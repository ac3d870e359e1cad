"""The plan: what a run depends on."""

import pytest

from streams.simulation.plan import CALL_QUEUES, CHAT_QUEUES, TICKET_QUEUES, Disturbance, SimulationPlan


def test_the_shares_of_all_queues_are_the_whole() -> None:
    """The rate is that of all contacts together."""
    shares = [profile.share for profile in (*CALL_QUEUES, *CHAT_QUEUES, *TICKET_QUEUES)]
    assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize(
    "disturbance",
    [Disturbance(duplicates=0.1), Disturbance(disorder=1), Disturbance(late=0.1)],
)
def test_any_disturbance_is_one(disturbance: Disturbance) -> None:
    """Only the default leaves the delivery alone."""
    assert not disturbance.is_none
    assert Disturbance().is_none


def test_runs_of_another_seed_or_second_have_other_tokens() -> None:
    """The token keeps the ids of runs apart."""
    tokens = {SimulationPlan(seed, start, None).token for seed in (1, 11) for start in (0, 1000, 11_000)}
    assert len(tokens) == 6
