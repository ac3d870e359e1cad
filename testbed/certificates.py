"""A self-signed certificate for servers on the loopback interface, made when a test asks for it.

certificate = self_signed(directory)
redis.Redis(host="127.0.0.1", port=port, ssl=True, ssl_ca_certs=str(certificate.certificate_file))
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from testbed.processes import LOOPBACK

OPENSSL_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files; a client that trusts the certificate trusts the server."""

    certificate_file: Path
    key_file: Path


def self_signed(directory: Path) -> Certificate:
    """Make a key and a certificate for 127.0.0.1 that is its own authority; valid for two days.

    Raises:
        CalledProcessError: openssl refused.
    """
    found = Certificate(directory / "certificate.pem", directory / "key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-days", "2", "-subj", "/CN=supportpulse testbed"),
            *("-addext", f"subjectAltName=IP:{LOOPBACK}"),
            *("-keyout", str(found.key_file), "-out", str(found.certificate_file)),
        ],
        check=True,
        capture_output=True,
        timeout=OPENSSL_SECONDS,
    )
    return found
