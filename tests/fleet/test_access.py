"""Who may use the fleet's Redis, and over what: an ACL user with the prefix alone, and TLS."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from exporters.fleet_store import FleetStore, StoreFailed
from streams.fleet_publisher import FleetPublisher
from streams.fleet_reading import FleetReading
from streams.redis_access import store_of
from streams.settings import configuration_from_mapping
from testbed.certificates import self_signed
from testbed.processes import LOOPBACK
from testbed.project_files import PROJECT
from testbed.redis import RedisServer
from testbed.requirements import require
from tests.building import configured
from tests.fleet_owner import SECOND, share

EVENT_CLOCK = {"clock": {"mode": "event"}}
ATTEMPTS = 5
PASSWORD = "secret"  # noqa: S105  # of a server that lives as long as the test


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Give a Redis of the test's own: users are the server's."""
    require("redis")
    with RedisServer() as found:
        yield found


def store(**section: object) -> FleetStore:
    """Return the store of a configuration."""
    found = store_of(configuration_from_mapping({"redis": section}))
    assert found is not None
    return found


async def works(found: FleetStore) -> bool:
    """Say whether a worker can publish, with the event clock, and an exporter read."""
    configuration = configured(EVENT_CLOCK)
    publisher = FleetPublisher(found, configuration, "w1", clock=lambda: float(SECOND))
    await publisher.publish(share(0, of=1, configuration=configuration), SECOND)
    reading = FleetReading(found, configuration)
    await reading.refresh()
    await found.close()
    return publisher.is_up and reading.is_up and reading.view is not None


def documented_user() -> str:
    """Return the command of docs/operations.md that makes the user."""
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^ +(ACL SETUSER .*)$", text, flags=re.MULTILINE)
    return str(command)


async def test_the_user_of_the_documents_has_what_is_needed_and_no_other_key(server: RedisServer) -> None:
    """Publishing, the event clock and reading; a key beside the prefix and other commands are refused."""
    with server.client() as client:
        client.execute_command(*documented_user().replace("PASSWORD", PASSWORD).split())
        client.execute_command("ACL", "SETUSER", "default", "off")
    assert await works(store(url=server.url, username="supportpulse", password=PASSWORD))
    with redis.Redis(host=LOOPBACK, port=server.port, username="supportpulse", password=PASSWORD) as client:
        for refused in (("GET", "other"), ("KEYS", "*"), ("FLUSHALL",), ("CONFIG", "GET", "*")):
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*refused)
        with pytest.raises(redis.exceptions.ResponseError, match="can't access at least one of the keys"):
            client.eval("return redis.call('GET', 'other')", 0)


async def test_a_wrong_password_or_prefix_is_a_failure_with_its_reason(server: RedisServer) -> None:
    """As Redis words it."""
    with server.client() as client:
        client.execute_command(*documented_user().replace("PASSWORD", PASSWORD).split())
    wrong = store(url=server.url, username="supportpulse", password="guess")  # noqa: S106  # wrong on purpose
    with pytest.raises(StoreFailed, match=r"WRONGPASS|invalid username"):
        await wrong.reports()
    await wrong.close()
    elsewhere = store(url=server.url, username="supportpulse", password=PASSWORD, prefix="other:")
    with pytest.raises(StoreFailed, match=r"(?i)permission|NOPERM"):
        await elsewhere.reports()
    await elsewhere.close()


async def refusal(url: str) -> str:
    """Return why nothing can be read; a time-out on a busy machine is no answer, and it is asked again."""
    reason = ""
    for _ in range(ATTEMPTS):
        distrustful = store(url=url)
        with pytest.raises(StoreFailed) as failed:
            await distrustful.reports()
        await distrustful.close()
        reason = str(failed.value)
        if "Timeout" not in reason:
            break
    return reason


async def test_with_tls_only_who_trusts_the_certificate_gets_in(tmp_path: Path) -> None:
    """A self-signed one by `ca_file`; without it, and without TLS, nothing is sent."""
    require("redis", "openssl")
    certificate = self_signed(tmp_path)
    with RedisServer(certificate=certificate) as server:
        assert await works(store(url=server.url, ca_file=str(certificate.certificate_file)))
        assert "CERTIFICATE_VERIFY_FAILED" in await refusal(server.url)
        plain = store(url=server.url.replace("rediss", "redis"))
        with pytest.raises(StoreFailed):
            await plain.reports()
        await plain.close()


async def test_a_server_may_ask_for_a_certificate_of_the_client(tmp_path: Path) -> None:
    """Stated by `cert_file` and `key_file`."""
    require("redis", "openssl")
    certificate = self_signed(tmp_path)
    files = {"ca_file": str(certificate.certificate_file)}
    with RedisServer(certificate=certificate) as server:
        with server.client() as client:
            client.config_set("tls-ca-cert-file", str(certificate.certificate_file))
            client.config_set("tls-auth-clients", "yes")
        nobody = store(url=server.url, **files)
        with pytest.raises(StoreFailed):
            await nobody.reports()
        await nobody.close()
        files |= {"cert_file": str(certificate.certificate_file), "key_file": str(certificate.key_file)}
        assert await works(store(url=server.url, **files))


async def test_a_local_socket_will_do(tmp_path: Path) -> None:
    """Without any port."""
    require("redis")
    path = tmp_path / "redis.sock"
    with RedisServer(options={"--unixsocket": str(path)}):
        assert await works(store(url=f"unix://{path}"))
