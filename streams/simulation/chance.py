"""Chance, always from a seed: the same name under the same seed gives the same numbers."""

from __future__ import annotations

from random import Random


def seeded(seed: int, name: str) -> Random:
    """Return a source of random numbers of its own for one part of the simulation.

    Parts with their own sources do not disturb each other: more chats do not change the calls.
    """
    return Random(f"{seed} {name}")  # noqa: S311  # nothing here is secret
