"""etcd, the API server, its controllers and the scheduler: their files and command lines."""

from __future__ import annotations

import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.testbed.addresses import Addresses
from tests.testbed.certificates import Authority, make_kubeconfig, private_pem, write_secret
from tests.testbed.places import binary
from tests.testbed.record import Program

NODE = "node-0"
# Who has a kubeconfig in the cluster's folder: file, user, groups.
USERS: tuple[tuple[str, str, list[str]], ...] = (
    ("admin", "admin", ["system:masters"]),
    ("controller-manager", "system:kube-controller-manager", []),
    ("scheduler", "system:kube-scheduler", []),
    ("proxy", "system:kube-proxy", []),
    ("kubelet", f"system:node:{NODE}", ["system:nodes"]),
)


def kubeconfig(folder: Path, name: str = "admin") -> Path:
    return folder / f"{name}.conf"


def write_credentials(folder: Path, addresses: Addresses, now: datetime.datetime) -> None:
    pki = folder / "pki"
    pki.mkdir()
    authority = Authority(now)
    write_secret(pki / "ca.crt", authority.certificate())
    names = [addresses.node, addresses.loopback, addresses.api_service, "localhost", "kubernetes.default.svc"]
    authority.issue("kube-apiserver", [], names).write(pki, "server")
    authority.issue("kube-apiserver-kubelet-client", ["system:masters"]).write(pki, "kubelet-client")
    accounts = ec.generate_private_key(ec.SECP256R1())
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    write_secret(pki / "accounts.key", private_pem(accounts))
    write_secret(pki / "accounts.pub", accounts.public_key().public_bytes(serialization.Encoding.PEM, public))
    for file, user, groups in USERS:
        content = make_kubeconfig(addresses.api, authority.certificate(), authority.issue(user, groups))
        write_secret(kubeconfig(folder, file), content.encode())


def make_etcd(folder: Path, addresses: Addresses) -> Program:
    client, peer = f"http://{addresses.loopback}:2379", f"http://{addresses.loopback}:2380"
    options = {
        "data-dir": folder / "etcd",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
        "unsafe-no-fsync": "true",  # a test's cluster need not outlive the machine
        "log-level": "warn",
    }
    return _program("etcd", "etcd", options)


def make_apiserver(folder: Path, addresses: Addresses) -> Program:
    pki = folder / "pki"
    options = {
        "etcd-servers": f"http://{addresses.loopback}:2379",
        "bind-address": addresses.node,
        "advertise-address": addresses.node,
        "secure-port": 6443,
        "service-cluster-ip-range": addresses.services,
        "tls-cert-file": pki / "server.crt",
        "tls-private-key-file": pki / "server.key",
        "client-ca-file": pki / "ca.crt",
        "kubelet-client-certificate": pki / "kubelet-client.crt",
        "kubelet-client-key": pki / "kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": pki / "accounts.pub",
        "service-account-signing-key-file": pki / "accounts.key",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
    }
    return _program("apiserver", "kube-apiserver", options)


def make_controller_manager(folder: Path, addresses: Addresses) -> Program:
    options = {
        "kubeconfig": kubeconfig(folder, "controller-manager"),
        "service-account-private-key-file": folder / "pki" / "accounts.key",
        "root-ca-file": folder / "pki" / "ca.crt",
        "use-service-account-credentials": "true",
        "leader-elect": "false",
        "bind-address": addresses.loopback,
    }
    return _program("controller-manager", "kube-controller-manager", options)


def make_scheduler(folder: Path, addresses: Addresses) -> Program:
    options = {
        "kubeconfig": kubeconfig(folder, "scheduler"),
        "leader-elect": "false",
        "bind-address": addresses.loopback,
    }
    return _program("scheduler", "kube-scheduler", options)


def _program(name: str, program: str, options: dict[str, object]) -> Program:
    return Program(name, [binary(program), *(f"--{option}={value}" for option, value in options.items())])
