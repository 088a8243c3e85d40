"""A real Kubernetes API on loopback: etcd, kube-apiserver, controllers, scheduler, and one node that KWOK simulates.

Objects, conditions, claims and volumes are real; pods are simulated. For tests of what the control
plane does to a cluster; the testbed has real containers.
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BIN = Path.home() / ".cache" / "plantrace" / "bin"
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
PEM, NO_KEY = serialization.Encoding.PEM, serialization.NoEncryption()


def missing() -> list[str]:
    return [name for name in PROGRAMS if not (BIN / name).exists()]


@dataclass
class ApiServer:
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def kubeconfig(self) -> str:
        """The admin's, standing on its own."""
        return self._kubeconfig("admin", "system:masters")

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._ca = _Authority()
        self.port, etcd, peer = (_free_port() for _ in range(3))
        self._run("etcd", "--data-dir", self.folder / "etcd", "--unsafe-no-fsync",
                  "--listen-client-urls", f"http://127.0.0.1:{etcd}", "--advertise-client-urls", f"http://127.0.0.1:{etcd}",
                  "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--log-level", "error")  # fmt: skip
        certificate, key = self._ca.issue("kube-apiserver", server=True)
        files = {"ca.crt": self._ca.pem, "server.crt": certificate, "server.key": key, "sa.key": _new_key()[1]}
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        self._run("kube-apiserver", f"--etcd-servers=http://127.0.0.1:{etcd}", "--bind-address=127.0.0.1",
                  f"--secure-port={self.port}", f"--tls-cert-file={self.folder / 'server.crt'}",
                  f"--tls-private-key-file={self.folder / 'server.key'}", f"--client-ca-file={self.folder / 'ca.crt'}",
                  "--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes.default.svc",
                  f"--service-account-key-file={self.folder / 'sa.key'}", "--authorization-mode=Node,RBAC",
                  f"--service-account-signing-key-file={self.folder / 'sa.key'}", f"--cert-dir={self.folder}",
                  "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none")  # fmt: skip
        self.await_ready("/readyz")
        admin = self.folder / "admin.conf"
        admin.write_text(self.kubeconfig)
        self._run("kube-controller-manager", f"--kubeconfig={admin}", "--leader-elect=false", "--secure-port=0",
                  "--use-service-account-credentials",
                  f"--service-account-private-key-file={self.folder / 'sa.key'}", "--enable-hostpath-provisioner",
                  f"--root-ca-file={self.folder / 'ca.crt'}", "--pvclaimbinder-sync-period=1s",
                  # Nobody sends the simulated node's heartbeats; once it is missed, its pods are never ready again.
                  "--node-monitor-grace-period=24h")  # fmt: skip
        # Now and then it looks at a pod before it knows of its claim, and would then look again after five minutes.
        self._run("kube-scheduler", f"--kubeconfig={admin}", "--leader-elect=false", "--secure-port=0",
                  "--pod-max-in-unschedulable-pods-duration=5s")  # fmt: skip
        self._run("kwok", f"--kubeconfig={admin}", "--manage-all-nodes=true", "--cidr=10.97.0.0/24",
                  "--node-ip=127.0.0.1", "--server-address=127.0.0.1:0",
                  f"--config={Path(__file__).parent / 'stages.yaml'}")  # fmt: skip
        self.add_node("simulated")
        self.call("POST", "/apis/storage.k8s.io/v1/storageclasses", {
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "kubernetes.io/host-path",
            "metadata": {"name": "folders", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
            "allowVolumeExpansion": True, "reclaimPolicy": "Delete"})  # fmt: skip

    def add_node(self, name: str) -> None:
        capacity = {"cpu": "64", "memory": "256Gi", "pods": "1000"}
        labels = {"kubernetes.io/hostname": name, "type": "kwok"}
        self.call("POST", "/api/v1/nodes", {
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
            "status": {"allocatable": capacity, "capacity": capacity}})  # fmt: skip

    def stop(self) -> None:
        with suppress(OSError):  # where it did not start
            for volume in self.call("GET", "/api/v1/persistentvolumes")["items"]:
                shutil.rmtree(volume["spec"]["hostPath"]["path"], ignore_errors=True)
        end(self.processes)
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method: str, path: str, body: Any = None, content: str = "application/json") -> Any:
        """As the admin, without any client of ours."""
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.port}{path}", method=method, headers={"Content-Type": content},
            data=json.dumps(body).encode() if body is not None else None,
        )  # fmt: skip
        with urllib.request.urlopen(request, context=self._context(), timeout=30) as response:
            return (
                json.load(response) if "json" in response.headers.get("Content-Type", "") else response.read().decode()
            )

    def await_ready(self, path: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.call("GET", path)
                return
            except OSError:
                if time.monotonic() > deadline or any(each.poll() is not None for each in self.processes):
                    raise
                time.sleep(0.1)

    def user(self, name: str, *groups: str) -> str:
        """The kubeconfig of somebody with no more rights than roles give."""
        return self._kubeconfig(name, *groups)

    def _run(self, program: str, *arguments: object, environment: dict[str, str] | None = None) -> None:
        with (self.folder / f"{program}.log").open("wb") as log:
            given = {**os.environ, **(environment or {})}
            command = [str(BIN / program), *map(str, arguments)]
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=given))

    def _context(self) -> ssl.SSLContext:
        if not hasattr(self, "_tls"):
            certificate, key = self._ca.issue("admin", "system:masters")
            (self.folder / "admin.pem").write_bytes(certificate + key)
            self._tls = ssl.create_default_context(cadata=self._ca.pem.decode())
            self._tls.load_cert_chain(self.folder / "admin.pem")
        return self._tls

    def _kubeconfig(self, name: str, *groups: str) -> str:
        certificate, key = self._ca.issue(name, *groups)
        encode = lambda data: base64.b64encode(data).decode()  # noqa: E731
        return json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{self.port}",
                                                   "certificate-authority-data": encode(self._ca.pem)}}],
            "users": [{"name": "u", "user": {"client-certificate-data": encode(certificate),
                                             "client-key-data": encode(key)}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        })  # fmt: skip


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """The last one first. Nothing if they ended already."""
    for process in reversed(processes):
        process.send_signal(signal.SIGTERM)
    for process in reversed(processes):
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Authority:
    def __init__(self) -> None:
        self._key, _ = _new_key()
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self._certificate = self._builder(self._name, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        ).sign(self._key, hashes.SHA256())  # fmt: skip

    @property
    def pem(self) -> bytes:
        return self._certificate.public_bytes(PEM)

    def issue(self, name: str, *groups: str, server: bool = False) -> tuple[bytes, bytes]:
        key, pem = _new_key()
        parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        subject = x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(subject, key.public_key())
        if server:
            names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(PEM), pem

    def _builder(self, subject: x509.Name, key: Any) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder().issuer_name(self._name).subject_name(subject).public_key(key)
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=2))
        )  # fmt: skip


def _new_key() -> tuple[Any, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, key.private_bytes(PEM, serialization.PrivateFormat.TraditionalOpenSSL, NO_KEY)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
