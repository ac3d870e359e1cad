"""How a configuration's Redis is reached.

Guarantee: None where no Redis is configured; secrets are read from their files when this is called.
Worked: prefix "supportpulse:{group}:" and the group "berlin" give keys that begin with supportpulse:berlin:
"""

from __future__ import annotations

from exporters.fleet_store import FleetStore, StoreSettings
from streams.settings import Settings
from streams.wire_names import redis_prefix


def store_of(settings: Settings) -> FleetStore | None:
    """Return a client of the fleet's store, not connected yet. Raises OSError for an unreadable file."""
    stated = store_settings(settings)
    return None if stated is None else FleetStore(stated)


def store_settings(settings: Settings) -> StoreSettings | None:
    """Return how the fleet's store is reached, None without one. Raises OSError for an unreadable file."""
    redis = settings.redis
    url = redis.secret()
    if not url:
        return None
    return StoreSettings(
        url=url,
        prefix=redis_prefix(redis.prefix, settings.kafka.group),
        username=redis.username or None,
        password=redis.password_secret(),
        ca_file=None if redis.ca_file is None else str(redis.ca_file),
        cert_file=None if redis.cert_file is None else str(redis.cert_file),
        key_file=None if redis.key_file is None else str(redis.key_file),
    )
