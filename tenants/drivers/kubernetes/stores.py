"""How pods of our own image in a tenant's namespace (api, writer, backup, restore) get at the control plane's stores.

A Secret there, written only where the tenant's values turn such a pod on: it opens everything.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from tenants.drivers.base import DriverError, Server
from tenants.drivers.kubernetes.api import Api
from tenants.drivers.kubernetes.manifests import KEEP_IN_GIT, MANAGED_BY, Object, labels
from tenants.drivers.kubernetes.values import Values

PARTS = ("api", "writer", "backup", "restore")
USUAL_NAME = "plantrace-settings"  # as the chart has it
STORES = ("DATABASE_URL", "REDIS_URL", "MONGODB_URI")
_HERE = re.compile(r"|localhost|127\..*|%2F.*", re.IGNORECASE)  # nobody else finds these


def ensure_settings(api: Api, server: Server, values: Values, known: Mapping[str, str], namespace: str) -> None:
    """The Secret is there if a pod needs it, and gone if none does. One that people made themselves stays as it is.

    `known`: what our own processes have; `namespace`: where they live, if that is the same cluster.
    """
    name, where = secret_name(values), server.endpoints["namespace"]
    found = api.get("Secret", name, where)
    if found is not None and not found["metadata"].get("labels", {}).items() >= MANAGED_BY.items():
        return
    if wanted := [part for part in PARTS if values.get(part, {}).get("enabled")]:
        try:
            api.apply(make_settings(server, name, for_pods(known, namespace)))
        except ValueError as error:
            raise DriverError(f"The tenants' values turn on {', '.join(wanted)}, whose pods need {error}") from None
    elif found is not None:
        api.delete("Secret", name, where)


def secret_name(values: Values) -> str:
    return str(values.get("settings", {}).get("secret") or USUAL_NAME)


def make_settings(server: Server, name: str, known: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": server.endpoints["namespace"],
            "labels": labels(server),
            "annotations": KEEP_IN_GIT,
        },
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in known.items()},
    }


def for_pods(known: Mapping[str, str], namespace: str) -> dict[str, str]:
    """Addresses as another namespace finds them. ValueError: a store that only we can reach."""
    return {key: _address(key, value, namespace) if key in STORES else value for key, value in known.items()}


def _address(key: str, url: str, namespace: str) -> str:
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    named = [_host(key, host, namespace) for host in hosts.split(",")]
    return urlunsplit(parts._replace(netloc=f"{login}{at}{','.join(named)}"))


def _host(key: str, host: str, namespace: str) -> str:
    """A Service of our own namespace has a short name that is known only there."""
    name, colon, port = host.partition(":")
    is_short = "." not in name and not host.startswith("[")
    if _HERE.fullmatch(name) or (is_short and not namespace):
        raise ValueError(f"{key} to be an address that they can reach, not {name or 'one of this machine'}.")
    return f"{name}.{namespace}{colon}{port}" if is_short else host
