"""Certificates with which Plantrace shows a broker who it is. Pure but for the file in memory."""

from __future__ import annotations

import os
import ssl

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


class CertificateInvalid(Exception):
    """`field`: which of both."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def check_pair(certificate: str, key: str) -> int:
    """Until when the certificate is valid, epoch ms. `certificate`: PEM, its own first. Raises CertificateInvalid."""
    try:
        own = x509.load_pem_x509_certificates(certificate.encode())[0]
        public = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateInvalid("certificate", "There is no certificate (PEM) in it.") from None
    try:  # without the slow search for factors; only the public part counts here
        private = load_pem_private_key(key.encode(), None, unsafe_skip_rsa_key_validation=True)
        known = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except TypeError:
        raise CertificateInvalid("key", "The key is protected by a password: remove that first.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateInvalid("key", "There is no private key (PEM) in it.") from None
    if known != public:
        raise CertificateInvalid("key", "The key is not that of the certificate.")
    return int(own.not_valid_after_utc.timestamp() * 1000)


def show_certificate(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """To servers that ask for one. OpenSSL reads it from a file, which is in memory only. Raises SSLError, OSError."""
    memory = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        with os.fdopen(memory, "wb", closefd=False) as file:
            file.write(f"{key}\n{certificate}\n".encode())
        context.load_cert_chain(f"/proc/self/fd/{memory}")
    finally:
        os.close(memory)
