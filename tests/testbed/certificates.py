"""The cluster's own authority, and certificates and kubeconfigs that it issues."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFE = datetime.timedelta(days=365)
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Issued:
    certificate: bytes
    key: bytes

    def write(self, folder: Path, name: str) -> None:
        write_secret(folder / f"{name}.crt", self.certificate)
        write_secret(folder / f"{name}.key", self.key)


@dataclass(frozen=True)
class Authority:
    now: datetime.datetime
    _key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def name(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "testbed")])

    def certificate(self) -> bytes:
        basic = x509.BasicConstraints(ca=True, path_length=None)
        builder = self._builder(self.name, self._key.public_key()).add_extension(basic, critical=True)
        return _pem(builder.sign(self._key, hashes.SHA256()))

    def issue(self, name: str, groups: list[str], addresses: list[str] | None = None) -> Issued:
        """For a client; with addresses (IP or DNS), for a server."""
        key = ec.generate_private_key(ec.SECP256R1())
        parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        subject = x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(subject, key.public_key())
        if addresses:
            names = x509.SubjectAlternativeName([_general_name(address) for address in addresses])
            builder = builder.add_extension(names, critical=False)
        return Issued(_pem(builder.sign(self._key, hashes.SHA256())), private_pem(key))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .issuer_name(self.name)
            .subject_name(subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - datetime.timedelta(hours=1))
            .not_valid_after(self.now + LIFE)
        )


def make_kubeconfig(server: str, authority: bytes, user: Issued) -> str:
    """A self-contained kubeconfig."""

    def encode(data: bytes) -> str:
        return base64.b64encode(data).decode()

    cluster = {"server": server, "certificate-authority-data": encode(authority)}
    credentials = {"client-certificate-data": encode(user.certificate), "client-key-data": encode(user.key)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "testbed",
        "clusters": [{"name": "testbed", "cluster": cluster}],
        "users": [{"name": "user", "user": credentials}],
        "contexts": [{"name": "testbed", "context": {"cluster": "testbed", "user": "user"}}],
    }
    return json.dumps(content, indent=1)


def private_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def pkcs8(key: bytes) -> bytes:
    """A private key as Java reads it."""
    return serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_secret(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _general_name(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)
