"""Where the configuration is read from: a TOML or JSON file, then the environment over it, key by key.

Worked: SUPPORTPULSE_WINDOWS__HORIZON__DEFAULT=7d sets `default` in `[windows.horizon]`. A value that begins
with [, { or " is JSON: SUPPORTPULSE_WINDOWS__LENGTHS=["5m","today"]. In a list a number is the place of an
entry: SUPPORTPULSE_QUEUES__0__HOURS=office. A variable replaces what it names and leaves everything else.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Final

from streams.errors import ConfigurationError, Problem
from streams.settings_models import Sections

PREFIX: Final = "SUPPORTPULSE_"
SECTIONS: Final = frozenset(Sections.model_fields)

Location = tuple[str | int, ...]


def read_document(path: Path) -> dict[str, object]:
    """Return what a TOML or JSON file states. Raises ConfigurationError when it is neither, or unreadable."""
    name = str(path)
    if path.suffix not in {".toml", ".json"}:
        raise ConfigurationError(
            [Problem(name, f"the suffix {path.suffix!r} is not known", "name the file .toml or .json")]
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(
            [Problem(name, f"cannot be read: {reason}", "correct the path or its permissions")]
        ) from error
    except ValueError as error:  # what both parsers and the decoder raise
        raise ConfigurationError(
            [
                Problem(
                    name, f"is no valid {path.suffix[1:].upper()}: {error}", "correct that place in the file"
                )
            ]
        ) from error
    if not isinstance(document, dict):
        raise ConfigurationError(
            [Problem(name, "holds no table", "write an object with the sections as its keys")]
        )
    return document


def overlay(
    document: Mapping[str, object], environment: Mapping[str, str]
) -> tuple[dict[str, object], dict[Location, str], list[Problem]]:
    """Return a copy of a document with the environment over it, which variable set what, and problems."""
    result = deepcopy(dict(document))
    origins: dict[Location, str] = {}
    problems: list[Problem] = []
    # Sorted, a whole section comes before its keys, so that both can be given.
    for variable in sorted(environment):
        if not _is_key(variable):
            continue
        try:
            location = _put(result, variable.removeprefix(PREFIX).split("__"), _value(environment[variable]))
        except ValueError as error:
            problems.append(Problem(variable, str(error), "correct or unset the variable"))
        else:
            origins[location] = variable
    return result, origins, problems


def _is_key(variable: str) -> bool:
    """Tell whether a variable is meant as a key: it has a section and a key, or is a whole section."""
    name = variable.removeprefix(PREFIX)
    return variable.startswith(PREFIX) and ("__" in name or name.lower() in SECTIONS)


def _value(text: str) -> object:
    """Return what a variable states: JSON where it begins like a list, a table or a quoted text."""
    if not text.startswith(("[", "{", '"')):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"is no valid JSON: {error}") from error


def _put(document: dict[str, object], names: list[str], value: object) -> Location:
    """Set the value that a path of names leads to, and return where that is."""
    location: list[str | int] = []
    container: object = document
    for place, name in enumerate(names):
        key = _key(container, name)
        location.append(key)
        if place == len(names) - 1:
            _set(container, key, value)
        else:
            container = _enter(container, key)
    return tuple(location)


def _key(container: object, name: str) -> str | int:
    """Return the key that a name in capitals stands for: one that is there, else itself in small letters."""
    if isinstance(container, list):
        if not name.isdecimal() or int(name) > len(container):
            raise ValueError(f"{name!r} is no place in a list of {len(container)}")
        return int(name)
    if not isinstance(container, dict):
        # A variable with a wrong name, not a wrong type.
        raise ValueError(f"there is no table that could hold {name!r}")  # noqa: TRY004
    if not name:
        raise ValueError("a part of its name is empty")
    return next((key for key in container if key.lower() == name.lower()), name.lower())


def _set(container: object, key: str | int, value: object) -> None:
    if isinstance(container, list):
        assert isinstance(key, int)
        container[key : key + 1] = [value]
    else:
        assert isinstance(container, dict)
        container[key] = value


def _enter(container: object, key: str | int) -> object:
    """Return what lies under a key, made where nothing does."""
    if isinstance(container, list):
        assert isinstance(key, int)
        if key == len(container):
            container.append({})
        return container[key]
    assert isinstance(container, dict)
    return container.setdefault(key, [] if key == "queues" else {})
