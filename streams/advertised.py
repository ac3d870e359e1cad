"""Where other processes of the fleet reach this one: what a worker tells in its reports.

Guarantee: `[http] advertised` where it is stated; else the address listened on; else, where that is every
address of the machine, the one by which it reaches Redis, as exporters do; without a way to Redis its name.

Worked: host "0.0.0.0", port 9464, Redis at 10.0.0.9, reached from 10.0.0.7: http://10.0.0.7:9464
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final
from urllib.parse import urlsplit

from streams.settings import Settings

LOOK_UP_SECONDS: Final = 1.0
_REDIS_PORT: Final = 6379
_EVERY_ADDRESS: Final = ("", "0.0.0.0", "::")  # noqa: S104  # only compared


async def advertised_address(settings: Settings, port: int) -> str:
    """Return the address of this process; port: the one that it listens on."""
    http = settings.http
    if http.advertised:
        return http.advertised.rstrip("/")
    host = http.host if http.host not in _EVERY_ADDRESS else await _own_host(settings.redis.secret() or "")
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _own_host(redis_url: str) -> str:
    """Return the address of this machine on its way to Redis, else its name."""
    target = urlsplit(redis_url)
    if target.hostname is None:
        return socket.gethostname()
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await loop.getaddrinfo(
                target.hostname, target.port or _REDIS_PORT, type=socket.SOCK_DGRAM
            )
        family, kind, protocol, _, address = found[0]
        # Nothing is sent: a datagram socket only looks up the way.
        with socket.socket(family, kind, protocol) as way:
            way.connect(address)
            return str(way.getsockname()[0])
    except OSError:  # TimeoutError among them; Redis may not be there yet, a name is what is left
        return socket.gethostname()
