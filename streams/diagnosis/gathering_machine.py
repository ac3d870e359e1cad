"""Facts of this machine and of processes that answer over HTTP.

Guarantee: nothing is left behind: a port that is tried is let go at once, a page is read and not kept.
Cost: 3 s at most for an address that does not answer.
"""

from __future__ import annotations

import json
import resource
import socket
from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from zoneinfo import TZPATH, ZoneInfo

from streams.diagnosis.facts import MachineFacts, ProcessFacts
from streams.live_document import address_of
from streams.settings import Settings
from streams.settings_models import HttpSection

PAGE_SECONDS: Final = 3.0
_PROGRAM: Final = "supportpulse"


def machine_facts(settings: Settings | None) -> MachineFacts:
    """Look at this machine; settings: None where the configuration is wrong."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = -1 if soft == resource.RLIM_INFINITY else soft
    if settings is None:
        return MachineFacts(open_files=limit)
    zones = {settings.site.time_zone, *(each.time_zone or "UTC" for each in settings.calendars.values())}
    return MachineFacts(
        open_files=limit,
        zone_data=_package_version("tzdata"),
        system_zone_data=_system_zones(),
        zones=sorted(zone for zone in zones if not _is_known(zone)),
        listening=_listening(settings.http),
    )


def process_facts(settings: Settings, addresses: Sequence[str]) -> list[ProcessFacts]:
    """Ask the [http] address of the configuration and those that were stated."""
    own, token = address_of(settings.http), settings.http.secret()
    others = [address.rstrip("/") for address in addresses]
    return [
        _process(address, token, is_stated=address in others) for address in dict.fromkeys([own, *others])
    ]


def _process(address: str, token: str | None, *, is_stated: bool) -> ProcessFacts:
    try:
        named = _page(f"{address}/version", token)
        if named.get("name") != _PROGRAM:
            return ProcessFacts(address=address, is_stated=is_stated, trouble="something else answers there")
        ready = _page(f"{address}/readyz", token)
    except HTTPError as error:
        hint = (
            "the token of [http] is not the one there"
            if error.code == HTTPStatus.UNAUTHORIZED
            else "is it supportpulse?"
        )
        return ProcessFacts(address=address, is_stated=is_stated, trouble=f"it answers {error.code}: {hint}")
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return ProcessFacts(address=address, is_stated=is_stated, trouble=str(reason))
    stated = ready.get("reasons")
    reasons = [str(each) for each in stated] if isinstance(stated, list) else []
    return ProcessFacts(address=address, is_stated=is_stated, version=str(named["version"]), reasons=reasons)


def _page(url: str, token: str | None) -> dict[str, object]:
    """Return a JSON page; 503 is an answer of /readyz. Raises HTTPError, URLError, OSError, ValueError."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url}: write the address as http://127.0.0.1:9464")
    request = Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310  # checked above
    try:
        with urlopen(request, timeout=PAGE_SECONDS) as answer:  # noqa: S310  # as above
            return _object(answer.read())
    except HTTPError as error:
        if error.code != HTTPStatus.SERVICE_UNAVAILABLE:  # the reasons are in the answer
            raise
        return _object(error.read())


def _object(body: bytes) -> dict[str, object]:
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("something else answers there")  # noqa: TRY004  # one class for all that is no answer
    return document


def _listening(http: HttpSection) -> str:
    """Return why the address cannot be had now, empty where it can."""
    try:
        ((family, kind, protocol, _, address), *_) = socket.getaddrinfo(
            http.host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            tried.bind(address)
            tried.listen(1)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _system_zones() -> str:
    """Return the version of this system's own zone data, which come first, empty without any."""
    for folder in TZPATH:
        file = Path(folder) / "tzdata.zi"
        if file.is_file():
            with file.open(encoding="utf-8") as lines:
                return lines.readline().rpartition(" ")[2].strip()
    return ""
