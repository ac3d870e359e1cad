"""How a configuration's Redis is reached."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from exporters import fleet_store
from streams import redis_access
from streams.settings import configuration_from_mapping


def settings_of(monkeypatch: pytest.MonkeyPatch, redis: Mapping[str, Any]) -> fleet_store.StoreSettings:
    """Return what the store is told of a configuration."""
    told: list[fleet_store.StoreSettings] = []
    monkeypatch.setattr(redis_access, "FleetStore", told.append)
    redis_access.store_of(configuration_from_mapping({"redis": redis, "kafka": {"group": "berlin"}}))
    (found,) = told
    return found


def test_without_a_url_there_is_no_store() -> None:
    """The view is then that of the process."""
    assert redis_access.store_of(configuration_from_mapping({})) is None


def test_login_certificates_and_prefix_are_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The group stands in the prefix; empty is none."""
    found = settings_of(
        monkeypatch,
        {"url": "rediss://redis", "username": "u", "password": "p", "ca_file": __file__},
    )
    assert found == fleet_store.StoreSettings(
        "rediss://redis", "supportpulse:berlin:", "u", "p", ca_file=__file__
    )
    assert settings_of(monkeypatch, {"url": "redis://redis"}).username is None


def test_a_store_is_made_and_let_go_without_a_connection() -> None:
    """Nothing is asked before somebody asks."""
    store = redis_access.store_of(configuration_from_mapping({"redis": {"url": "redis://127.0.0.1:1"}}))
    assert store is not None
    assert store.is_worth_asking
    asyncio.run(store.close())
