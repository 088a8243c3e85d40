"""The Secret with the credentials of our pods in a tenant's namespace (api, writer, backup, restore).

It is written only if the tenant's values enable such a pod, and gives access to that tenant's data only (ADR 0039).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from kernel.tenancy import Credentials
from tenants.drivers.base import DriverError, Server
from tenants.drivers.kubernetes.api import Api
from tenants.drivers.kubernetes.manifests import KEEP_IN_GIT, MANAGED_BY, Object, labels
from tenants.drivers.kubernetes.values import Values, merged
from tenants.pod_credentials import PodCredentials, issue, revoke, version_of

PARTS = ("api", "writer", "backup", "restore")
LASTING = ("api", "writer")  # pods that outlive a change of the Secret; each job has new ones
USUAL_NAME = "plantrace-settings"  # as the chart has it
_CHARTS_WITHOUT_VERSION = re.compile(r"0\.[01]\..*")  # they refuse the value
_HERE = re.compile(r"|localhost|127\..*|%2F.*", re.IGNORECASE)  # not reachable from other pods
_OTHERS_LOGIN = ("authsource", "authmechanism", "authmechanismproperties")  # of the control plane's own user


@dataclass(frozen=True, slots=True)
class Stores:
    """The addresses of the stores and of the control plane."""

    redis_url: str
    mongodb_uri: str
    control_url: str
    namespace: str  # in which short host names resolve; empty: another cluster


def ensure_settings(api: Api, server: Server, values: Values, stores: Stores) -> None:
    """Ensure that the Secret and the account exist if a pod needs them, and do not exist otherwise.

    A Secret created by somebody else is left alone.
    """
    name, where = secret_name(values), server.endpoints["namespace"]
    found = api.get("Secret", name, where)
    if found is not None and not found["metadata"].get("labels", {}).items() >= MANAGED_BY.items():
        return
    if wanted := [part for part in PARTS if values.get(part, {}).get("enabled")]:
        try:
            check_reachable(stores)
            api.apply(make_settings(server, name, for_pods(stores, server, issue(server.tenant))))
        except ValueError as error:
            raise DriverError(f"The tenants' values turn on {', '.join(wanted)}, whose pods need {error}") from None
        return
    if found is not None:
        api.delete("Secret", name, where)
    revoke(server.tenant)


def with_version(server: Server, values: Values) -> Values:
    """Values that change with the credentials, so that pods which have the old ones are replaced."""
    is_needed = any(values.get(part, {}).get("enabled") for part in LASTING)
    if not is_needed or _CHARTS_WITHOUT_VERSION.fullmatch(server.software.chart_version):
        return values
    version = version_of(server.tenant)
    return merged(values, {"settings": {"credentialsVersion": version}}) if version else values


def secret_name(values: Values) -> str:
    return str(values.get("settings", {}).get("secret") or USUAL_NAME)


def make_settings(server: Server, name: str, known: dict[str, str]) -> Object:
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


def check_reachable(stores: Stores) -> None:
    """Raises ValueError for an address that only we can reach."""
    for_pods(stores, Server("", "", "", "", {}), PodCredentials(Credentials("", ""), Credentials("", ""), ""))


def for_pods(stores: Stores, server: Server, credentials: PodCredentials) -> dict[str, str]:
    """The stores with the tenant's users, as reachable from its namespace. Raises ValueError for local addresses."""
    database = f"plantrace_{server.disk or server.tenant}"
    documents = urlsplit(stores.mongodb_uri)
    options = [(key, value) for key, value in parse_qsl(documents.query) if key.lower() not in _OTHERS_LOGIN]
    query = urlencode([*options, ("authSource", database)]) if documents.username else documents.query
    login = credentials.documents if documents.username else None  # a server without passwords has no users
    uri = documents._replace(path=f"/{database}", query=query)
    return {
        "REDIS_URL": _address("REDIS_URL", urlunsplit(urlsplit(stores.redis_url)), stores.namespace, credentials.redis),
        "MONGODB_URI": _address("MONGODB_URI", urlunsplit(uri), stores.namespace, login),
        "CONTROL_URL": _address("PODS_CONTROL_URL", stores.control_url, stores.namespace, None),
        "CONTROL_TOKEN": credentials.token,
    }


def _address(key: str, url: str, namespace: str, login: Credentials | None) -> str:
    parts = urlsplit(url)
    hosts = ",".join(_host(key, host, namespace) for host in parts.netloc.rpartition("@")[2].split(","))
    user = f"{quote(login.username, safe='')}:{quote(login.password, safe='')}@" if login else ""
    return urlunsplit(parts._replace(netloc=user + hosts))


def _host(key: str, host: str, namespace: str) -> str:
    """The short name of a Service in our namespace resolves only there."""
    name, colon, port = host.partition(":")
    is_short = "." not in name and not host.startswith("[")
    if _HERE.fullmatch(name) or (is_short and not namespace):
        raise ValueError(f"{key} to be an address that they can reach, not {name or 'one of this machine'}.")
    return f"{name}.{namespace}{colon}{port}" if is_short else host
