"""The values of `charts/tenantstack` for one tenant. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tenants.drivers.base import Server
from tenants.drivers.kubernetes import names

Values = dict[str, Any]


def make_values(server: Server, domain: str, common: Mapping[str, Any] | None = None) -> Values:
    """`common`: this installation's values for every tenant (ingress, storage class, …); the tenant's own win."""
    return merged(common or {}, _own(server, domain))


def _own(server: Server, domain: str) -> Values:
    disk: Values = {"id": server.disk, "size": f"{server.size.disk_gib}Gi", "keep": True}
    if server.volume:  # a kept disk: the control plane creates its claim, bound to it by name
        disk["existingClaim"] = names.claim_of(server.disk)
    values: Values = {
        "tenant": {
            "id": server.tenant,
            "slug": server.slug,
            "name": server.name,
            "fqdn": f"{server.slug}.{domain}",
        },
        "disk": disk,
        "influxdb": {
            "secret": names.SECRET,
            "resources": {
                "requests": {"cpu": f"{server.size.cpu_milli // 4}m", "memory": f"{server.size.memory_mib}Mi"},
                "limits": {"cpu": f"{server.size.cpu_milli}m", "memory": f"{server.size.memory_mib}Mi"},
            },
            **server.software.settings,
        },
    }
    if server.software.images:
        values["images"] = {part: _image(image) for part, image in server.software.images.items()}
    return values


def _image(image: str) -> Values:
    """Split `registry:5000/name:tag` into name and tag."""
    repository, _, tag = image.rpartition(":")
    return {"repository": repository, "tag": tag}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> Values:
    """Merge as Helm does: mappings key by key, all else as a whole."""
    result = dict(below)
    for key, value in above.items():
        known = result.get(key)
        result[key] = merged(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return result


def digest_of(values: Values, chart: str, version: str) -> str:
    """Identifies a desired state, as a label on releases made for it."""
    wanted = json.dumps([values, chart, version], sort_keys=True)
    return hashlib.sha256(wanted.encode()).hexdigest()[:32]
