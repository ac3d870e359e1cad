"""kafka-python's clients from the configuration, and their errors as one line each.

Guarantee: a client is ready when it is returned; whatever it raises inside `one_line_errors` becomes a
`KafkaProblem` with what happened and what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.errors import KafkaError

from streams.errors import SupportPulseError
from streams.settings_models import KafkaSection

_BOOTSTRAP_MILLISECONDS: Final = 10_000


class KafkaProblem(SupportPulseError):
    """Kafka is not there or did not do what it was asked. What to do is in the message."""


def client_options(kafka: KafkaSection, *, api_version: tuple[int, int] | None = None) -> dict[str, Any]:
    """Return the keyword arguments that every client of kafka-python takes.

    api_version: only for the embedded broker, which cannot say what it is.

    Raises:
        OSError: a password file cannot be read.
    """
    security = kafka.security
    options: dict[str, Any] = {
        "bootstrap_servers": [address.strip() for address in kafka.bootstrap.split(",")],
        "client_id": f"{kafka.group}-command",
        "security_protocol": security.protocol,
        "bootstrap_timeout_ms": _BOOTSTRAP_MILLISECONDS,
    }
    if api_version is not None:
        options["api_version"] = api_version
    if security.protocol.endswith("SSL"):
        files = {
            "ssl_cafile": security.ca_file,
            "ssl_certfile": security.cert_file,
            "ssl_keyfile": security.key_file,
        }
        options |= {name: None if file is None else str(file) for name, file in files.items()}
    if security.protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.username,
            "sasl_plain_password": security.secret(),
        }
    return options


@contextmanager
def one_line_errors(kafka: KafkaSection) -> Iterator[None]:
    """Turn what the client library raises into a `KafkaProblem`, and keep its own lines out of the way."""
    # It writes a line per attempt; what matters arrives as an exception.
    logger = logging.getLogger("kafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    except KafkaError as error:
        text = " ".join(str(error).split()) or type(error).__name__
        raise KafkaProblem(f"Kafka at {kafka.bootstrap}: {text[:300]}") from error
    finally:
        logger.setLevel(level)


@contextmanager
def admin_client(kafka: KafkaSection) -> Iterator[KafkaAdminClient]:
    """Give an admin client and close it afterwards.

    Raises:
        KafkaProblem: no broker answers within ten seconds, or a request fails.
    """
    with one_line_errors(kafka):
        client = KafkaAdminClient(**client_options(kafka))
        try:
            yield client
        finally:
            client.close()


@contextmanager
def log_reader(kafka: KafkaSection) -> Iterator[KafkaConsumer]:
    """Give a consumer without a group, for reading at chosen offsets, and close it afterwards.

    It reads what the processor does: records of transactions that were committed.

    Raises:
        KafkaProblem: no broker answers within ten seconds, or a request fails.
    """
    with one_line_errors(kafka):
        options = client_options(kafka) | {
            "enable_auto_commit": False,
            "consumer_timeout_ms": 5_000,
            "isolation_level": "read_committed",
        }
        consumer = KafkaConsumer(**options)
        try:
            yield consumer
        finally:
            consumer.close()
