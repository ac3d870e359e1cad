"""Everything that `supportpulse doctor` knows, gathered once: configuration, then all that it connects to.

Guarantee: what cannot be reached is stated as such, and keeps nothing else from being looked at; nothing is
changed anywhere.

Worked: without brokers on the port the facts are there after ten seconds, those of Redis and machine among
them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import time

from exporters.fleet_store import StoreFailed
from exporters.redis_facts import RedisFacts, redis_facts
from streams.diagnosis.facts import Facts, Unknown
from streams.diagnosis.gathering_kafka import kafka_facts
from streams.diagnosis.gathering_machine import machine_facts, process_facts
from streams.diagnosis.judgement import NO_REDIS
from streams.errors import ConfigurationError
from streams.program import build_info
from streams.redis_access import store_settings
from streams.settings import Settings, load_settings


def gather(file: Path | None, environment: Mapping[str, str], addresses: Sequence[str] = ()) -> Facts:
    """Look at an installation.

    Args:
        file: of the configuration, None for defaults.
        environment: variables over it.
        addresses: of workers and exporters, such as http://worker-1:9464, beside the configuration's own.
    """
    program = build_info().version
    try:
        settings = load_settings(file, environment)
    except ConfigurationError as error:
        return Facts(now=_now(), program=program, problems=error.problems, machine=machine_facts(None))
    machine, processes = machine_facts(settings), process_facts(settings, addresses)
    kafka, redis = kafka_facts(settings), _redis(settings)
    # Last: what was dated while it was looked at is not ahead of its time.
    return Facts(
        now=_now(),
        program=program,
        settings=settings,
        machine=machine,
        processes=processes,
        kafka=kafka,
        redis=redis,
    )


def _redis(settings: Settings) -> RedisFacts | Unknown:
    stated = store_settings(settings)
    if stated is None:
        return Unknown(NO_REDIS)
    try:
        return asyncio.run(redis_facts(stated))
    except StoreFailed as error:
        return Unknown(f"no answer: {error}")


def _now() -> int:
    return int(time() * 1000)
