"""Helm on the cluster, as its admin."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from k8s.testbed.cluster import Cluster
from tests.cluster.kube import Object
from tests.isolation import ROOT

CHARTS = ROOT / "charts"
TIMEOUT_S = 480


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
