"""`supportpulse demo`: everything in one process, with a simulated support centre."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from streams.commands.options import ConfigurationFile, settings_from

if TYPE_CHECKING:
    from streams.service import Service
    from streams.settings import Settings

_WINDOW = "5m"


def command(
    seconds: Annotated[
        float | None, typer.Option(min=1, help="End by itself after so long.", show_default=False)
    ] = None,
    config: ConfigurationFile = None,
) -> None:
    """Run the whole program on an embedded broker, fed by a simulated support centre.

    Needs no Kafka, no account and no network. What it shows is made up; nothing of it is kept. The configured
    Kafka is left alone. Where the configured port is taken, a free one is used.

    Example: supportpulse demo --seconds 60
    """
    # Only here: Faust and the clients take 1.5 s to import, and `--help` needs none of them.
    from streams.demonstration import simulated_centre  # noqa: PLC0415
    from streams.logs import set_up_logs  # noqa: PLC0415
    from streams.service import Service, run_service  # noqa: PLC0415

    settings = settings_from(config)
    set_up_logs(level=logging.ERROR)
    with simulated_centre(settings) as centre:
        service = Service(centre, is_any_port_good=True)
        run_service(service, beside=lambda running: show(running, seconds))
    typer.echo("The demo is over.")


async def show(service: Service, seconds: float | None) -> None:
    """Print the addresses and show the live numbers until the time is over."""
    from streams.demonstration import Screen, show_numbers  # noqa: PLC0415  # as above

    console = Console()
    for name, path in (("live numbers", "/api/v1/live"), ("metrics", "/metrics"), ("board", "/")):
        console.print(f"{name:<13} {service.address}{path}", highlight=False, soft_wrap=True)
    screen = Screen(
        console,
        title=service.settings.site.name or "A simulated support centre",
        addresses=f"{service.address}/metrics, Ctrl-C ends",
        window=window_of(service.settings),
        zone=ZoneInfo(service.settings.site.time_zone),
        seconds=seconds,
    )

    def live() -> bytes | None:
        page = service.publisher.publication.live
        return None if page is None else page.plain()

    await show_numbers(live, screen)


def window_of(settings: Settings) -> str:
    """Return the window to show: five minutes, or the shortest there is."""
    lengths = settings.engine().window_lengths
    if _WINDOW in lengths:
        return _WINDOW
    return min(lengths, key=lambda label: lengths[label] or float("inf"))
