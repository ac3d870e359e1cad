"""Where the program listens."""

import asyncio
import socket

import pytest

from exporters.board.page import BoardSite
from exporters.publication import Publication
from streams.errors import SupportPulseError
from streams.listening import address_of, board_site, listen
from streams.program import build_info
from streams.settings import Settings, configuration_from_mapping
from streams.settings_models import HttpSection


def configured(**http: object) -> Settings:
    """Return a configuration with these keys of [http]."""
    return configuration_from_mapping({"http": http})


def test_an_address_can_be_typed() -> None:
    """Every address is localhost to whoever sits at the machine."""
    assert address_of(HttpSection(host="0.0.0.0", open=True), None) == "http://localhost:9464"
    assert address_of(HttpSection(host="127.0.0.1", port=8080), None) == "http://127.0.0.1:8080"


def test_a_free_port_is_chosen_and_told() -> None:
    """Port 0 lets the system choose."""

    async def scenario() -> str:
        settings = configured(port=0)
        publication = Publication(clock=lambda: 0.0, stale_after_seconds=1)
        server = await listen(settings, publication, build_info())
        await server.close()
        return address_of(settings.http, server)

    assert asyncio.run(scenario()).rpartition(":")[2] not in ("0", "9464")


def test_an_address_that_is_taken_is_one_clear_error() -> None:
    """It names the key to change."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = configured(port=taken.getsockname()[1])
        publication = Publication(clock=lambda: 0.0, stale_after_seconds=1)
        with pytest.raises(SupportPulseError, match=r"cannot listen on 127\.0\.0\.1:\d+: .*\[http\] port"):
            asyncio.run(listen(settings, publication, build_info()))


def test_a_taken_port_is_replaced_where_any_is_good() -> None:
    """Two demos side by side; a free port stays as configured, another trouble stays an error."""

    async def port(settings: Settings) -> int:
        publication = Publication(clock=lambda: 0.0, stale_after_seconds=1)
        server = await listen(settings, publication, build_info(), is_any_port_good=True)
        await server.close()
        return server.port

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = configured(port=taken.getsockname()[1])
        assert asyncio.run(port(settings)) != settings.http.port
    assert asyncio.run(port(settings)) == settings.http.port
    elsewhere = configured(host="203.0.113.1", open=True)  # an address of documentation, never ours
    with pytest.raises(SupportPulseError, match="cannot listen on"):
        asyncio.run(port(elsewhere))


def test_the_board_is_that_of_the_configuration() -> None:
    """Name, zone, windows and clock."""
    site = board_site(
        configuration_from_mapping(
            {
                "site": {"name": "Berlin", "time_zone": "Europe/Berlin"},
                "windows": {"lengths": ["15m", "today"]},
                "clock": {"mode": "event"},
            }
        )
    )
    assert site == BoardSite("Berlin", "Europe/Berlin", ("15m", "today"), is_event_clock=True)
