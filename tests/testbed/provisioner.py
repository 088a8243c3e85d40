"""Gives claims of our storage class real folders, as a provisioner of local disks does: volumes of type `local`, which
honour `fsGroup` and are bound to the node that the claim's first pod was given.

    python -m tests.testbed.provisioner KUBECONFIG FOLDER
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from tests.testbed.controlplane import NODE

NAME = "testbed.plantrace.io/folder"
CLASS = "testbed"
BY = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
RELIST_S = 60  # what failed is tried again then, at the latest
FAILURES = (ApiException, HTTPError, OSError)
Object = dict[str, Any]


def make_class() -> Object:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": CLASS, "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": NAME,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }


def wants_volume(claim: Object) -> bool:
    """A claim of our class that a pod waits for, and that names no volume itself."""
    spec, metadata = claim["spec"], claim["metadata"]
    return bool(
        spec.get("storageClassName") == CLASS
        and not spec.get("volumeName")
        and SELECTED_NODE in metadata.get("annotations", {})
        and "deletionTimestamp" not in metadata
    )


def make_volume(claim: Object, folder: Path) -> Object:
    metadata, spec = claim["metadata"], claim["spec"]
    name = f"pvc-{metadata['uid']}"
    node = metadata["annotations"][SELECTED_NODE]
    on_node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {BY: NAME}},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": CLASS,
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                **{key: metadata[key] for key in ("name", "namespace", "uid")},
            },
            "local": {"path": str(folder / name)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [on_node]}]}},
        },
    }


def wants_growth(claim: Object) -> bool:
    """A bound claim that asks for more than it has. The API lets a claim ask for no less."""
    has = claim.get("status", {}).get("capacity", {}).get("storage")
    bound = claim.get("status", {}).get("phase") == "Bound"
    return bool(
        bound
        and claim["spec"].get("storageClassName") == CLASS
        and has != claim["spec"]["resources"]["requests"]["storage"]
    )


def is_over(volume: Object) -> bool:
    """A volume of ours whose claim is gone and that was not to be kept."""
    annotations = volume["metadata"].get("annotations", {})
    policy = volume["spec"]["persistentVolumeReclaimPolicy"]
    released = volume["status"].get("phase") == "Released"
    return bool(annotations.get(BY) == NAME and released and policy == "Delete")


class Provisioner:
    def __init__(self, api: client.CoreV1Api, folder: Path) -> None:
        self._api, self._folder = api, folder

    def on_claim(self, claim: Object) -> None:
        if wants_volume(claim):
            volume = make_volume(claim, self._folder)
            if claim["metadata"]["annotations"][SELECTED_NODE] == NODE:  # a simulated node has no folders
                Path(volume["spec"]["local"]["path"]).mkdir(mode=0o755, exist_ok=True)
            with _already_so(409):
                self._api.create_persistent_volume(volume)  # type: ignore[arg-type]  # a plain dict will do
        elif wants_growth(claim):
            self._grow(claim)

    def on_volume(self, volume: Object) -> None:
        if is_over(volume):
            path = Path(volume["spec"]["local"]["path"])
            if path.parent == self._folder and path.exists():
                shutil.rmtree(path)
            with _already_so(404):
                self._api.delete_persistent_volume(volume["metadata"]["name"])

    def _grow(self, claim: Object) -> None:
        """A folder has no size; so only the objects say how large it is."""
        metadata, spec = claim["metadata"], claim["spec"]
        capacity = {"storage": spec["resources"]["requests"]["storage"]}
        with _already_so(404):
            self._api.patch_persistent_volume(spec["volumeName"], {"spec": {"capacity": capacity}})
            self._api.patch_namespaced_persistent_volume_claim_status(
                metadata["name"], metadata["namespace"], {"status": {"capacity": capacity}}
            )


@contextlib.contextmanager
def _already_so(status: int) -> Any:
    try:
        yield
    except ApiException as error:
        if error.status != status:
            raise


def follow(listing: Callable[..., Any], act: Callable[[Object], None]) -> None:
    """Every object that is there or comes or changes, one after the other, forever."""
    while True:
        try:
            for event in watch.Watch().stream(listing, timeout_seconds=RELIST_S):
                if event["type"] in ("ADDED", "MODIFIED"):
                    _act(act, event["raw_object"])
        except FAILURES as error:
            print(f"The watch broke off: {error}", file=sys.stderr, flush=True)
            threading.Event().wait(1)


def _act(act: Callable[[Object], None], found: Object) -> None:
    try:
        act(found)
    except FAILURES as error:
        print(f"{found['metadata']['name']}: {error}", file=sys.stderr, flush=True)


def main(kubeconfig: str, folder: str) -> None:
    Path(folder).mkdir(exist_ok=True)
    api = client.CoreV1Api(config.new_client_from_config(kubeconfig))
    provisioner = Provisioner(api, Path(folder))
    volumes = threading.Thread(target=follow, args=(api.list_persistent_volume, provisioner.on_volume), daemon=True)
    volumes.start()
    follow(api.list_persistent_volume_claim_for_all_namespaces, provisioner.on_claim)


if __name__ == "__main__":
    main(*sys.argv[1:])
