"""The configuration: read from a file and the environment, checked whole, resolved for the core.

Guarantee: whoever holds `Settings` holds a configuration without a problem; all problems are raised together.
Worked: a file with an unknown key, a wrong time zone and a queue without its calendar gives one
ConfigurationError with three problems, each with its path, what is wrong and what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from aggregators.configuration import Configuration
from streams.errors import ConfigurationError, Problem
from streams.settings_checks import Finding, findings, notices
from streams.settings_engine import configuration_of
from streams.settings_models import Sections
from streams.settings_problems import problems_of, without
from streams.settings_sources import DELIMITER, PREFIX, Location, Merged, Variables, file_source


class Settings(Sections, BaseSettings):
    """A configuration that passed all checks. Durations are milliseconds; `engine()` is for the core."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="forbid", frozen=True, case_sensitive=True
    )

    @classmethod
    def of(cls, *sources: PydanticBaseSettingsSource) -> Self:
        """Return what sources state together, the first of them before the others.

        Raises pydantic's ValidationError for single values that are wrong.
        """
        return cls.model_validate({"sources": sources})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the sources that `of` was called with, and nothing of this process by itself."""
        assert isinstance(init_settings, InitSettingsSource)
        sources: tuple[PydanticBaseSettingsSource, ...] = init_settings.init_kwargs.get("sources", ())
        return sources

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
    file = file_source(Settings, path)
    variables = Variables(Settings, environment or {}, file())
    return _checked((variables, file), variables)


def stated_configuration(
    path: Path | None = None, environment: Mapping[str, str] | None = None
) -> Mapping[str, object]:
    """Return what `load_settings` reads, as it is stated: nothing resolved, no default filled in.

    Raises ConfigurationError with every problem there is.
    """
    load_settings(path, environment)
    file, merged = file_source(Settings, path), Merged(Settings)
    Settings.of(Variables(Settings, environment or {}, file()), file, merged)
    return merged.document


def configuration_from_mapping(mapping: Mapping[str, object]) -> Settings:
    """Return the configuration that plain data states, as a worked scenario does; the environment has no say.

    Raises ConfigurationError with every problem there is.
    """
    return _checked((InitSettingsSource(Settings, dict(mapping)),))


def _checked(sources: tuple[PydanticBaseSettingsSource, ...], variables: Variables | None = None) -> Settings:
    """Return settings without a problem, or raise all problems of values and of rules between them."""
    found, settings = _validated(sources, {} if variables is None else variables.origins)
    problems = [*(variables.problems if variables else ()), *(problem for _, problem in found)]
    broken = {problem.path for problem in problems}
    if settings is not None:
        rules = findings(settings)
        problems += [finding.problem for finding in rules if not _is_moot(finding, broken)]
    if problems or settings is None:
        raise ConfigurationError(problems)
    return settings


def _validated(
    sources: tuple[PydanticBaseSettingsSource, ...], origins: Mapping[Location, str]
) -> tuple[list[tuple[Location, Problem]], Settings | None]:
    """Return the problems of single values, and settings of whatever has none."""
    merged = Merged(Settings)
    try:
        return [], Settings.of(*sources, merged)
    except ValidationError as error:
        found = problems_of(error, merged.document, origins)
        # A key that is missing cannot be left out: its section is.
        missing = {detail["loc"] for detail in error.errors() if detail["type"] == "missing"}
    places = {place[:-1] if place in missing else place for place, _ in found}
    try:
        return found, Settings.of(InitSettingsSource(Settings, without(merged.document, places)))
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
