"""`supportpulse exporter`: the merged view of a fleet of workers."""

from __future__ import annotations

from streams.commands.options import ConfigurationFile, settings_from


def command(config: ConfigurationFile = None) -> None:
    """Serve the merged view of all workers over HTTP: metrics and the live view, from what they publish.

    Any number may run; they need Redis, neither Kafka nor state. Workers and exporters need the same
    configuration; on one machine give each its own SUPPORTPULSE_HTTP__PORT.

    Example: supportpulse exporter --config supportpulse.toml
    """
    # Only here: the clients take 0.5 s to import, and `--help` needs none of them.
    import structlog  # noqa: PLC0415  # as below

    from streams.errors import ConfigurationError, Problem  # noqa: PLC0415  # as above
    from streams.exporter_service import ExporterService, run_exporter  # noqa: PLC0415
    from streams.logs import set_up_logs  # noqa: PLC0415
    from streams.redis_access import store_of  # noqa: PLC0415

    settings = settings_from(config)
    store = store_of(settings)
    if store is None:
        problem = Problem("redis.url", "is empty", "name the Redis that the workers publish to")
        raise ConfigurationError([problem])
    set_up_logs()
    logger = structlog.get_logger("supportpulse")
    service = ExporterService(settings, store)
    logger.info("starting", metrics=f"{service.address}/metrics")
    run_exporter(service)
    logger.info("stopped")
