"""Summarizes what the cluster reports about a tenant in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tenants.drivers.kubernetes.manifests import Object

MAX_LENGTH = 300


def is_ready(workload: Object | None) -> bool:
    """Whether every pod of a StatefulSet is of its newest generation and ready."""
    if workload is None:
        return False
    wanted = workload["spec"].get("replicas", 1)
    status = workload.get("status", {})
    current = status.get("observedGeneration", 0) >= workload["metadata"].get("generation", 0)
    same = status.get("currentRevision") == status.get("updateRevision")
    return bool(current and same and wanted and status.get("readyReplicas", 0) >= wanted)


def stuck(workload: Object | None, pods: Iterable[Object]) -> list[Object]:
    """Pods of an older generation that never became ready: the StatefulSet waits for them forever, so delete them."""
    if workload is None or not (wanted := workload.get("status", {}).get("updateRevision")):
        return []
    owner = workload["metadata"]["name"]
    return [
        pod
        for pod in pods
        if any(each.get("name") == owner for each in pod["metadata"].get("ownerReferences", []))
        and pod["metadata"].get("labels", {}).get("controller-revision-hash") != wanted
        and not pod["metadata"].get("deletionTimestamp")
        and not _pod_is_ready(pod)
    ]


def _pod_is_ready(pod: Object) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def why_not_ready(
    workload: Object | None, pods: Iterable[Object], claims: Iterable[Object], events: Iterable[Object] = ()
) -> str:
    """The first visible cause. `events`: why a missing pod could not be created."""
    if workload is None:
        return "InfluxDB's StatefulSet is not there yet."
    for claim in claims:
        if claim.get("status", {}).get("phase") == "Lost":
            return f"The claim {_name(claim)} has lost its volume."
    trouble = [reason for pod in pods if (reason := _of_pod(pod))]
    if trouble:
        return trouble[0]
    for claim in claims:
        if claim.get("status", {}).get("phase") == "Pending":
            return f"The claim {_name(claim)} is waiting for a volume."
    for event in events:
        if event.get("reason") == "FailedCreate":
            return _short(f"InfluxDB's pod cannot be created: {event.get('message', '')}")
    return "InfluxDB's pod is not ready yet."


def _of_pod(pod: Object) -> str:
    status = pod.get("status", {})
    for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        if trouble := _of_container(container):
            return _short(f"{_name(pod)}: {trouble}")
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return _short(f"{_name(pod)} has no node yet: {condition.get('message', '')}")
    return ""


def _of_container(container: dict[str, Any]) -> str:
    state = container.get("state", {})
    waiting, ended = state.get("waiting"), state.get("terminated")
    last = container.get("lastState", {}).get("terminated")
    if waiting and waiting.get("reason") not in ("ContainerCreating", "PodInitializing", None):
        why = waiting.get("message", "")
        if last:
            why = f"it exited with code {last.get('exitCode')} {last.get('message', '')}".strip()
        return f"{waiting['reason']}{f': {why}' if why else ''}"
    if ended and ended.get("exitCode"):
        return f"exited with code {ended['exitCode']} {ended.get('message', '')}".strip()
    return ""


def of_conditions(resource: Object) -> tuple[bool, str]:
    """Whether a resource of Flux is ready at its newest generation, and its message."""
    status = resource.get("status", {})
    current = status.get("observedGeneration", -1) >= resource["metadata"].get("generation", 0)
    for condition in status.get("conditions", []):
        if condition["type"] == "Ready":
            return current and condition["status"] == "True", _short(str(condition.get("message", "")))
    return False, ""


def _name(resource: Object) -> str:
    return str(resource["metadata"]["name"])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else f"{line[: MAX_LENGTH - 1]}…"
