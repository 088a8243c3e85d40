"""The names of a tenant's objects in its cluster. Pure; derived once from ids that are never reused, and stored.

An id is a letter and ten of `a-z2-9`, so every name is a DNS label, and no two tenants or disks share one.
"""

from __future__ import annotations

from tenants.drivers.base import Endpoints

RELEASE = "tenant"  # the Helm release, alone in the tenant's namespace
SECRET = "influxdb"
STATEFUL_SET = "influxdb"
SERVICE_URL = "http://influxdb.{namespace}.svc:8086"
BACKUP_PORT = 8088


def namespace_of(tenant: str) -> str:
    return f"pt-{tenant}"


def claim_of(disk: str) -> str:
    return f"influxdb-{disk}"


def make_endpoints(tenant: str, disk: str, influx_url: str = "") -> Endpoints:
    """Namespace, claim and addresses. `influx_url` replaces the Service's name in the cluster."""
    namespace = namespace_of(tenant)
    url = (influx_url or SERVICE_URL).replace("{namespace}", namespace).rstrip("/")
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    return {"http": url, "backup": f"{host}:{BACKUP_PORT}", "namespace": namespace, "claim": claim_of(disk)}
