"""Clients of kafka-python from the configuration, and their errors in one line."""

from pathlib import Path

import pytest
from kafka.errors import KafkaTimeoutError

from streams.kafka_access import KafkaProblem, client_options, one_line_errors
from streams.settings_models import KafkaSection, SecuritySection


def test_a_plain_connection_needs_only_addresses() -> None:
    """Several are separated by commas."""
    options = client_options(KafkaSection(bootstrap="a:1, b:2"), api_version=(2, 0))
    assert options["bootstrap_servers"] == ["a:1", "b:2"]
    assert options["security_protocol"] == "PLAINTEXT"
    assert options["api_version"] == (2, 0)
    assert not any(name.startswith(("ssl", "sasl")) for name in options)


def test_credentials_come_from_their_files(tmp_path: Path) -> None:
    """The password is read, the certificates are named."""
    password = tmp_path / "password"
    password.write_text("secret\n", encoding="utf-8")
    security = SecuritySection(
        protocol="SASL_SSL",
        mechanism="SCRAM-SHA-512",
        username="me",
        password_file=password,
        ca_file=tmp_path / "ca.pem",
    )
    options = client_options(KafkaSection(security=security))
    assert options["sasl_plain_password"] == password.read_text(encoding="utf-8").strip()
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["ssl_cafile"] == str(tmp_path / "ca.pem")
    assert options["ssl_certfile"] is None


def test_an_error_of_the_library_becomes_one_line() -> None:
    """With the address, so that one sees which Kafka is meant."""
    with (
        pytest.raises(KafkaProblem, match=r"^Kafka at a:1: KafkaTimeoutError: first second$"),
        one_line_errors(KafkaSection(bootstrap="a:1")),
    ):
        raise KafkaTimeoutError("first\nsecond")
