"""The control plane's commands beside a cluster, on stores that run in it: for tests of what tenants' own pods do.

Only the stores of `charts/plantrace` are started. What its processes would do, the commands here do when they are told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cluster.charts import CHARTS, FERRETDB, helm, make_secret, make_settings
from tests.cluster.kube import Kube
from tests.isolation import ROOT
from tests.testbed.cluster import Cluster

PROCESSES = ("alarms", "beat", "control", "ladder", "notifier", "worker", "writer")  # not web: tenants' pods ask it
PLATFORM = {
    "web": {"replicas": 1},
    "settings": {"https": False},
    "documents": FERRETDB,
}
RELEASE = "beside"  # its rights in the cluster must not be those of another test's
UNTIL_AT_REST = """
from datetime import timedelta
from tenants.reconciler import reconcile_once
reconcile_once(timedelta(minutes=3))
"""


@dataclass(frozen=True)
class Outside:
    environment: dict[str, str]
    namespaces: list[str] = field(default_factory=list)  # of the tenants that were made

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        known = {**os.environ, **self.environment, "LOG_LEVEL": "WARNING"}
        done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, code: str) -> Any:
        """Runs Python there; the JSON that its last line prints."""
        return json.loads(self.manage("shell", "--no-imports", "-c", code).splitlines()[-1])

    def make(self, slug: str) -> dict[str, Any]:
        """A ready tenant, as printed by `tenants show`."""
        self.manage("tenants", "create", slug, "--disk-gib", "1", "--no-wait")
        self.manage("shell", "--no-imports", "-c", UNTIL_AT_REST)
        found: dict[str, Any] = json.loads(self.manage("tenants", "show", slug, "--json"))
        self.namespaces.append(found["endpoints"]["namespace"])
        assert found["state"] == "ready", found["status"]
        return found


@contextmanager
def outside(cluster: Cluster, kube: Kube, namespace: str, folder: Path, values: dict[str, Any]) -> Iterator[Outside]:
    """`values`: for the chart of every tenant. Their namespaces go in the end."""
    known = make_settings()
    kube.apply(make_secret("plantrace-settings", known), namespace=namespace)
    helm(cluster, namespace, "install", CHARTS / "plantrace", RELEASE, PLATFORM)
    deployments = [f"deployment/{RELEASE}-{name}" for name in PROCESSES]
    kube("--namespace", namespace, "scale", "--replicas=0", *deployments)
    for name in ("redis", "postgresql", "documents"):
        kube.await_ready("pod", f"{RELEASE}-{name}-0", namespace, seconds=180)
    kube("--namespace", namespace, "wait", "--for=condition=Complete", "job", "--all", "--timeout=180s", timeout_s=190)
    (folder / "values.json").write_text(json.dumps(values))
    outside = Outside(
        {
            **{name: known[name] for name in ("SECRET_KEY", "FERNET_KEYS")},
            "DATABASE_URL": f"postgres://plantrace:{known['POSTGRES_PASSWORD']}@{RELEASE}-postgresql.{namespace}:5432/plantrace",
            "REDIS_URL": f"redis://:{known['REDIS_PASSWORD']}@{RELEASE}-redis.{namespace}:6379/0",
            "MONGODB_URI": f"mongodb://{RELEASE}-documents.{namespace}:27017/",
            "PODS_CONTROL_URL": f"http://{RELEASE}-web.{namespace}.svc",
            "PLANTRACE_HOME": str(folder / "home"),
            "TENANT_DRIVERS": "helm",
            "TENANT_VALUES": str(folder / "values.json"),
            "KUBECONFIG": str(cluster.kubeconfig),
        }
    )
    try:
        yield outside
    finally:
        for each in outside.namespaces:
            kube("delete", "namespace", each, "--wait=false")
        helm(cluster, namespace, "uninstall", RELEASE)
