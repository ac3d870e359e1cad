"""One description of the cluster for every client."""

import ssl

import pytest
from faust.auth import SASLCredentials, SSLCredentials

from streams.connection import KafkaConnection

PASSWORD = "only-in-this-test"  # noqa: S105  # no account has it


def test_a_plain_connection() -> None:
    """Addresses only."""
    connection = KafkaConnection(("one:9092", "two:9093"))
    assert connection.client_options() == {
        "bootstrap_servers": ["one:9092", "two:9093"],
        "security_protocol": "PLAINTEXT",
    }
    assert connection.faust_url == "supportpulse-batches://one:9092;supportpulse-batches://two:9093"
    assert connection.faust_credentials() is None


@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_a_connection_with_a_password(protocol: str) -> None:
    """Both kinds of clients get it, and no repr shows it."""
    connection = KafkaConnection(
        ("one:9092",), protocol=protocol, mechanism="SCRAM-SHA-512", username="me", password=PASSWORD
    )
    options = connection.client_options()
    assert (options["sasl_mechanism"], options["sasl_plain_username"]) == ("SCRAM-SHA-512", "me")
    assert options["sasl_plain_password"] == PASSWORD
    assert ("ssl_context" in options) == (protocol == "SASL_SSL")
    credentials = connection.faust_credentials()
    assert isinstance(credentials, SASLCredentials)
    assert (credentials.username, credentials.protocol.value) == ("me", protocol)
    assert PASSWORD not in repr(connection)


def test_a_connection_with_certificates() -> None:
    """TLS without a password."""
    connection = KafkaConnection(("one:9092",), protocol="SSL")
    assert isinstance(connection.client_options()["ssl_context"], ssl.SSLContext)
    assert isinstance(connection.faust_credentials(), SSLCredentials)


def test_a_certificate_that_cannot_be_read_is_an_error() -> None:
    """Before anything connects."""
    connection = KafkaConnection(("one:9092",), protocol="SSL", ca_file="/nowhere/ca.pem")
    with pytest.raises(OSError, match=r"nowhere|No such file"):
        connection.client_options()
