"""What one key means for another: the rules that no single value can break.

Each rule names the places it looks at, and is left out where one of those was already found wrong: a problem
is reported once, and the rules that can be judged are judged in the same pass.
Worked: horizon = "7d" with retention = {calls = "72h"} is one problem, at `windows.retention.calls`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from ipaddress import ip_address
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from aggregators.configuration import SLAS
from aggregators.events import CASE_TOPICS
from streams.durations import format_duration, parse_duration
from streams.errors import Problem
from streams.public_holidays import public_holidays
from streams.settings_models import CalendarSection, Sections

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
FINE_ROWS: Final = 2 * HOUR
"""Rows of the resolution are kept for two hours; longer windows are sums of 15-minute rows."""
REDIS_SCHEMES: Final = ("redis", "rediss", "unix")
COARSE_ROW: Final = HOUR // 4


class Finding(NamedTuple):
    """A problem, and the other places that the rule looked at."""

    problem: Problem
    looked_at: tuple[str, ...] = ()


def findings(sections: Sections) -> Iterator[Finding]:
    """Yield every broken rule of a configuration whose single values are right."""
    rules: tuple[Callable[[Sections], Iterator[Finding]], ...] = (
        _resolution,
        _lengths,
        _retention,
        _topics,
        _security,
        _redis,
        _http,
        _secrets,
        _files,
        _queues,
        _calendars,
    )
    return chain.from_iterable(rule(sections) for rule in rules)


def notices(sections: Sections) -> Iterator[str]:
    """Yield what is allowed and yet may surprise."""
    windows = sections.windows
    for length in windows.lengths:
        if length != "today" and parse_duration(length) > windows.horizon.default:
            horizon = format_duration(windows.horizon.default)
            yield f"windows.lengths: {length} is longer than the horizon; events later than {horizon} miss it"
    for topic in CASE_TOPICS:
        stated = getattr(windows.retention, topic)
        if stated is not None and stated < windows.horizon.default + HOUR:
            kept = format_duration(windows.horizon.default + HOUR)
            yield f"windows.retention.{topic}: {format_duration(stated)} is taken as horizon and 1h: {kept}"
    for name, calendar in sections.calendars.items():
        if not any(calendar.weekly.values()):
            yield f"calendars.{name}: without weekly hours it is never open, and no business target comes due"
    if sections.sla_events.enabled and not _has_targets(sections):
        yield "sla_events.enabled: no section of [sla] or of a queue states a target, so nothing is announced"
    if not _is_loopback(sections.http.host) and sections.http.open:
        yield f"http: everybody who reaches {sections.http.host} can read everything, without a token"


def holidays_of(calendar: CalendarSection) -> frozenset[date]:
    """Return all dates on which a calendar is closed. Raises LookupError for an unknown country."""
    if calendar.country is None:
        return frozenset(calendar.holidays)
    return public_holidays(calendar.country.upper(), calendar.subdivision) | frozenset(calendar.holidays)


def _resolution(sections: Sections) -> Iterator[Finding]:
    resolution = sections.windows.resolution
    if MINUTE % resolution:
        message = f"{format_duration(resolution)} does not divide 60 s"
        yield Finding(Problem("windows.resolution", message, "choose 1s, 2s, 5s, 10s, 15s, 20s, 30s or 1m"))


def _lengths(sections: Sections) -> Iterator[Finding]:
    resolution = sections.windows.resolution
    for index, text in enumerate(sections.windows.lengths):
        path, length = f"windows.lengths[{index}]", 0 if text == "today" else parse_duration(text)
        if sections.windows.lengths.index(text) != index:
            yield Finding(Problem(path, f"{text!r} is there twice", "remove one"))
        elif length % resolution and not MINUTE % resolution:
            message = f"{text} is no multiple of the resolution, {format_duration(resolution)}"
            yield Finding(Problem(path, message, "choose a multiple of it"), ("windows.resolution",))
        elif length > FINE_ROWS and length % COARSE_ROW:
            message = f"{text} is longer than 2 h and no multiple of 15 minutes"
            yield Finding(Problem(path, message, "choose a multiple of 15m, such as 3h"))


def _retention(sections: Sections) -> Iterator[Finding]:
    horizon = sections.windows.horizon.default
    for topic in CASE_TOPICS:
        stated = getattr(sections.windows.retention, topic)
        if stated is not None and stated < horizon:
            message = f"{format_duration(stated)} is shorter than the horizon, {format_duration(horizon)}"
            remedy = f"keep cases for at least the horizon and one hour, {format_duration(horizon + HOUR)}"
            yield Finding(Problem(f"windows.retention.{topic}", message, remedy), ("windows.horizon",))


def _topics(sections: Sections) -> Iterator[Finding]:
    names = sections.kafka.topics.model_dump()
    for key, name in names.items():
        if Counter(names.values())[name] > 1 and next(k for k in names if names[k] == name) != key:
            yield Finding(
                Problem(f"kafka.topics.{key}", f"{name!r} is another topic's name too", "give each its own")
            )


def _security(sections: Sections) -> Iterator[Finding]:
    security = sections.kafka.security
    path = "kafka.security"
    looked_at = (path,)
    with_login = security.protocol.startswith("SASL_")
    password = security.password or security.password_file
    if with_login and not (security.mechanism and security.username and password):
        message = f"{security.protocol} needs mechanism, username and password_file"
        yield Finding(Problem(path, message, "state all three"), looked_at)
    if not with_login and (security.mechanism or security.username or password):
        message = f"a login is stated, but {security.protocol} has none"
        yield Finding(Problem(path, message, 'set protocol = "SASL_SSL" or remove the login'), looked_at)
    if not security.protocol.endswith("SSL") and (security.ca_file or security.cert_file):
        message = f"certificates are stated, but {security.protocol} does not use them"
        yield Finding(Problem(path, message, 'set protocol = "SSL" or "SASL_SSL", or remove them'), looked_at)
    if (security.cert_file is None) != (security.key_file is None):
        yield Finding(
            Problem(path, "cert_file and key_file belong together", "state both or none"), looked_at
        )


def _redis(sections: Sections) -> Iterator[Finding]:
    redis = sections.redis
    try:
        url = redis.secret()
    except (OSError, ValueError):
        return  # `_files` says so
    has_login = bool(redis.username or redis.password or redis.password_file)
    has_certificates = bool(redis.ca_file or redis.cert_file or redis.key_file)
    looked_at = ("redis.url", "redis.url_file")
    if not url:
        if has_login or has_certificates:
            message = "is empty, but how to log in to it is stated"
            yield Finding(Problem("redis.url", message, "state it, or remove the rest of [redis]"), looked_at)
        return
    if not _is_redis_url(url):
        message = "is no address of a Redis: redis://, rediss:// or unix://, without options behind a ?"
        yield Finding(Problem("redis.url", message, "write it like redis://redis:6379/0"), looked_at)
    elif has_certificates and not url.startswith("rediss://"):
        message = "certificates are stated, but only rediss:// uses them"
        yield Finding(Problem("redis.url", message, "write rediss://, or remove them"), looked_at)
    if (redis.cert_file is None) != (redis.key_file is None):
        yield Finding(Problem("redis", "cert_file and key_file belong together", "state both or none"))


def _is_redis_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_complete = parts.path if parts.scheme == "unix" else parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        return False
    return bool(is_complete) and parts.scheme in REDIS_SCHEMES and not parts.query


def _http(sections: Sections) -> Iterator[Finding]:
    http = sections.http
    if not (_is_loopback(http.host) or http.open or http.token or http.token_file):
        message = f"{http.host} can be reached from other machines, and no token is stated"
        remedy = "set token_file, or listen on 127.0.0.1, or set open = true to serve everybody"
        yield Finding(Problem("http.host", message, remedy), ("http.open", "http.token", "http.token_file"))


def _secrets(sections: Sections) -> Iterator[Finding]:
    security, http, redis = sections.kafka.security, sections.http, sections.redis
    for path, stated, file in (
        ("kafka.security.password", security.password, security.password_file),
        ("http.token", http.token, http.token_file),
        ("redis.url", redis.url, redis.url_file),
        ("redis.password", redis.password, redis.password_file),
    ):
        if stated and file is not None:
            yield Finding(Problem(path, f"is stated, and {path}_file too", "remove one of them"))


def _files(sections: Sections) -> Iterator[Finding]:
    security = sections.kafka.security
    files: dict[str, Path | None] = {
        "kafka.security.password_file": security.password_file,
        "kafka.security.ca_file": security.ca_file,
        "kafka.security.cert_file": security.cert_file,
        "kafka.security.key_file": security.key_file,
        "http.token_file": sections.http.token_file,
        "redis.url_file": sections.redis.url_file,
        "redis.password_file": sections.redis.password_file,
        "redis.ca_file": sections.redis.ca_file,
        "redis.cert_file": sections.redis.cert_file,
        "redis.key_file": sections.redis.key_file,
    }
    for path, file in files.items():
        if file is None:
            continue
        try:
            is_empty = not file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "is no UTF-8 text"
            yield Finding(Problem(path, f"{file} cannot be read: {reason}", "correct path or permissions"))
        else:
            if is_empty:
                yield Finding(Problem(path, f"{file} is empty", "write the secret into it"))


def _queues(sections: Sections) -> Iterator[Finding]:
    names = Counter(queue.name for queue in sections.queues)
    for name, count in names.items():
        if count > 1:
            yield Finding(
                Problem(f"queues[{name}]", f"there are {count} of this name", "merge them into one")
            )
    known = ", ".join(sections.calendars) or "none yet"
    for queue in sections.queues:
        if queue.hours is not None and queue.hours not in sections.calendars:
            message = f"there is no calendar {queue.hours!r}"
            remedy = f"add [calendars.{queue.hours}] or name one that exists ({known})"
            yield Finding(
                Problem(f"queues[{queue.name}].hours", message, remedy), (f"calendars.{queue.hours}",)
            )
    if len(names) > sections.site.max_queues:
        message = f"{len(names)} queues are configured, but only {sections.site.max_queues} are shown by name"
        yield Finding(Problem("site.max_queues", message, f"set it to at least {len(names)}"))


def _calendars(sections: Sections) -> Iterator[Finding]:
    for name, calendar in sections.calendars.items():
        path = f"calendars.{name}"
        if calendar.subdivision is not None and calendar.country is None:
            message = "a subdivision is stated without its country"
            yield Finding(Problem(f"{path}.subdivision", message, 'add country, such as country = "DE"'))
            continue
        try:
            holidays_of(calendar)
        except LookupError as error:
            message, _, remedy = str(error.args[0]).partition("; ")
            yield Finding(Problem(f"{path}.country", message, remedy), (path,))


def _has_targets(sections: Sections) -> bool:
    places = (sections.sla, *(queue.sla for queue in sections.queues))
    return any(getattr(place, sla) is not None for place in places for sla in SLAS)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False  # another name may lead anywhere
