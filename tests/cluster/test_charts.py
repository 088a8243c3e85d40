"""Our charts, installed by Helm on the real cluster as they are, in namespaces that are `restricted`."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from k8s.testbed.cluster import Cluster
from tests.cluster.kube import Kube, Object
from tests.isolation import ROOT

pytestmark = pytest.mark.cluster
CHARTS = ROOT / "charts"
TIMEOUT_S = 480
TENANT = {"tenant": {"id": "t4k2m9q4xwa", "slug": "harbour"}, "disk": {"id": "d7x2m9q4xwb", "size": "1Gi"}}
# One web process rather than two, and MongoDB's stand-in.
PLATFORM = {
    "web": {"replicas": 1},
    "settings": {"https": False},
    "documents": {"kind": "ferretdb", "image": {"repository": "ferretdb", "tag": "1.24.2"}},
}


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


def test_a_tenants_chart_runs_its_influxdb(cluster: Cluster, kube: Kube, namespace: str) -> None:
    names = ("admin-username", "admin-password", "writer-username", "writer-password", "reader-username")
    kube.apply(
        make_secret("influxdb", {name: secrets.token_hex(8) for name in (*names, "reader-password", "shared-secret")}),
        namespace=namespace,
    )
    helm(cluster, namespace, "install", CHARTS / "tenantstack", "tenant", TENANT, wait="watcher")
    service = f"http://influxdb.{namespace}:8086"
    kube.await_true(lambda: answers(f"{service}/ping"), "InfluxDB behind its service", 10)
    create = "CREATE USER administrator WITH PASSWORD 'quite secret' WITH ALL PRIVILEGES"
    requests.post(f"{service}/query", params={"q": create}, timeout=10).raise_for_status()
    asked = {"q": "SHOW DATABASES"}
    assert requests.get(f"{service}/query", params=asked, timeout=10).status_code == 401
    known = ("administrator", "quite secret")
    assert requests.get(f"{service}/query", params=asked, auth=known, timeout=10).status_code == 200

    larger = {**TENANT, "influxdb": {"cacheMaxMemory": "256m"}}
    helm(cluster, namespace, "upgrade", CHARTS / "tenantstack", "tenant", larger, wait="watcher")
    helm(cluster, namespace, "uninstall", "tenant", wait="watcher")
    assert kube.get("statefulset", "influxdb", namespace) is None
    assert kube.get("pvc", f"influxdb-{TENANT['disk']['id']}", namespace) is not None, "the disk stays"


@pytest.mark.timeout(600)  # a dozen processes of ours start at once, on as few cores as there are
def test_the_control_planes_chart_opens_its_page(cluster: Cluster, kube: Kube, namespace: str) -> None:
    passwords = ("REDIS_PASSWORD", "POSTGRES_PASSWORD", "DOCUMENTS_PASSWORD", "SECRET_KEY")
    settings = {name: secrets.token_hex(32) for name in passwords} | {"FERNET_KEYS": Fernet.generate_key().decode()}
    kube.apply(make_secret("plantrace-settings", settings), namespace=namespace)
    helm(cluster, namespace, "install", CHARTS / "plantrace", "plantrace", PLATFORM, wait="watcher")

    kube.await_true(lambda: answers(page(namespace)), "the web process behind its service", 10)
    answer = requests.get(page(namespace), headers={"Host": "localhost"}, timeout=10)
    assert answer.status_code == 200 and "<title>Plantrace" in answer.text
    pods = json.loads(kube("--namespace", namespace, "get", "pods", "--output=json"))["items"]
    running = {name_of(pod): restarts(pod) for pod in pods if pod["status"]["phase"] == "Running"}
    parts = {"web", "worker", "control", "beat", "writer", "redis", "postgresql", "documents"}
    assert set(running) >= parts
    assert {part: running[part] for part in parts} == dict.fromkeys(parts, 0)


def page(namespace: str) -> str:
    return f"http://plantrace-web.{namespace}/"


def answers(address: str) -> bool:
    try:
        return requests.get(address, headers={"Host": "localhost"}, timeout=2).status_code < 500
    except (requests.ConnectionError, requests.Timeout):
        return False


def name_of(pod: dict[str, Any]) -> str:
    return str(pod["metadata"]["labels"]["app.kubernetes.io/component"])


def restarts(pod: dict[str, Any]) -> int:
    return sum(each["restartCount"] for each in pod["status"]["containerStatuses"])
