"""A real S3 server for tests (Versity Gateway), with buckets that are folders below its own."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from runtime.programs import binary

REGION = "eu-central-1"


@dataclass
class BucketServer:
    """`environment`: the variables a program needs for access."""

    folder: Path
    port: int
    key: str = field(default_factory=lambda: secrets.token_hex(10))
    secret: str = field(default_factory=lambda: secrets.token_hex(20))
    certificate: Path | None = None  # with its key
    address: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://{self.address}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        keys = {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}
        return {**keys, "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}

    def make_bucket(self) -> str:
        name = f"archives-{secrets.token_hex(4)}"
        (self.folder / "buckets" / name).mkdir(parents=True)
        return name

    def objects(self, bucket: str) -> list[str]:
        """The existing keys, as seen on disk; uploads in progress are in a hidden folder."""
        root = self.folder / "buckets" / bucket
        found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
        return sorted(str(path) for path in found if not path.parts[0].startswith("."))

    def command(self) -> list[str]:
        where = ["--port", f"{self.address}:{self.port}", "--region", REGION, "--quiet"]
        tls = ["--cert", str(self.certificate), "--key", str(self.certificate)] if self.certificate else []
        return [
            binary("versitygw"),
            *where,
            *tls,
            "posix",
            "--sidecar",
            f"{self.folder}/meta",
            f"{self.folder}/buckets",
        ]


@contextmanager
def running_bucket_server(tls: bool = False, address: str = "127.0.0.1") -> Iterator[BucketServer]:
    with tempfile.TemporaryDirectory(prefix="plantrace-s3-") as folder:
        certificate = _certificate(Path(folder) / "server.pem") if tls else None
        server = BucketServer(Path(folder), _free_port(address), certificate=certificate, address=address)
        for name in ("buckets", "meta"):
            (server.folder / name).mkdir()
        keys = {"ROOT_ACCESS_KEY": server.key, "ROOT_SECRET_KEY": server.secret}
        process = subprocess.Popen(
            server.command(), env={**os.environ, **keys}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _await_answer(process, server)
            yield server
        finally:
            process.kill()
            process.wait()


def _await_answer(process: subprocess.Popen[bytes], server: BucketServer) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            socket.create_connection((server.address, server.port), 1).close()
            return
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, "the S3 server does not answer"
            time.sleep(0.05)


def _certificate(path: Path) -> Path:
    """A self-signed certificate."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return path


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
