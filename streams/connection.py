"""How to reach the brokers: one description, turned into what each client library wants.

Guarantee: Faust's clients and the program's own aiokafka clients use the same addresses and credentials; no
password appears in a `repr`.

Worked: KafkaConnection(("localhost:9092",)) gives Faust the URL `supportpulse-batches://localhost:9092` and
aiokafka `{"bootstrap_servers": ["localhost:9092"], "security_protocol": "PLAINTEXT"}`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, Literal

from aiokafka.helpers import create_ssl_context
from faust.auth import SASLCredentials, SSLCredentials

from streams.wire_names import TRANSPORT_SCHEME

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Addresses (`host:port`) and credentials of a cluster; files are PEM."""

    bootstrap: tuple[str, ...]
    protocol: Protocol = "PLAINTEXT"
    mechanism: str = "PLAIN"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

    @property
    def faust_url(self) -> str:
        """The broker URL for the Faust app, with this program's transport."""
        return ";".join(f"{TRANSPORT_SCHEME}://{address}" for address in self.bootstrap)

    def client_options(self) -> dict[str, Any]:
        """Return the keyword arguments that every aiokafka client takes.

        Raises:
            OSError: a certificate file cannot be read.
        """
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.bootstrap),
            "security_protocol": self.protocol,
        }
        if self._uses_tls:
            options["ssl_context"] = self._ssl_context()
        if self._uses_sasl:
            options["sasl_mechanism"] = self.mechanism
            options["sasl_plain_username"] = self.username
            options["sasl_plain_password"] = self.password
        return options

    def faust_credentials(self) -> SASLCredentials | SSLCredentials | None:
        """Return the credentials for the Faust app, None for a plain connection.

        Raises:
            OSError: a certificate file cannot be read.
        """
        context = self._ssl_context() if self._uses_tls else None
        if self._uses_sasl:
            return SASLCredentials(
                username=self.username, password=self.password, mechanism=self.mechanism, ssl_context=context
            )
        return None if context is None else SSLCredentials(context=context)

    @property
    def _uses_tls(self) -> bool:
        return self.protocol in {"SSL", "SASL_SSL"}

    @property
    def _uses_sasl(self) -> bool:
        return self.protocol in {"SASL_PLAINTEXT", "SASL_SSL"}

    def _ssl_context(self) -> SSLContext:
        context: SSLContext = create_ssl_context(
            cafile=self.ca_file, certfile=self.cert_file, keyfile=self.key_file
        )
        return context
