"""The configuration: read from a file and the environment, checked whole, resolved for the core.

Guarantee: whoever holds `Settings` holds a configuration without a problem; all problems are raised together.
Worked: a file with an unknown key, a wrong time zone and a queue without its calendar gives one
ConfigurationError with three problems, each with its path, what is wrong and what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from aggregators.configuration import Configuration
from streams.errors import ConfigurationError, Problem
from streams.settings_checks import Finding, findings, notices
from streams.settings_engine import configuration_of
from streams.settings_models import Sections
from streams.settings_problems import problems_of, without
from streams.settings_sources import Location, overlay, read_document


class Settings(Sections):
    """A configuration that passed all checks. Durations are milliseconds; `engine()` is for the core."""

    def engine(self) -> Configuration:
        """Return the configuration resolved for the core, the same object every time."""
        return self._engine

    def notices(self) -> list[str]:
        """Return what is allowed and yet may surprise, one line each."""
        return list(notices(self))

    @cached_property
    def _engine(self) -> Configuration:
        return configuration_of(self)


def load_settings(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the configuration of a file with the environment over it.

    path: TOML or JSON by its suffix, None for defaults; environment: variables, of which those that begin
    with SUPPORTPULSE_ count, None for none (pass os.environ at the edge).
    Raises ConfigurationError with every problem there is.
    """
    document = {} if path is None else read_document(path)
    stated, origins, problems = overlay(document, environment or {})
    return _checked(stated, origins, problems)


def configuration_from_mapping(mapping: Mapping[str, object]) -> Settings:
    """Return the configuration that plain data states, as a worked scenario does; the environment has no say.

    Raises ConfigurationError with every problem there is.
    """
    return _checked(dict(mapping), {}, [])


def _checked(
    document: dict[str, object], origins: Mapping[Location, str], problems: list[Problem]
) -> Settings:
    """Return settings without a problem, or raise all problems of values and of rules between them."""
    found, sections = _validated(document, origins)
    problems = [*problems, *(problem for _, problem in found)]
    broken = {problem.path for problem in problems}
    if sections is not None:
        rules = findings(sections)
        problems += [finding.problem for finding in rules if not _is_moot(finding, broken)]
    if problems or sections is None:
        raise ConfigurationError(problems)
    return sections


def _validated(
    document: dict[str, object], origins: Mapping[Location, str]
) -> tuple[list[tuple[Location, Problem]], Settings | None]:
    """Return the problems of single values, and settings of whatever has none."""
    try:
        return [], Settings.model_validate(document)
    except ValidationError as error:
        found = problems_of(error, document, origins)
        # A key that is missing cannot be left out: its section is.
        missing = {detail["loc"] for detail in error.errors() if detail["type"] == "missing"}
    places = {place[:-1] if place in missing else place for place, _ in found}
    try:
        return found, Settings.model_validate(without(document, places))
    except ValidationError:
        return found, None


def _is_moot(finding: Finding, broken: Collection[str]) -> bool:
    """Tell whether a rule looked at something that is already known to be wrong."""
    return any(
        _lies_within(finding.problem.path, path)
        or any(_lies_within(place, path) or _lies_within(path, place) for place in finding.looked_at)
        for path in broken
    )


def _lies_within(path: str, outer: str) -> bool:
    """Tell whether a path is another one or lies below it."""
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))
