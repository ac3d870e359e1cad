"""What pydantic found wrong, said so that an operator can mend it: where, what, and what to write.

Worked: {"windows": {"lenghts": []}} → `windows.lenghts: unknown key; did you mean `lengths`?`
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from streams.errors import Problem
from streams.settings_models import Sections
from streams.settings_section import Section
from streams.settings_sources import Location

_NO_CONTAINER = {"model_type", "dict_type", "tuple_type"}


def problems_of(
    error: ValidationError, document: Mapping[str, object], origins: Mapping[Location, str]
) -> list[tuple[Location, Problem]]:
    """Return every problem with its place in the document.

    document: what was validated; origins: the environment's variable at each place that one has set.
    """
    found = []
    for detail in error.errors(include_url=False):
        location = tuple(part for part in detail["loc"] if part != "[key]")
        message, remedy = _said(detail, location)
        variable = next((name for place, name in origins.items() if _is_on_the_way(place, location)), None)
        if variable is not None:
            hint = ", where it is JSON" if detail["type"] in _NO_CONTAINER else ""
            message = f"{message} (set by {variable}{hint})"
        found.append((location, Problem(path_of(location, document), message, remedy)))
    return found


def path_of(location: Location, document: Mapping[str, object]) -> str:
    """Return a place as people write it; an entry of a list is called by its `name` where it has one."""
    path = ""
    value: object = document
    for part in location:
        value = _child(value, part)
        if isinstance(part, int):
            name = value.get("name") if isinstance(value, dict) else None
            path += f"[{name if isinstance(name, str) else part}]"
        else:
            path += f".{part}" if path else part
    return path


def without(document: Mapping[str, object], locations: set[Location]) -> dict[str, object]:
    """Return a document without what lies at some places, so that the rest can be checked."""
    return {
        key: _pruned(value, (key,), locations) for key, value in document.items() if (key,) not in locations
    }


def section_of(annotation: object) -> type[Section] | None:
    """Return the section that a field holds: itself, optional, or as the entries of a list or table."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next(filter(None, map(section_of, get_args(annotation))), None)


def _is_on_the_way(place: Location, other: Location) -> bool:
    """Tell whether one of two places lies in the other."""
    return all(one == two for one, two in zip(place, other, strict=False))


def _pruned(value: object, place: Location, locations: set[Location]) -> object:
    if isinstance(value, dict):
        return {
            key: _pruned(inner, (*place, key), locations)
            for key, inner in value.items()
            if (*place, key) not in locations
        }
    if isinstance(value, list | tuple):
        return [
            _pruned(inner, (*place, index), locations)
            for index, inner in enumerate(value)
            if (*place, index) not in locations
        ]
    return value


def _child(value: object, part: str | int) -> object:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def _said(detail: ErrorDetails, location: Location) -> tuple[str, str]:
    """Return what is wrong and what to do."""
    context = detail.get("ctx", {})
    key = next((part for part in reversed(location) if isinstance(part, str)), "")
    section, field = _field(location)
    match detail["type"]:
        case "supportpulse":
            said = context["problem"], context["remedy"]
        case "extra_forbidden":
            said = "unknown key", _known(key, list(section.model_fields))
        case "missing":
            said = "is missing", f"write {_example(key, field)}"
        case "literal_error" | "enum":
            what = "unknown key" if detail["loc"][-1] == "[key]" else f"{detail['input']!r} is not known"
            said = what, f"choose one of {context['expected']}"
        case "model_type" | "dict_type":
            said = "is no table", f"write a table: [{'.'.join(map(str, location))}]"
        case "tuple_type":
            said = "is no list", f"write {_example(key, field)}"
        case _:
            message = detail["msg"].replace("Input ", "").replace("Tuple ", "").replace("String ", "")
            said = message, f"write {_example(key, field)}"
    return said


def _known(key: str, fields: list[str]) -> str:
    close = get_close_matches(key, fields, n=1)
    return f"did you mean `{close[0]}`?" if close else f"remove it; known here: {', '.join(fields)}"


def _example(key: str, field: FieldInfo | None) -> str:
    if field is None or not field.examples:
        return "another value"
    return f"{key} = {json.dumps(field.examples[0])}, for example"


def _field(location: Location) -> tuple[type[Section], FieldInfo | None]:
    """Return the innermost section on the way to a place, and the field of it that the place lies in."""
    section: type[Section] = Sections
    field: FieldInfo | None = None
    for part in location:
        if isinstance(part, str) and part in section.model_fields:
            field = section.model_fields[part]
            section = section_of(field.annotation) or section
        elif field is not None and section_of(field.annotation) is None:
            continue
        elif isinstance(part, str):
            field = None
    return section, field
