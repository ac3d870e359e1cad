"""Asks workers over HTTP what stands behind a number.

Guarantee: every question ends within ASK_SECONDS, by an answer or by `WorkerSilent`; nothing is asked twice,
no redirection is followed (the token goes to the worker alone), and no answer of more than ANSWER_BYTES is
read.

Worked: a worker that was killed a second ago: WorkerSilent("cannot connect …") within some milliseconds.
Cost: a round trip, and what the worker takes.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, hdrs
from msgspec import json

from exporters.explain_parts import ASKED, PART_PATH, AskedPart, ToldPart, read_told
from exporters.fleet_parts import NotReadable

ASK_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 1.0
ANSWER_BYTES: Final = 8 * 1024 * 1024
_CHUNK_BYTES: Final = 65_536
_OK: Final = 200
_SHOWN_CHARACTERS: Final = 200


class WorkerSilent(Exception):
    """A worker gave no answer that can be used; the message says why.

    What to do: look whether it runs and can be reached from here under the address that it tells
    (`[http] advertised`), and whether it has the same token.
    """


class WorkerClient:
    """One client of all workers; token: presented to each, None for none."""

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._session: ClientSession | None = None

    async def ask(self, address: str, asked: AskedPart) -> ToldPart:
        """Return the answer of the worker at an address such as http://worker-1:9464. Raises WorkerSilent."""
        if self._session is None:
            headers = {} if self._token is None else {hdrs.AUTHORIZATION: f"Bearer {self._token}"}
            timeout = ClientTimeout(total=ASK_SECONDS, sock_connect=CONNECT_SECONDS)
            self._session = ClientSession(headers=headers, timeout=timeout)
        url = f"{address}{PART_PATH}?{urlencode({ASKED: json.encode(asked).decode()})}"
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                body = bytearray()
                async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
                    body += chunk
                    if len(body) > ANSWER_BYTES:
                        raise WorkerSilent(f"its answer has more than {ANSWER_BYTES} bytes")
                if answer.status != _OK:
                    told = body[:_SHOWN_CHARACTERS].decode(errors="replace")
                    raise WorkerSilent(f"it answers {answer.status}: {told}")
                return read_told(bytes(body))
        except TimeoutError as error:
            raise WorkerSilent(f"no answer within {ASK_SECONDS:g} s") from error
        except (ClientError, OSError, ValueError) as error:
            raise WorkerSilent(str(error) or type(error).__name__) from error
        except NotReadable as error:
            raise WorkerSilent(f"its answer cannot be read ({error}); run one version everywhere") from error

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
