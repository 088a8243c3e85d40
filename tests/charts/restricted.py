"""The Pod Security Standard `restricted` (it includes `baseline`), as its page states it, on a pod's template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
SYSCTLS = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}  # fmt: skip
SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
SECCOMP = {"RuntimeDefault", "Localhost"}
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def violations(template: dict[str, Any]) -> list[str]:
    """What the standard forbids in pods of this template."""
    return [*_pod(template), *_security(template)]


def _pod(template: dict[str, Any]) -> Iterator[str]:
    spec, annotations = template["spec"], template.get("metadata", {}).get("annotations") or {}
    yield from (f"{key} is on" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key))
    for volume in spec.get("volumes", []):
        kinds = volume.keys() - {"name"}
        if not kinds <= VOLUMES:
            yield f"volume {volume['name']} is of kind {kinds}"
    for key in annotations:
        if key.startswith("container.apparmor.security.beta.kubernetes.io/"):
            yield f"annotation {key}"
    for each in spec.get("securityContext", {}).get("sysctls", []):
        if each["name"] not in SYSCTLS:
            yield f"sysctl {each['name']}"


def _security(template: dict[str, Any]) -> Iterator[str]:
    spec = template["spec"]
    pod = spec.get("securityContext", {})
    yield from _common(pod, "the pod")
    for container in _containers(spec):
        own, name = container.get("securityContext", {}), container["name"]
        yield from _common(own, name)
        yield from _container(container, own, name)
        if not (own["runAsNonRoot"] if "runAsNonRoot" in own else pod.get("runAsNonRoot")):
            yield f"{name} may run as root"
        if (own.get("seccompProfile") or pod.get("seccompProfile") or {}).get("type") not in SECCOMP:
            yield f"{name} has no seccomp profile"


def _common(context: dict[str, Any], who: str) -> Iterator[str]:
    if context.get("runAsUser") == 0:
        yield f"{who} runs as user 0"
    if context.get("runAsNonRoot") is False:
        yield f"{who} may run as root"
    if context.get("seccompProfile", {}).get("type", "RuntimeDefault") not in SECCOMP:
        yield f"{who} has another seccomp profile"
    if context.get("appArmorProfile", {}).get("type", "RuntimeDefault") not in SECCOMP:
        yield f"{who} has another AppArmor profile"
    if context.get("windowsOptions", {}).get("hostProcess"):
        yield f"{who} is a host process"
    selinux = context.get("seLinuxOptions", {})
    if selinux.get("type") not in SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        yield f"{who} has SELinux options"


def _container(container: dict[str, Any], own: dict[str, Any], name: str) -> Iterator[str]:
    if own.get("privileged"):
        yield f"{name} is privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"{name} may gain privileges"
    if own.get("procMount", "Default") != "Default":
        yield f"{name} has another /proc"
    capabilities = own.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", []):
        yield f"{name} keeps capabilities"
    if not set(capabilities.get("add", [])) <= {"NET_BIND_SERVICE"}:
        yield f"{name} adds capabilities"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield f"{name} takes a port of the host"
    handlers = [container.get(probe, {}) for probe in PROBES] + list(container.get("lifecycle", {}).values())
    if any(handler.get(how, {}).get("host") for handler in handlers for how in ("httpGet", "tcpSocket")):
        yield f"{name} asks another host"


def _containers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.get(kind, [])
