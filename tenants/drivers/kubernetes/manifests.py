"""The objects that the control plane itself creates for a tenant. Pure; the chart has the rest."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from tenants.drivers.base import Server
from tenants.drivers.kubernetes import names
from tenants.secrets import Secrets

Object = dict[str, Any]

MANAGED_BY = {"app.kubernetes.io/managed-by": "plantrace"}
KEEP_IN_GIT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}  # a file deleted in git must not delete this
POD_SECURITY = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}


def make_namespace(server: Server) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": server.endpoints["namespace"],
            "labels": {**labels(server), **POD_SECURITY},
            "annotations": KEEP_IN_GIT,
        },
    }


def make_secret(server: Server, secrets: Secrets) -> Object:
    """The tenant's database users, and the secret that signs the control plane's tokens (docs/adr/0009)."""
    users = {"admin": secrets.admin, "writer": secrets.writer, "reader": secrets.reader}
    values = {
        f"{role}-{part}": getattr(user, part) for role, user in users.items() for part in ("username", "password")
    }
    values["shared-secret"] = shared_secret(secrets)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": names.SECRET,
            "namespace": server.endpoints["namespace"],
            "labels": labels(server),
            "annotations": KEEP_IN_GIT,
        },
        "type": "Opaque",
        "data": {name: base64.b64encode(value.encode()).decode() for name, value in values.items()},
    }


def make_binding(server: Server, account: str, role: str) -> Object:
    """Grants the control plane (`account`: namespace/name) its role in this namespace, and in no other."""
    where, _, name = account.partition("/")
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {
            "name": "control",
            "namespace": server.endpoints["namespace"],
            "labels": labels(server),
            "annotations": KEEP_IN_GIT,
        },
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "namespace": where, "name": name}],
    }


def make_claim(server: Server, volume: Object) -> Object:
    """A claim on a kept volume by name, requesting its capacity."""
    spec = volume["spec"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": server.endpoints["claim"],
            "namespace": server.endpoints["namespace"],
            "labels": labels(server),
            "annotations": KEEP_IN_GIT,
        },
        "spec": {
            "accessModes": spec["accessModes"],
            "resources": {"requests": {"storage": spec["capacity"]["storage"]}},
            "storageClassName": spec.get("storageClassName", ""),
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "volumeName": volume["metadata"]["name"],
        },
    }


def labels(server: Server) -> dict[str, str]:
    return {**MANAGED_BY, "plantrace.io/tenant": server.tenant, "plantrace.io/slug": server.slug}


def shared_secret(secrets: Secrets) -> str:
    """Derived from the admin's saved password, so it is not stored."""
    digest = hmac.new(secrets.admin.password.encode(), b"influxdb shared secret", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()
