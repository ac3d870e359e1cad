"""`supportpulse check-config`: every problem of a configuration at once, or what it resolves to."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from aggregators.catalogue import estimated_series
from aggregators.configuration import Configuration
from aggregators.events import CASE_TOPICS
from streams.commands.options import ConfigurationFile, Format, OutputFormat, settings_from
from streams.durations import format_duration
from streams.errors import ConfigurationError, Problem
from streams.settings import Settings


def command(config: ConfigurationFile = None, output: Format = OutputFormat.TABLE) -> None:
    """Check the configuration alone, without connecting to anything.

    Names every problem with what to do about it, or shows what the configuration resolves to.

    Example: supportpulse check-config --config supportpulse.toml
    """
    try:
        settings = settings_from(config)
    except ConfigurationError as error:
        if output is OutputFormat.JSON:
            typer.echo(_as_json({"problems": [_problem(problem) for problem in error.problems]}))
            raise typer.Exit(error.exit_code) from error
        raise
    if output is OutputFormat.JSON:
        typer.echo(_as_json({"problems": [], "notices": settings.notices(), **summary(settings, config)}))
        return
    for key, value in summary(settings, config).items():
        typer.echo(f"{key.replace('_', ' '):<17} {_as_text(value)}")
    for notice in settings.notices():
        typer.echo(f"note: {notice}")
    typer.echo("The configuration is right.")


def summary(settings: Settings, file: Path | None) -> dict[str, object]:
    """Return what a configuration resolves to, in the words of people."""
    engine = settings.engine()
    kafka, http = settings.kafka, settings.http
    return {
        "file": "none, defaults and environment" if file is None else str(file),
        "site": f"{settings.site.name or 'without a name'}, {engine.time_zone}",
        "kafka": f"{kafka.bootstrap}, {kafka.security.protocol}, group {kafka.group}",
        "redis": "none, the view of one process"
        if settings.redis.secret() is None
        else "one view of the fleet",
        "http": f"{http.host}:{http.port}, {_access(settings)}",
        "clock": engine.clock,
        "windows": f"{', '.join(engine.window_lengths)}; every {format_duration(engine.resolution)}",
        "horizon": format_duration(engine.horizon.default),
        "retention": {topic: format_duration(engine.retention[topic]) for topic in CASE_TOPICS},
        "service_level": _service_levels(engine),
        "sla": _sla_targets(engine),
        "queues": list(engine.queues),
        "calendars": list(engine.calendars),
        "estimated_series": estimated_series(engine),
        "fingerprint": engine.fingerprint,
    }


def _access(settings: Settings) -> str:
    if settings.http.token or settings.http.token_file:
        return "with a token"
    return "open to everybody" if settings.http.open else "this machine only"


def _service_levels(engine: Configuration) -> dict[str, str]:
    levels = {
        "calls": engine.service_levels[None, "phone", "calls"],
        "chats": engine.service_levels[None, "chat", "chats"],
    }
    return {
        topic: f"{level.target:.0%} in {format_duration(level.threshold)}, {level.formula}"
        for topic, level in levels.items()
    }


def _sla_targets(engine: Configuration) -> dict[str, str]:
    return {
        sla if queue is None else f"{sla} of {queue}": f"{target.target:.0%} in "
        + ", ".join(f"{priority} {format_duration(allowed)}" for priority, allowed in target.allowed.items())
        + f" ({target.clock})"
        for (queue, sla), target in engine.sla_targets.items()
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"path": problem.path, "message": problem.message, "remedy": problem.remedy}


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _as_text(value: object) -> str:
    """Return a value on one line; several parts are separated by semicolons."""
    if isinstance(value, dict):
        return "; ".join(f"{key} {inner}" for key, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
