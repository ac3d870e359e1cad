"""`supportpulse run`: the stream processor."""

from __future__ import annotations

from typing import Annotated

import typer

from streams.commands.options import ConfigurationFile, settings_from


def command(
    config: ConfigurationFile = None,
    instance: Annotated[
        str | None,
        typer.Option(
            envvar="SUPPORTPULSE_INSTANCE",
            help="Name of this worker, unique and kept over restarts: it gets its partitions back at once.",
        ),
    ] = None,
) -> None:
    """Process the source topics: tables in Kafka, metrics and the live view over HTTP.

    Stops cleanly on SIGTERM and SIGINT. While Kafka is away it stays up, says so once a minute, and goes on
    by itself.

    Example: supportpulse run --config supportpulse.toml
    """
    # Only here: Faust and the clients take 1.5 s to import, and `--help` needs none of them.
    import structlog  # noqa: PLC0415  # as below

    from streams.changelog import ChangelogDamaged, StateMismatch  # noqa: PLC0415  # as above
    from streams.errors import SupportPulseError  # noqa: PLC0415
    from streams.logs import set_up_logs  # noqa: PLC0415
    from streams.service import Service, run_service  # noqa: PLC0415

    settings = settings_from(config)
    set_up_logs()
    logger = structlog.get_logger("supportpulse")
    service = Service(settings, instance_id=instance)
    logger.info("starting", kafka=settings.kafka.bootstrap, metrics=f"{service.address}/metrics")
    try:
        run_service(service)
    except (StateMismatch, ChangelogDamaged) as error:
        raise SupportPulseError(str(error)) from error
    logger.info("stopped", position="durable")
