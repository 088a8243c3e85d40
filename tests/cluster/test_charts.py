"""Our charts, installed unchanged by Helm on the real cluster, in `restricted` namespaces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import sync_playwright

from tests.charts.rendering import Manifest, matrix, render
from tests.charts.test_flux import FILES, documents
from tests.cluster.charts import CHARTS, answers, helm, make_influxdb_users
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fleet import Fleet
from tests.cluster.kube import Kube
from tests.e2e.chromium import ARGUMENTS, CHROMIUM
from tests.testbed.cluster import Cluster

pytestmark = pytest.mark.cluster
TENANT = {"tenant": {"id": "t4k2m9q4xwa", "slug": "harbour"}, "disk": {"id": "d7x2m9q4xwb", "size": "1Gi"}}


def test_a_tenants_chart_runs_its_influxdb(cluster: Cluster, kube: Kube, namespace: str) -> None:
    kube.apply(make_influxdb_users(), namespace=namespace)
    helm(cluster, namespace, "install", CHARTS / "tenantstack", "tenant", TENANT, wait="watcher")
    service = f"http://influxdb.{namespace}:8086"
    kube.await_true(lambda: answers(f"{service}/ping"), "InfluxDB behind its service", 10)
    create = "CREATE USER administrator WITH PASSWORD 'quite secret' WITH ALL PRIVILEGES"
    requests.post(f"{service}/query", params={"q": create}, timeout=10).raise_for_status()
    params = {"q": "SHOW DATABASES"}
    assert requests.get(f"{service}/query", params=params, timeout=10).status_code == 401
    known = ("administrator", "quite secret")
    assert requests.get(f"{service}/query", params=params, auth=known, timeout=10).status_code == 200

    larger = {**TENANT, "influxdb": {"cacheMaxMemory": "256m"}}
    helm(cluster, namespace, "upgrade", CHARTS / "tenantstack", "tenant", larger, wait="watcher")
    helm(cluster, namespace, "uninstall", "tenant", wait="watcher")
    assert kube.get("statefulset", "influxdb", namespace) is None
    assert kube.get("pvc", f"influxdb-{TENANT['disk']['id']}", namespace) is not None, "the disk stays"


@pytest.mark.timeout(600)  # a dozen processes of ours start at once, on as few cores as there are
def test_the_control_planes_chart_opens_its_page(kube: Kube, control_plane: ControlPlane) -> None:
    response = requests.get(f"{control_plane.url}/", timeout=10)
    assert response.status_code == 200 and "<title>Plantrace" in response.text
    pods = kube.list("pods", control_plane.namespace)
    running = {name_of(pod): restarts(pod) for pod in pods if pod["status"]["phase"] == "Running"}
    parts = {"web", "worker", "control", "beat", "writer", "redis", "postgresql", "documents"}
    assert set(running) >= parts
    assert {part: running[part] for part in parts} == dict.fromkeys(parts, 0)


def test_its_page_is_rendered_by_a_browser(control_plane: ControlPlane) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{control_plane.url}/", timeout=60_000)
        page.get_by_role("button", name="Sign in").wait_for(timeout=60_000)
        browser.close()


@pytest.mark.parametrize("key", sorted(matrix()), ids=" / ".join)
def test_the_api_server_accepts_every_manifest(kube: Kube, fleet: Fleet, namespace: str, key: tuple[str, str]) -> None:
    try_strictly(kube, render(key[0], matrix()[key], name="another", namespace=namespace))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_api_server_accepts_every_flux_and_policy_file(kube: Kube, fleet: Fleet, file: Path) -> None:
    try_strictly(kube, documents(file))


def try_strictly(kube: Kube, manifests: list[Manifest]) -> None:
    """A server-side dry run; nothing is changed."""
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
    words = ("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "--filename=-")
    assert kube.cluster.kubectl(*words, given=listed).count("\n") == len(manifests)


def name_of(pod: dict[str, Any]) -> str:
    return str(pod["metadata"]["labels"]["app.kubernetes.io/component"])


def restarts(pod: dict[str, Any]) -> int:
    return sum(each["restartCount"] for each in pod["status"]["containerStatuses"])
