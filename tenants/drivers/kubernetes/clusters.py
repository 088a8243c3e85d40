"""The known clusters and how to reach them: the control plane's own, and those with a stored kubeconfig."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from kubernetes import config
from kubernetes.client import ApiClient, Configuration
from kubernetes.config.config_exception import ConfigException

from kernel.errors import BadRequest, NotFound, PlantraceError
from tenants import crypto
from tenants.drivers.base import DriverError
from tenants.drivers.kubernetes.api import Api
from tenants.drivers.kubernetes.kubeconfig import load_kubeconfig, parse_kubeconfig
from tenants.models import Cluster, Tenant

_NAME = re.compile(r"[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one cluster. `kubeconfig` is JSON; empty: the service account of our own pod."""

    title: str
    kubeconfig: str = field(default="", repr=False)
    influx_url: str = ""

    @property
    def api(self) -> Api:
        return Api(_client(self.kubeconfig, os.getpid()), self.title)


def access_to(name: str) -> Access:
    """Raises DriverError if there is no such cluster (any more), or it is disabled."""
    if not name:
        return Access("The cluster", _shared(settings.KUBECONFIG), settings.TENANT_INFLUX_URL)
    known = Cluster.objects.filter(pk=name).first()
    if known is None:
        raise DriverError(f"Cluster {name} is not known any more; add it with `manage.py clusters add`.")
    if known.problem:
        raise DriverError(f"Cluster {name} is disabled: {known.problem}")
    try:  # what was stored is never passed on, only what is rebuilt from it
        return Access(f"Cluster {name}", parse_kubeconfig(known.kubeconfig).as_json(), known.influx_url)
    except PlantraceError as error:
        raise DriverError(f"Cluster {name} is disabled: {error.detail}") from None


def _shared(path: str) -> str:
    """The administrator's own kubeconfig, which may run programs; read by the same single parser."""
    if not path:
        return ""
    try:
        return json.dumps(load_kubeconfig(Path(path).read_text()), ensure_ascii=False)
    except (PlantraceError, OSError, ValueError, TypeError) as error:
        raise DriverError(f"KUBECONFIG cannot be used: {getattr(error, 'detail', None) or error}") from None


def check_known(name: str) -> None:
    """Raises BadRequest with the known clusters, or the reason why one is disabled."""
    if not name:
        return
    known = Cluster.objects.filter(pk=name).first()
    if known is None:
        there = ", ".join(Cluster.objects.values_list("name", flat=True)) or "none (leave it empty for the shared one)"
        raise BadRequest(f"cluster “{name[:63]}” does not exist; use one of: {there}.", field="cluster")
    if known.problem:
        raise BadRequest(f"cluster “{name}” is disabled: {known.problem}", field="cluster")


def save_cluster(name: str, kubeconfig: str, influx_url: str = "") -> Cluster:
    """Add or change a cluster; an empty kubeconfig keeps the known one. BadRequest."""
    if not _NAME.fullmatch(name):
        raise BadRequest(
            f"name “{name[:63]}” is not a cluster's: use lower-case letters, digits, hyphens.", field="name"
        )
    if influx_url and not ("{namespace}" in influx_url and influx_url.startswith(("http://", "https://"))):
        raise BadRequest(
            "influx_url is an http(s) address with {namespace} in it, such as http://{namespace}.north.example:8086.",
            field="influx_url",
        )
    fields = {"influx_url": influx_url}
    if kubeconfig or not Cluster.objects.filter(pk=name).exclude(encrypted_kubeconfig="").exists():
        rebuilt = parse_kubeconfig(kubeconfig)
        try:
            _configured(rebuilt.as_json())
        except (ConfigException, ValueError, TypeError, KeyError) as error:
            raise BadRequest(f"kubeconfig cannot be used: {error}", field="kubeconfig") from None
        encrypted = crypto.encrypt(rebuilt.as_json().encode())
        fields |= {"server": rebuilt.server, "encrypted_kubeconfig": encrypted, "error": ""}
    return Cluster.objects.update_or_create(name=name, defaults=fields)[0]


def remove_cluster(name: str) -> Cluster:
    """Remove it if it has no tenants. Raises NotFound, BadRequest."""
    known = Cluster.objects.filter(pk=name).first()
    if known is None:
        raise NotFound(f"There is no cluster {name[:63]}.")
    if here := list(Tenant.objects.filter(cluster=name).values_list("slug", flat=True)[:5]):
        raise BadRequest(f"Tenants live in cluster {name}: {', '.join(here)}. Delete those first.", slug="in-use")
    known.delete()
    return known


def _configured(kubeconfig: str) -> Configuration:
    configuration = Configuration()
    files = str(settings.HOME.folder("run", "kube"))
    config.load_kube_config_from_dict(
        json.loads(kubeconfig), client_configuration=configuration, persist_config=False, temp_file_path=files
    )
    return configuration


@lru_cache(maxsize=32)
def _client(kubeconfig: str, process: int) -> ApiClient:
    """One client for each process: its connections must not cross a fork."""
    if kubeconfig:
        return ApiClient(_configured(kubeconfig))
    configuration = Configuration()
    try:
        config.load_incluster_config(client_configuration=configuration)
    except ConfigException as error:
        raise DriverError(f"No cluster is known: set KUBECONFIG, or run in a pod of it ({error}).") from None
    return ApiClient(configuration)
