"""Where the configuration is read from: pydantic-settings' sources for a file and, over it, the environment.

Worked: SUPPORTPULSE_WINDOWS__HORIZON__DEFAULT=7d sets `default` in `[windows.horizon]`. Lists and whole
tables are JSON: SUPPORTPULSE_WINDOWS__LENGTHS=["5m","today"]. What the library lets pass unseen is found
here: a file that is not there, a variable of an unknown section, one that another leaves no place for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
)

from streams.errors import ConfigurationError, Problem

PREFIX: Final = "SUPPORTPULSE_"
DELIMITER: Final = "__"

Location = tuple[str | int, ...]


class JsonFile(JsonConfigSettingsSource):
    """A JSON file, which must hold a table."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:  # noqa: ANN401  # a private type of the library
        document: object = super()._read_file(file_path)
        if not isinstance(document, dict):
            raise TypeError("holds no table")
        return document


class Variables(EnvSettingsSource):
    """An environment that is handed over; names in it stand for the file's, however those are spelled.

    Once the source was read, `origins` has the variable behind every place, `problems` those without one.
    """

    def __init__(
        self, settings: type[BaseSettings], environment: Mapping[str, str], file: Mapping[str, object]
    ) -> None:
        super().__init__(settings, case_sensitive=False)
        # Sorted, a whole table comes before its keys, so that both can be given.
        own = sorted(name for name in environment if name.startswith(PREFIX))
        self.env_vars = {name.lower(): environment[name] for name in own}
        self.origins: dict[Location, str] = {}
        self.problems: list[Problem] = []
        self._keys = {name: names for name in own if (names := self._names(name))}
        self._file = file

    def __call__(self) -> dict[str, Any]:
        """Return what the environment states, unknown sections too, so that they are refused like any key."""
        stated = _spelled(super().__call__(), self._file)
        for variable, names in self._keys.items():
            if names[0] not in self.settings_cls.model_fields:
                stated.setdefault(names[0], {})
                self.origins[names[0],] = variable
            elif (place := _place(stated, names)) is not None:
                self.origins[place] = variable
            else:
                message = "sets a part of what another variable states whole"
                self.problems.append(
                    Problem(variable, message, "unset one of them; a list is one JSON value")
                )
        return stated

    # The library's signature.
    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ANN401
        """Read JSON. What is none stays text: right for a horizon, else refused later, with its place."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value

    def _names(self, variable: str) -> list[str]:
        """Return the names that a variable is made of; none where it is no key, as SUPPORTPULSE_CONFIG."""
        name = variable.removeprefix(PREFIX).lower()
        is_key = DELIMITER in name or name in self.settings_cls.model_fields
        return name.split(DELIMITER) if is_key else []


class Merged(PydanticBaseSettingsSource):
    """The last source: adds nothing, and keeps what all others state together, for messages."""

    document: Mapping[str, object] = {}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return nothing for a field; the library's interface asks for this method."""
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Keep the document and add nothing to it."""
        self.document = self.current_state
        return {}


def file_source(settings: type[BaseSettings], path: Path | None) -> InitSettingsSource:
    """Return what a TOML or JSON file states; nothing for None.

    Raises ConfigurationError when it is neither, or unreadable.
    """
    if path is None:
        return InitSettingsSource(settings, {})
    if path.suffix not in {".toml", ".json"}:
        raise _refused(path, f"the suffix {path.suffix!r} is not known", "name the file .toml or .json")
    try:
        with path.open("rb"):  # the library takes a file that is not there for an empty one
            pass
        if path.suffix == ".toml":
            return TomlConfigSettingsSource(settings, toml_file=path)
        return JsonFile(settings, json_file=path, json_file_encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise _refused(path, f"cannot be read: {reason}", "correct the path or its permissions") from error
    except TypeError as error:
        raise _refused(path, str(error), "write an object with the sections as its keys") from error
    except ValueError as error:  # what both parsers and the decoder raise
        kind = path.suffix[1:].upper()
        raise _refused(path, f"is no valid {kind}: {error}", "correct that place in the file") from error


def _refused(path: Path, message: str, remedy: str) -> ConfigurationError:
    return ConfigurationError([Problem(str(path), message, remedy)])


def _spelled(stated: Mapping[str, Any], file: object) -> dict[str, Any]:
    """Return tables with every key as the file spells it: a variable's name does not tell capitals apart."""
    spelling = {key.lower(): (key, inner) for key, inner in file.items()} if isinstance(file, Mapping) else {}
    result = {}
    for name, value in stated.items():
        key, inner = spelling.get(name, (name, None))
        result[key] = _spelled(value, inner) if isinstance(value, dict) else value
    return result


def _place(stated: Mapping[str, Any], names: list[str]) -> Location | None:
    """Return where a path of names leads to in what was read, None where it leads nowhere."""
    location: list[str] = []
    container: object = stated
    for name in names:
        if not isinstance(container, dict):
            return None
        key = next((key for key in container if key.lower() == name), None)
        if key is None:
            return None
        location.append(key)
        container = container[key]
    return tuple(location)
