"""Everything that ends a command, with its cause and what the operator should do.

Bad events are never here: they are outcome values with a counter and the dead-letter topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple


class Problem(NamedTuple):
    """One thing wrong with a configuration: where it is, what is wrong, and what to do about it."""

    path: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.message}; {self.remedy}" if self.path else f"{self.message}; {self.remedy}"
        )


class SupportPulseError(Exception):
    """A command cannot go on. The message is one line that says what happened and what to do about it."""

    exit_code: ClassVar[int] = 1


class UsageError(SupportPulseError):
    """The command was called in a way that cannot work. Correct the call; `--help` has an example."""

    exit_code: ClassVar[int] = 2


class ConfigurationError(SupportPulseError):
    """The configuration is wrong, in file or environment. Each of `problems` says what to change.

    All problems are found before the first message is read, so one round of corrections is enough.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        assert problems
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
