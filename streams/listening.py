"""The HTTP side of a configuration: where it listens, and what people type to get there.

Guarantee: an address that cannot be had is one line that says which key to change.
Worked: host "0.0.0.0", port 9464: http://localhost:9464
"""

from __future__ import annotations

import errno

from msgspec.structs import replace

from aggregators.customer_windows import customer_windows
from aggregators.survey_windows import survey_windows
from exporters.board.page import BoardSite
from exporters.http_server import NO_ANSWERS, Answers, HttpServer, HttpSettings, serve
from exporters.pipeline_status import Build
from exporters.publication import Publication
from streams.errors import SupportPulseError
from streams.settings import Settings
from streams.settings_models import HttpSection


async def listen(
    settings: Settings,
    publication: Publication,
    build: Build,
    *,
    answers: Answers = NO_ANSWERS,
    is_any_port_good: bool = False,
) -> HttpServer:
    """Serve a publication, and the board of the site.

    answers: to questions about numbers, by path; is_any_port_good: a port that is taken is
    replaced by one that the system chooses.

    Raises SupportPulseError where the address cannot be had.
    """
    http = settings.http
    wanted = HttpSettings(http.host, http.port, http.secret(), board_site(settings))
    try:
        return await serve(publication, build, wanted, answers)
    except OSError as error:
        if is_any_port_good and error.errno == errno.EADDRINUSE:
            return await serve(publication, build, replace(wanted, port=0), answers)
        message = f"cannot listen on {http.host}:{http.port}: {error.strerror}; choose another [http] port"
        raise SupportPulseError(message) from error


def board_site(settings: Settings) -> BoardSite:
    """Return what the board shows of a configuration."""
    configuration = settings.engine()
    return BoardSite(
        settings.site.name,
        settings.site.time_zone,
        tuple(configuration.window_lengths),
        settings.clock.mode == "event",
        survey_windows=tuple(survey_windows(configuration)),
        customer_windows=tuple(customer_windows(configuration)),
    )


def address_of(http: HttpSection, server: HttpServer | None) -> str:
    """Return where people and Prometheus reach this process."""
    host = "localhost" if http.host in ("", "0.0.0.0", "::") else http.host  # noqa: S104  # only compared
    return f"http://{host}:{http.port if server is None else server.port}"
