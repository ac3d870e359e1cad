"""The section `[redis]`: where the fleet's merged view is put together.

Guarantee: without a URL nothing is published and nothing changes.
Worked: url = "rediss://redis:6380/0" with username, password_file and ca_file: TLS and an ACL user.
"""

from __future__ import annotations

from pydantic import Field

from streams.settings_section import Section, secret
from streams.settings_values import KeyPrefix, OptionalPath


class RedisSection(Section):
    """Where workers publish their part of the numbers for the fleet's merged view."""

    url: str = Field(
        default="",
        repr=False,
        description="Redis or Valkey server, `rediss://` with TLS; empty: the view of this process alone.",
        examples=["redis://redis:6379/0"],
    )
    url_file: OptionalPath = Field(
        default=None,
        description="File with the URL, where it holds a password.",
        examples=["/run/secrets/redis"],
    )
    username: str = Field(default="", description="ACL user name.", examples=["supportpulse"])
    password: str = Field(
        default="", repr=False, description="Its password; `password_file` is better.", examples=["secret"]
    )
    password_file: OptionalPath = Field(
        default=None, description="File with the password.", examples=["/run/secrets/redis-password"]
    )
    ca_file: OptionalPath = Field(
        default=None,
        description="PEM certificates of the authority that signed the server's (`rediss://`); none: the "
        "system's.",
        examples=["/etc/redis/ca.pem"],
    )
    cert_file: OptionalPath = Field(
        default=None, description="PEM certificate of this client.", examples=["/etc/redis/client.pem"]
    )
    key_file: OptionalPath = Field(
        default=None, description="PEM private key of that certificate.", examples=["/etc/redis/client.key"]
    )
    prefix: KeyPrefix = Field(
        default="supportpulse:{group}:",
        description="What every key begins with; `{group}` stands for the Kafka group.",
        examples=["pulse:{group}:"],
    )

    def secret(self) -> str | None:
        """Return the URL as stated or from its file. Raises OSError when that cannot be read."""
        return secret(self.url, self.url_file)

    def password_secret(self) -> str | None:
        """Return the password as stated or from its file. Raises OSError when that cannot be read."""
        return secret(self.password, self.password_file)
