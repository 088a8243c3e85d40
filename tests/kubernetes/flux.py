"""Flux's controllers beside a real Kubernetes API, as plain processes on loopback."""

from __future__ import annotations

import json
import time
from pathlib import Path

from ruamel.yaml import YAML

from tests.kubernetes.api_server import BIN, ApiServer, _free_port, end

CONTROLLERS = {"source": "v1.9.1", "kustomize": "v1.9.4", "helm": "v1.6.2"}
PROGRAMS = [f"{name}-controller" for name in CONTROLLERS]
MODULES = Path.home() / "go" / "pkg" / "mod" / "github.com" / "fluxcd"
FLUX, TENANTS = "flux-system", "plantrace-tenants"


def missing() -> list[str]:
    programs = [name for name in PROGRAMS if not (BIN / name).exists()]
    return programs or [str(path) for path in _definitions() if not path.is_dir()]


def start(cluster: ApiServer) -> None:
    for namespace in (FLUX, TENANTS):
        cluster.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    for folder in _definitions():
        for path in sorted(folder.glob("*.yaml")):
            definition = YAML(typ="safe").load(path)
            cluster.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", _dates(definition))
    _await_established(cluster)
    for name in CONTROLLERS:
        more = ["--no-cross-namespace-refs", "--requeue-dependency=1s"]
        if name == "source":
            storage = f"127.0.0.1:{_free_port()}"
            (cluster.folder / "artifacts").mkdir()
            more = [f"--storage-path={cluster.folder / 'artifacts'}", f"--storage-addr={storage}"]
            more.append(f"--storage-adv-addr={storage}")
        ports = (f"--health-addr=127.0.0.1:{_free_port()}", f"--metrics-addr=127.0.0.1:{_free_port()}")
        environment = {"KUBECONFIG": str(cluster.folder / "admin.conf"), "RUNTIME_NAMESPACE": FLUX}
        cluster._run(f"{name}-controller", *ports, "--events-addr=", *more, environment=environment)


def stop(cluster: ApiServer) -> None:
    """They would reconcile every two seconds for as long as the cluster is there."""
    end([each for each in cluster.processes if Path(each.args[0]).name in PROGRAMS])


def _definitions() -> list[Path]:
    return [MODULES / f"{name}-controller@{version}" / "config/crd/bases" for name, version in CONTROLLERS.items()]


def _dates(definition: object) -> object:
    return json.loads(json.dumps(definition, default=str))


def _await_established(cluster: ApiServer) -> None:
    deadline = time.monotonic() + 90
    while True:
        found = cluster.call("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
        states = [
            any(
                c["type"] == "Established" and c["status"] == "True"
                for c in each.get("status", {}).get("conditions") or []
            )
            for each in found
        ]
        if states and all(states):
            return
        assert time.monotonic() < deadline
        time.sleep(0.2)
