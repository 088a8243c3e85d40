"""Which clusters there are and how to get at them: the control plane's own, and those with a stored kubeconfig."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from kubernetes import config
from kubernetes.client import ApiClient, Configuration
from kubernetes.config.config_exception import ConfigException
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kernel.errors import BadRequest, NotFound
from tenants import crypto
from tenants.drivers.base import DriverError
from tenants.drivers.kubernetes.api import Api
from tenants.models import Cluster, Tenant

_NAME = re.compile(r"[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Each would let who stores a kubeconfig run a program of the control plane's machine, or read a file of it.
_FORBIDDEN = {
    "exec": "runs a program",
    "auth-provider": "runs a program",
    "tokenFile": "reads a file of this machine",
    "client-certificate": "reads a file of this machine",
    "client-key": "reads a file of this machine",
    "certificate-authority": "reads a file of this machine",
}


@dataclass(frozen=True, slots=True)
class Access:
    """How to get at one cluster; no kubeconfig: by the service account of our own pod."""

    title: str
    kubeconfig: str = field(default="", repr=False)
    influx_url: str = ""

    @property
    def api(self) -> Api:
        return Api(_client(self.kubeconfig, os.getpid()), self.title)


def access_to(name: str) -> Access:
    """Raises DriverError if there is no such cluster (any more)."""
    if not name:
        path = settings.KUBECONFIG
        return Access("The cluster", Path(path).read_text() if path else "", settings.TENANT_INFLUX_URL)
    known = Cluster.objects.filter(pk=name).first()
    if known is None:
        raise DriverError(f"Cluster {name} is not known any more; `manage.py clusters add` tells how to reach it.")
    return Access(f"Cluster {name}", known.kubeconfig, known.influx_url)


def check_known(name: str) -> None:
    """Raises BadRequest that names the clusters there are."""
    if name and not Cluster.objects.filter(pk=name).exists():
        there = ", ".join(Cluster.objects.values_list("name", flat=True)) or "none but the shared one (leave it empty)"
        raise BadRequest(f"cluster “{name[:63]}” does not exist; there is: {there}.", field="cluster")


def save_cluster(name: str, kubeconfig: str, influx_url: str = "") -> Cluster:
    """Known from now on by that name, or reached otherwise; an empty kubeconfig leaves the known one. BadRequest."""
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
    if kubeconfig or not Cluster.objects.filter(pk=name).exists():
        fields |= {"server": check_kubeconfig(kubeconfig), "sealed": crypto.seal(kubeconfig.encode())}
    return Cluster.objects.update_or_create(name=name, defaults=fields)[0]


def remove_cluster(name: str) -> Cluster:
    """Forgotten, if no tenant lives there. Raises NotFound, BadRequest."""
    known = Cluster.objects.filter(pk=name).first()
    if known is None:
        raise NotFound(f"There is no cluster {name[:63]}.")
    if here := list(Tenant.objects.filter(cluster=name).values_list("slug", flat=True)[:5]):
        raise BadRequest(f"Tenants live in cluster {name}: {', '.join(here)}. Delete those first.", slug="in-use")
    known.delete()
    return known


def check_kubeconfig(text: str) -> str:
    """The API server's address. BadRequest unless it stands on its own: no program to run, no file here to read."""
    parsed = _parsed(text)
    for section in ("clusters", "users"):
        for entry in parsed.get(section) or []:
            inner = entry.get(section[:-1]) or {}
            for key in _FORBIDDEN.keys() & inner.keys():
                raise BadRequest(
                    f"kubeconfig: {section[:-1]} “{entry.get('name')}” has `{key}`, which {_FORBIDDEN[key]};"
                    " put the credentials themselves in (`kubectl config view --raw --flatten --minify`).",
                    field="kubeconfig",
                )
    try:
        return str(_configured(parsed).host)
    except (ConfigException, ValueError, TypeError, KeyError) as error:
        raise BadRequest(f"kubeconfig cannot be used: {error}", field="kubeconfig") from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        parsed = YAML(typ="safe").load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)  # the error itself quotes the text, and in it are secrets
        where = f" in line {mark.line + 1}" if mark else ""
        raise BadRequest(f"kubeconfig is not YAML: it cannot be read{where}.", field="kubeconfig") from None
    if not isinstance(parsed, dict) or not parsed.get("clusters"):
        raise BadRequest("kubeconfig names no cluster.", field="kubeconfig")
    return parsed


def _configured(parsed: dict[str, Any]) -> Configuration:
    made = Configuration()
    files = str(settings.HOME.folder("run", "kube"))
    config.load_kube_config_from_dict(parsed, client_configuration=made, persist_config=False, temp_file_path=files)
    return made


@lru_cache(maxsize=32)
def _client(kubeconfig: str, process: int) -> ApiClient:
    """One client for each process: its connections must not cross a fork."""
    if kubeconfig:
        return ApiClient(_configured(_parsed(kubeconfig)))
    made = Configuration()
    try:
        config.load_incluster_config(client_configuration=made)
    except ConfigException as error:
        raise DriverError(f"No cluster is known: set KUBECONFIG, or run in a pod of it ({error}).") from None
    return ApiClient(made)
