"""A certificate is made when a test asks for it."""

import ssl
from pathlib import Path

from testbed.certificates import self_signed
from testbed.requirements import require


def test_a_client_can_trust_it_and_a_server_can_use_it(tmp_path: Path) -> None:
    """It names the loopback address and is its own authority."""
    require("openssl")
    certificate = self_signed(tmp_path)
    context = ssl.create_default_context(cafile=str(certificate.certificate_file))
    (trusted,) = context.get_ca_certs()
    assert trusted["subjectAltName"] == (("IP Address", "127.0.0.1"),)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
        certificate.certificate_file, certificate.key_file
    )
