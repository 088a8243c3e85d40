"""A tenant's disk in its cluster: a claim in the tenant's namespace, bound to a volume that can outlive it."""

from __future__ import annotations

from kubernetes.utils.quantity import parse_quantity

from tenants.drivers.base import DriverError, Server, Waiting
from tenants.drivers.kubernetes.api import Api
from tenants.drivers.kubernetes.manifests import Object, make_claim

DISK = "plantrace.io/disk"


def ensure_adopted(api: Api, server: Server) -> None:
    """Ensure that a kept volume is bound to this tenant's claim. It is reserved before the claim is created."""
    volume = api.get("PersistentVolume", server.volume)
    if volume is None:
        raise DriverError(f"The volume {server.volume} of the disk {server.disk} no longer exists in the cluster.")
    mine = {"namespace": server.endpoints["namespace"], "name": server.endpoints["claim"]}
    holder = volume["spec"].get("claimRef") or {}
    if {key: holder.get(key) for key in mine} != mine:
        if volume.get("status", {}).get("phase") == "Bound":
            raise DriverError(
                f"The volume {server.volume} is in use by {holder.get('namespace')}/{holder.get('name')}."
            )
        reserved = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **mine, "uid": None, "resourceVersion": None}
        api.patch("PersistentVolume", server.volume, "", {"spec": {"claimRef": reserved}})
    api.apply(make_claim(server, volume))


def ensure_size(api: Api, server: Server) -> None:
    """Ensure that the claim requests the tenant's size. Disks never shrink; adopted ones keep their size."""
    claim = _claim(api, server)
    wanted = f"{server.size.disk_gib}Gi"
    if claim is None or server.volume or gib_of(claim) >= server.size.disk_gib:
        return
    change = {"spec": {"resources": {"requests": {"storage": wanted}}}}
    api.patch("PersistentVolumeClaim", server.endpoints["claim"], server.endpoints["namespace"], change)


def gib_of(claim: Object) -> float:
    return _bytes(claim["spec"]["resources"]["requests"]["storage"]) / 2**30


def keep(api: Api, server: Server) -> str:
    """Make the volume outlive its claim; returns its name, empty if there never was one."""
    claim = _claim(api, server)
    name = claim["spec"].get("volumeName", "") if claim else server.volume
    if name and not _mark(api, name, server, "Retain"):
        raise DriverError(f"The volume {name} of the disk {server.disk} no longer exists in the cluster.")
    return str(name)


def remove(api: Api, server: Server) -> None:
    """Delete claim and volume, whatever the volume's reclaim policy. Raises Waiting until they are gone."""
    claim = _claim(api, server)
    name = claim["spec"].get("volumeName", "") if claim else server.volume
    if name:
        _mark(api, name, server, "Delete")
    if claim is not None:
        api.delete("PersistentVolumeClaim", claim["metadata"]["name"], claim["metadata"]["namespace"])
        raise Waiting(f"The claim {claim['metadata']['name']} is being removed.", again_s=0.5)
    for volume in api.list("PersistentVolume", selector=f"{DISK}={server.disk}"):
        raise Waiting(f"The volume {volume['metadata']['name']} is being removed{_trouble(volume)}.", again_s=0.5)


def _claim(api: Api, server: Server) -> Object | None:
    if "claim" not in server.endpoints:
        return None
    return api.get("PersistentVolumeClaim", server.endpoints["claim"], server.endpoints["namespace"])


def _mark(api: Api, name: str, server: Server, policy: str) -> bool:
    """Label the volume with its disk and set its reclaim policy; False if there is no such volume."""
    change = {
        "metadata": {"labels": {DISK: server.disk}},
        "spec": {"persistentVolumeReclaimPolicy": policy},
    }
    return api.patch("PersistentVolume", name, "", change) is not None


def _trouble(volume: Object) -> str:
    status = volume.get("status", {})
    return f" ({status.get('message') or 'it failed'})" if status.get("phase") == "Failed" else ""


def _bytes(quantity: str) -> float:
    """A Kubernetes quantity, such as 20Gi."""
    return float(parse_quantity(quantity))
