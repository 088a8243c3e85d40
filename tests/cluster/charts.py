"""Helm on the cluster, as its admin."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

import requests
from cryptography.fernet import Fernet

from tests.cluster.kube import Object
from tests.isolation import ROOT
from tests.testbed.cluster import Cluster

CHARTS = ROOT / "charts"
TIMEOUT_S = 480
FERRETDB = {"kind": "ferretdb", "image": {"repository": "ferretdb", "tag": "1.24.2"}}  # `documents`: MongoDB's stand-in


def helm(cluster: Cluster, namespace: str, action: str, *arguments: object, **options: object) -> None:
    request = {
        "kubeconfig": str(cluster.kubeconfig),
        "namespace": namespace,
        "action": action,
        "arguments": [str(each) if isinstance(each, Path) else each for each in arguments],
        "timeout_s": TIMEOUT_S,
        "options": options,
    }
    command = [sys.executable, str(Path(__file__).parent / "helm.py")]
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, timeout=TIMEOUT_S + 30)
    assert done.returncode == 0, done.stderr


def make_secret(name: str, values: dict[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": values}


def make_settings() -> dict[str, str]:
    """Generated content of the Secret for `charts/plantrace`."""
    words = ("REDIS_PASSWORD", "POSTGRES_PASSWORD", "DOCUMENTS_PASSWORD", "SECRET_KEY")
    return {name: secrets.token_hex(32) for name in words} | {"FERNET_KEYS": Fernet.generate_key().decode()}


def make_influxdb_users() -> Object:
    """The Secret of `charts/tenantstack`."""
    users = [f"{user}-{what}" for user in ("admin", "writer", "reader") for what in ("username", "password")]
    return make_secret("influxdb", {name: secrets.token_hex(8) for name in (*users, "shared-secret")})


def answers(address: str) -> bool:
    """Whether a server reports health there."""
    try:
        return requests.get(address, timeout=3).ok
    except requests.RequestException:
        return False
