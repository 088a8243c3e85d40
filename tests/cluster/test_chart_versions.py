"""Both charts, upgraded from the previous release (in `tests/charts/previous/`) with data."""

from __future__ import annotations

import pytest
import requests

from tests.charts.test_versions import previous
from tests.cluster.charts import CHARTS, FERRETDB, answers, helm, make_influxdb_users, make_secret, make_settings
from tests.cluster.kube import Kube, Object
from tests.testbed.cluster import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]
TENANT = {"tenant": {"id": "t5k2m9q4xwa", "slug": "harbour"}, "disk": {"id": "d8x2m9q4xwb", "size": "1Gi"}}
LITTLE = {"resources": {"requests": {"cpu": "10m"}}}  # another control plane may be on the node
PLATFORM = {
    "settings": {"https": False},
    "web": {"replicas": 1, **LITTLE},
    "documents": {**FERRETDB, **LITTLE},
    **dict.fromkeys(
        ("worker", "control", "beat", "writer", "ladder", "alarms", "notifier", "redis", "postgresql"), LITTLE
    ),
}
RELEASE = "versions"  # its rights in the cluster must not be those of another test's


def test_a_tenants_samples_outlive_its_charts_upgrade(cluster: Cluster, kube: Kube, namespace: str) -> None:
    kube.apply(make_influxdb_users(), namespace=namespace)
    helm(cluster, namespace, "install", previous("tenantstack"), "tenant", TENANT, wait="watcher")
    database = Database(f"http://influxdb.{namespace}:8086")
    kube.await_true(lambda: answers(f"{database.url}/ping"), "InfluxDB behind its service", 10)
    database.ask("CREATE USER administrator WITH PASSWORD 'quite secret' WITH ALL PRIVILEGES")
    database.ask("CREATE DATABASE plant")
    database.ask('CREATE RETENTION POLICY "raw" ON "plant" DURATION INF REPLICATION 1 DEFAULT')
    lines = "\n".join(f"mill,sensor=x value={value} {1_770_000_000 + value}" for value in range(5_000))
    database.write(lines)
    claim = _claim(kube, namespace)

    helm(cluster, namespace, "upgrade", CHARTS / "tenantstack", "tenant", TENANT, wait="watcher")
    kube.await_true(lambda: answers(f"{database.url}/ping"), "InfluxDB behind its service", 30)
    answer = database.ask('SELECT count("value"), sum("value") FROM plant.raw.mill')
    assert answer["results"][0]["series"][0]["values"][0][1:] == [5_000, sum(range(5_000))]
    assert _claim(kube, namespace) == claim, "the same disk"
    assert _chart(kube, namespace, "statefulset", "influxdb") == f"tenantstack-{_version('tenantstack')}"


def test_the_control_planes_state_survives_an_upgrade_of_its_chart(
    cluster: Cluster, kube: Kube, namespace: str
) -> None:
    kube.apply(make_secret("plantrace-settings", make_settings()), namespace=namespace)
    host = f"{RELEASE}-web.{namespace}"
    values = {**PLATFORM, "settings": {**PLATFORM["settings"], "allowedHosts": [host]}}
    helm(cluster, namespace, "install", previous("plantrace"), RELEASE, values, wait="watcher")

    def manage(*command: str) -> str:
        inside = ("exec", f"deployment/{RELEASE}-web", "--container=web", "--", "python", "manage.py", *command)
        return kube("--namespace", namespace, *inside)

    output = manage("create_operator", "olga", "--generate").split()
    samples = (
        "from django.conf import settings; from stores.redis.client import redis_client; "
        "print(redis_client(settings.REDIS_URL).incr('versions:test'))"
    )
    assert manage("shell", "--no-imports", "-c", samples).split()[-1] == "1"

    helm(cluster, namespace, "upgrade", CHARTS / "plantrace", RELEASE, values, wait="watcher")
    kube.await_true(lambda: answers(f"http://{host}/readyz"), "the web process behind its service", 120)
    login = {"username": "olga", "password": output[-1]}
    response = requests.post(f"http://{host}/api/v1/login", json=login, timeout=30)
    assert response.status_code == 200, response.text
    assert manage("shell", "--no-imports", "-c", samples).split()[-1] == "2", "Redis kept its file"
    assert _chart(kube, namespace, "deployment", f"{RELEASE}-web") == f"plantrace-{_version('plantrace')}"
    helm(cluster, namespace, "uninstall", RELEASE)


class Database:
    """An InfluxDB, as its administrator."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, statement: str) -> Object:
        user = None if statement.startswith("CREATE USER") else ("administrator", "quite secret")
        response = requests.post(f"{self.url}/query", data={"q": statement}, auth=user, timeout=10)
        response.raise_for_status()
        found: Object = response.json()
        return found

    def write(self, lines: str) -> None:
        parameters, user = {"db": "plant", "precision": "s"}, ("administrator", "quite secret")
        response = requests.post(f"{self.url}/write", lines, params=parameters, auth=user, timeout=10)
        assert response.status_code == 204, response.text


def _claim(kube: Kube, namespace: str) -> tuple[str, str]:
    """Its id and its volume."""
    found = kube.get("pvc", f"influxdb-{TENANT['disk']['id']}", namespace)
    assert found is not None
    return found["metadata"]["uid"], found["spec"]["volumeName"]


def _chart(kube: Kube, namespace: str, kind: str, name: str) -> str:
    found = kube.get(kind, name, namespace)
    assert found is not None
    return str(found["metadata"]["labels"]["helm.sh/chart"])


def _version(chart: str) -> str:
    lines = (CHARTS / chart / "Chart.yaml").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("version:"))
