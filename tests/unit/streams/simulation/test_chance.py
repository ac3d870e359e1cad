"""Chance from a seed."""

from streams.simulation.chance import seeded


def test_the_same_seed_and_name_give_the_same_numbers() -> None:
    """Another name or seed gives others."""
    first = [seeded(1, "calls").random() for _ in range(2)]
    assert first[0] == first[1]
    assert len({seeded(seed, name).random() for seed in (1, 2) for name in ("calls", "chats")}) == 4
