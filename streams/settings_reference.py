"""The page docs/configuration.md, made from the models, so that it lists exactly the keys that are read.

Worked: the field `resolution` of `[windows]`, default 10000 ms, becomes the row `resolution` | `"10s"` | … .
`supportpulse generate` writes the page; a test fails on a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, get_origin

from pydantic.fields import FieldInfo

from streams.durations import format_duration
from streams.settings_models import Sections
from streams.settings_problems import section_of
from streams.settings_section import Section
from streams.settings_values import duration, positive_duration

INTRODUCTION: Final = """\
<!-- Made by `supportpulse generate`; do not edit. -->
# Configuration

`supportpulse` reads TOML or JSON of the same shape (`--config FILE`, or the variable
`SUPPORTPULSE_CONFIG`). Every key has a default, so that no file is needed to begin with; unknown keys are
errors. `supportpulse check-config` names every problem at once, each with what to do. A complete example is
deploy/supportpulse.example.toml.

**Durations** are a number and `ms`, `s`, `m`, `h` or `d`: `"20s"`, `"1.5h"`, `"1h30m"`, `"2d"`. **Paths**
of files are taken from the working directory. **Secrets** may be given directly or, better, as a file:
`password_file`, `token_file`, `url_file`.

**Environment.** `SUPPORTPULSE_<SECTION>__<KEY>` sets a key over the file, deeper tables with more `__`:

    SUPPORTPULSE_KAFKA__BOOTSTRAP=kafka:9092
    SUPPORTPULSE_WINDOWS__HORIZON__DEFAULT=7d
    SUPPORTPULSE_WINDOWS__LENGTHS=["5m","today"]    # lists are JSON, and replaced as a whole
    SUPPORTPULSE_SITE={"name":"Berlin"}             # tables may be; the other keys of the file stay

A variable of an unknown section or key is an error, as in a file.

**Which section holds.** A service level is looked up key by key: the queue's section for the stated
channel, the general section for it, the queue's section for the topic's own channel (`phone` for calls,
`chat` for chats), the general section for that, the default. SLA targets: the queue's section, the general
section, the default; without any section for a target there is none. `windows.horizon` may be one duration,
then it is that of everything.

**Between the keys.** Windows are multiples of the resolution, and above two hours of 15 minutes. A
retention that is stated is at least the horizon. Beyond loopback the HTTP server needs a token, or `open =
true`. Hours of a day are in order and do not overlap; hours over midnight are split. Bounds inside a clock
change: the first occurrence; one that does not occur is read with the offset before the change.
"""


def reference() -> str:
    """Return the whole page: the introduction, then a table of keys for each section."""
    tables = (_table(section, paths) for section, paths in sections_with_paths().items())
    return "\n".join((INTRODUCTION, *filter(None, tables)))


def sections_with_paths() -> dict[type[Section], list[str]]:
    """Return every section that can be stated, with the TOML headers under which it can."""
    found: dict[type[Section], list[str]] = {}
    for section, path in _walk(Sections, ""):
        found.setdefault(section, []).append(path)
    return found


def _walk(section: type[Section], path: str) -> Iterator[tuple[type[Section], str]]:
    for name, field in section.model_fields.items():
        inner = section_of(field.annotation)
        if inner is None:
            continue
        header = f"{path}.{name}" if path else name
        origin = get_origin(field.annotation)
        if origin is dict:
            header += ".CHANNEL" if name == "service_level" else ".NAME"
        yield inner, f"[[{header}]]" if origin is tuple else f"[{header}]"
        yield from _walk(inner, header)


def _table(section: type[Section], paths: list[str]) -> str:
    """Return one section's keys; nothing for a section that only holds others."""
    keys = [
        (name, field) for name, field in section.model_fields.items() if section_of(field.annotation) is None
    ]
    if not keys:
        return ""
    rows = [
        f"| `{name}` | {_default(field)} | {field.description} | `{name} = {_toml(field.examples[0])}` |"
        for name, field in keys
        if field.examples
    ]
    headers = ", ".join(f"`{path}`" for path in paths)
    return "\n".join(
        (
            f"## {headers}",
            "",
            str(section.__doc__),
            "",
            "| key | default | meaning | example |",
            "|---|---|---|---|",
            *rows,
            "",
        )
    )


def _default(field: FieldInfo) -> str:
    """Return the default as it would be written; a dash where the meaning names it or nothing is stated."""
    if (
        field.is_required()
        or (value := field.get_default(call_default_factory=True, validated_data={})) is None
    ):
        return "–"
    if any(getattr(part, "func", None) in {duration, positive_duration} for part in field.metadata):
        value = format_duration(value)
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_toml(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
