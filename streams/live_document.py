"""/api/v1/live as a command reads it: of a worker or of the exporter, whole or with the reason why not.

Guarantee: what is returned is one complete view; a view with a partition missing is refused, because no
number of it is there to be compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from msgspec import Struct

from aggregators.events import Topic
from streams.errors import SupportPulseError, UsageError
from streams.settings_models import HttpSection

LIVE_PATH: Final = "/api/v1/live"
EXPLAIN_PATH: Final = "/api/v1/explain"
REQUEST_SECONDS: Final = 30
_SHOWN_PARTITIONS: Final = 5


class LiveViewMissing(SupportPulseError):
    """Nobody answers, or the view is not complete. What to do is in the message."""


class LiveDocument(Struct, frozen=True):
    """One complete view. applied: (topic, partition) → next offset to fold; tables: entries by place."""

    now: int
    window_end: int
    applied: Mapping[tuple[Topic, int], int]
    windows: Mapping[str, Sequence[Mapping[str, Any]]]
    states: Sequence[Mapping[str, Any]]


def address_of(http: HttpSection) -> str:
    """Return where a process with this configuration answers, as seen from its own machine."""
    host = "127.0.0.1" if http.host in ("", "0.0.0.0", "::") else http.host  # noqa: S104  # only compared
    return f"http://{host}:{http.port}"


def live_document(address: str, token: str | None) -> LiveDocument:
    """Ask for the live view.

    Args:
        address: of a worker or of the exporter, such as http://127.0.0.1:9464; a path is not needed.
        token: sent as bearer token where there is one.

    Raises:
        LiveViewMissing: nobody answers there, or a partition is missing in the view.
        UsageError: the address is none.
    """
    url = _url(address, LIVE_PATH)
    return read_document(_answer(url, address, token), url)


def live_explanation(address: str, token: str | None, query: Mapping[str, str]) -> dict[str, Any]:
    """Ask what stands behind a number; query: as /api/v1/explain takes it. Raises as `live_document`."""
    url = f"{_url(address, EXPLAIN_PATH)}?{urlencode(query)}"
    return dict(_answer(url, address, token))


def _url(address: str, path: str) -> str:
    if not address.startswith(("http://", "https://")):
        raise UsageError(f"{address}: write the address as http://127.0.0.1:9464")
    return address.rstrip("/").removesuffix(path) + path


def _answer(url: str, address: str, token: str | None) -> Any:  # noqa: ANN401  # JSON, whatever it is
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = Request(url, headers=headers)  # noqa: S310  # checked above
    try:
        with urlopen(request, timeout=REQUEST_SECONDS) as answer:  # noqa: S310  # as above
            return json.load(answer)
    except HTTPError as error:
        if error.code == HTTPStatus.BAD_REQUEST:
            raise UsageError(str(json.load(error)["error"])) from error
        if error.code == HTTPStatus.NOT_FOUND:
            raise LiveViewMissing(f"{url} is not there: ask a worker or an exporter") from error
        raise LiveViewMissing(f"{url} answers {error.code}: look at {address}/readyz") from error
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise LiveViewMissing(f"{url}: {reason}; is a worker or exporter running there?") from error


def read_document(document: Any, url: str) -> LiveDocument:  # noqa: ANN401  # JSON, checked here
    """Return a document of the live view that is complete.

    Raises:
        LiveViewMissing: it is not.
    """
    try:
        partitions = document["partitions"]
        missing = [
            f"{each['topic']}/{each['partition']} is {each['state']}"
            for each in partitions
            if each["state"] != "live" or each["applied"] is None
        ]
        if missing or not document["complete"]:
            named = ", ".join(missing[:_SHOWN_PARTITIONS]) or "no partition is there yet"
            raise LiveViewMissing(f"the view of {url} is not complete: {named}; wait, or ask the exporter")
        return LiveDocument(
            document["now"],
            document["window_end"],
            {(each["topic"], each["partition"]): each["applied"] for each in partitions},
            document["windows"],
            document["states"],
        )
    except (KeyError, TypeError) as error:
        raise LiveViewMissing(f"{url} gives no live view: {error!r}") from error
