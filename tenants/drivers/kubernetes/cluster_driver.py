"""Base of both Kubernetes drivers, which differ in how the chart's release is applied and removed."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from dataclasses import replace

from django.conf import settings

from kernel.errors import BadRequest
from kernel.progress import Report
from tenants.drivers.abilities import Resizes, RetainsVolumes, SelectsClusters
from tenants.drivers.base import Driver, Endpoints, Manifest, Server, Size, Waiting
from tenants.drivers.kubernetes import clusters, conditions, disks, names
from tenants.drivers.kubernetes.api import Api, Refused
from tenants.drivers.kubernetes.clusters import Access
from tenants.drivers.kubernetes.manifests import make_binding, make_namespace, make_secret, shared_secret
from tenants.drivers.kubernetes.stores import Stores, ensure_settings, with_version
from tenants.drivers.kubernetes.values import Values, make_values
from tenants.drivers.kubernetes.yaml import dump
from tenants.drivers.tokens import make_token

TOKEN_LASTS_S = 300
PING_S = 2.0
READY_WITHIN_S = 300.0


class ClusterDriver(Driver, SelectsClusters, Resizes, RetainsVolumes, ABC):
    """Manages a namespace, a Secret, a release of `charts/tenantstack` and a volume. Kubernetes restarts what stops."""

    @abstractmethod
    def ensure_release(self, access: Access, server: Server, report: Report) -> None:
        """Ensure that the chart is installed with the tenant's values. May raise Waiting."""

    @abstractmethod
    def remove_release(self, access: Access, server: Server, report: Report) -> None:
        """Ensure that the chart's objects are deleted, except the claim. May raise Waiting."""

    @abstractmethod
    def manifests(self, server: Server) -> list[Manifest]:
        """The manifests of the release."""

    # Driver and its abilities

    def check_cluster(self, cluster: str) -> None:
        clusters.check_known(cluster)

    def check_size(self, size: Size, now: Size | None) -> None:
        if now is not None and size.disk_gib < now.disk_gib:
            raise BadRequest(f"size.disk_gib={size.disk_gib}: a disk only grows; it has {now.disk_gib}.", field="size")

    def preview(self, server: Server) -> list[Manifest]:
        planned = self._with_endpoints(server)
        return [Manifest("namespace.yaml", dump(make_namespace(planned))), *self.manifests(planned)]

    def allocate_endpoints(self, server: Server) -> Endpoints:
        return server.endpoints or names.make_endpoints(server.tenant, server.disk, self._access(server).influx_url)

    def ensure_server(self, server: Server, report: Report) -> None:
        access = self._access(server)
        api = access.api
        self._ensure_namespace(api, server)
        if server.volume:
            disks.ensure_adopted(api, server)
        disks.ensure_size(api, server)
        _scale(api, server, 1)
        self.ensure_release(access, server, report)
        _check_ready(api, server)

    def admin_token(self, server: Server, username: str) -> str:
        return make_token(username, shared_secret(server.secrets), int(time.time()) + TOKEN_LASTS_S)

    def stop_server(self, server: Server) -> None:
        _scale(self._access(server).api, server, 0)

    def remove_server(self, server: Server, report: Report) -> None:
        access = self._access(server)
        if _if_present(access.api, server).endpoints:
            self.remove_release(access, server, report)

    def retain_volume(self, server: Server) -> str:
        api = self._access(server).api
        return disks.keep(api, _if_present(api, server))

    def remove_disk(self, server: Server) -> None:
        api = self._access(server).api
        disks.remove(api, _if_present(api, server))

    def release_endpoints(self, server: Server) -> None:
        """Delete the namespace with everything in it: Secret, quota, policies."""
        if not server.endpoints:
            return
        api, namespace = self._access(server).api, server.endpoints["namespace"]
        found = api.get("Namespace", namespace)
        if found is None:
            return
        if not found["metadata"].get("deletionTimestamp"):
            api.delete("Namespace", namespace)
        raise Waiting(f"The namespace {namespace} is being removed{_remaining(found)}.", again_s=0.5)

    # For both drivers

    def values(self, server: Server) -> Values:
        return with_version(server, make_values(server, settings.TENANT_DOMAIN, settings.TENANT_VALUES))

    def _access(self, server: Server) -> Access:
        return clusters.access_to(server.cluster)

    def _with_endpoints(self, server: Server) -> Server:
        return replace(server, endpoints=server.endpoints or names.make_endpoints(server.tenant, server.disk))

    def _ensure_namespace(self, api: Api, server: Server) -> None:
        api.apply(make_namespace(server))
        if settings.CONTROL_ACCOUNT and not server.cluster:
            api.apply(make_binding(server, settings.CONTROL_ACCOUNT, settings.CONTROL_CLUSTER_ROLE))
        try:
            api.apply(make_secret(server, server.secrets))
            ensure_settings(api, server, self.values(server), _stores(server))
        except Refused as error:
            if error.status != 403:
                raise
            raise Waiting(str(error), again_s=0.5, at_most_s=20) from error  # a new role binding takes a moment


def _stores(server: Server) -> Stores:
    return Stores(settings.REDIS_URL, settings.MONGODB_URI, settings.PODS_CONTROL_URL, _own_namespace(server))


def _own_namespace(server: Server) -> str:
    """Our namespace, if the tenant's pods can resolve names in it."""
    return "" if server.cluster else str(settings.CONTROL_ACCOUNT).partition("/")[0]


def _if_present(api: Api, server: Server) -> Server:
    """Without endpoints if its namespace is gone or terminating: we can neither read nor change anything there."""
    if not server.endpoints:
        return server
    found = api.get("Namespace", server.endpoints["namespace"])
    gone = found is None or bool(found["metadata"].get("deletionTimestamp"))
    return replace(server, endpoints={}) if gone else server


def _scale(api: Api, server: Server, replicas: int) -> None:
    """Scale the StatefulSet, if there is one."""
    found = api.get("StatefulSet", names.STATEFUL_SET, server.endpoints["namespace"]) if server.endpoints else None
    if found is not None and found["spec"].get("replicas", 1) != replicas:
        change = {"spec": {"replicas": replicas}}
        api.patch("StatefulSet", names.STATEFUL_SET, server.endpoints["namespace"], change)


def _check_ready(api: Api, server: Server) -> None:
    namespace = server.endpoints["namespace"]
    workload = api.get("StatefulSet", names.STATEFUL_SET, namespace)
    if not conditions.is_ready(workload):
        pods, claims = api.list("Pod", namespace), api.list("PersistentVolumeClaim", namespace)
        for pod in conditions.stuck(workload, pods):
            api.delete("Pod", pod["metadata"]["name"], namespace)
        events = [] if pods else api.list("Event", namespace)
        raise Waiting(conditions.why_not_ready(workload, pods, claims, events), again_s=0.5, at_most_s=READY_WITHIN_S)
    if not settings.TENANTS_SIMULATED and not _is_reachable(server.endpoints["http"]):
        raise Waiting(f"InfluxDB runs but does not answer yet at {server.endpoints['http']}.", again_s=0.5)


def _is_reachable(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/ping", timeout=PING_S) as response:
            return bool(response.status == 204)
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False


def _remaining(namespace: dict[str, object]) -> str:
    """Why the namespace is still terminating, as the cluster says."""
    status = namespace.get("status")
    found = status.get("conditions", []) if isinstance(status, dict) else []
    messages = [str(each.get("message")) for each in found if each.get("status") == "True"]
    return f" ({' '.join(messages)[:200]})" if messages else ""
