"""Facts of this machine, and of what answers over HTTP."""

import asyncio
import socket
from contextlib import closing

import pytest

from exporters.http_server import HttpSettings, serve
from exporters.pipeline_status import Build
from exporters.publication import Publication
from streams.diagnosis.gathering_machine import machine_facts, process_facts
from streams.settings import Settings, configuration_from_mapping
from testbed.processes import free_port


def settings(port: int, **http: object) -> Settings:
    """Return a configuration that listens on a port."""
    return configuration_from_mapping(
        {"http": {"port": port, **http}, "site": {"time_zone": "Europe/Berlin"}}
    )


def test_this_machine_is_fit_for_tests() -> None:
    """A free port, time zones, some open files."""
    facts = machine_facts(settings(free_port()))
    assert (facts.listening, facts.zones) == ("", [])
    assert facts.zone_data
    assert facts.open_files == -1 or facts.open_files > 0


def test_without_a_configuration_only_the_machine_is_known() -> None:
    """There is no address to try."""
    assert machine_facts(None).listening == ""


def test_a_port_that_is_taken_is_found() -> None:
    """And let alone."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        assert "in use" in machine_facts(settings(taken.getsockname()[1])).listening


@pytest.mark.parametrize(
    ("token", "version", "trouble"), [("secret", "0.1.0", ""), ("guess", None, "the token of [http]")]
)
async def test_a_process_is_asked_with_the_token(token: str, version: str | None, trouble: str) -> None:
    """It says its version, and why it is not ready."""
    publication = Publication(clock=lambda: 0.0, stale_after_seconds=15)
    server = await serve(publication, Build("0.1.0", "3.11"), HttpSettings(port=0, token="secret"))  # noqa: S106  # of this test
    try:
        own = settings(server.port, token=token)
        (facts,) = await asyncio.to_thread(process_facts, own, [])
    finally:
        await server.close()
    assert facts.version == version
    assert trouble in facts.trouble
    assert list(facts.reasons) == (["no numbers yet: the program is starting"] if version else [])


def test_nobody_and_nonsense_are_no_processes() -> None:
    """Each with its reason; an address that was stated is marked."""
    own, nonsense = process_facts(settings(free_port()), ["w2:9464"])
    assert (own.version, own.is_stated) == (None, False)
    assert "refused" in own.trouble
    assert (nonsense.version, nonsense.is_stated) == (None, True)
    assert "http://127.0.0.1:9464" in nonsense.trouble
