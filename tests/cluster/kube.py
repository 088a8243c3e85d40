"""Helpers of tests for a cluster, named as in kubectl, and shared manifests."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.testbed.cluster import Cluster

Object = dict[str, Any]


@dataclass(frozen=True)
class Kube:
    cluster: Cluster

    def __call__(self, *words: str, timeout_s: float = 90) -> str:
        return self.cluster.kubectl(*words, timeout_s=timeout_s)

    def apply(self, *objects: Object, namespace: str = "") -> None:
        for each in objects:
            if namespace:
                each["metadata"]["namespace"] = namespace
        self.cluster.apply(objects)

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        answer = self(*_in(namespace), "get", kind, name, "--output=json", "--ignore-not-found")
        found: Object | None = json.loads(answer) if answer else None
        return found

    def list(self, kind: str, namespace: str = "", selector: str = "") -> list[Object]:
        """Of one namespace, or of all."""
        where = _in(namespace) or ["--all-namespaces"]
        found: list[Object] = json.loads(self("get", kind, *where, f"--selector={selector}", "--output=json"))["items"]
        return found

    def delete(self, kind: str, name: str, namespace: str = "") -> None:
        self(*_in(namespace), "delete", kind, name, "--ignore-not-found", "--timeout=60s")

    def await_ready(self, kind: str, name: str, namespace: str, seconds: int = 60) -> None:
        """Also works before the controller has created the object; on failure it shows what the cluster reports."""
        self.await_true(lambda: self.get(kind, name, namespace) is not None, f"{kind} {name}")
        words = ("wait", "--for=condition=Ready", f"{kind}/{name}", f"--timeout={seconds}s")
        try:
            self(*_in(namespace), *words, timeout_s=seconds + 10)
        except Exception as error:
            raise AssertionError(f"{error}\n{self(*_in(namespace), 'describe', kind, name)}") from None

    def await_true(self, condition: Callable[[], object], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come in {seconds:.0f} s"
            time.sleep(0.2)

    def run_in(self, pod: str, namespace: str, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the pod's first container."""
        words = ["kubectl", *_in(namespace), "exec", pod, "--", *command]
        return subprocess.run(words, capture_output=True, text=True, timeout=60)


def _in(namespace: str) -> list[str]:
    return ["--namespace", namespace] if namespace else []


def make_claim(name: str, size: str = "1Gi") -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def make_container(name: str, image: str, command: list[str] | None = None, **more: Any) -> Object:
    """Compliant with Pod Security `restricted`, with a read-only root file system."""
    security = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    words = {"command": command} if command else {}
    return {"name": name, "image": image, "imagePullPolicy": "Never", "securityContext": security, **words, **more}


def make_pod(name: str, uid: int, containers: list[Object], volumes: list[Object], **more: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": uid,
                "runAsGroup": uid,
                "fsGroup": uid,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "terminationGracePeriodSeconds": 10,
            "enableServiceLinks": False,
            "containers": containers,
            "volumes": volumes,
            **more,
        },
    }


def make_service(name: str, port: int) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": port}]},
    }
