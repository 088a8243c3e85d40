"""The parts of the testbed that need no cluster."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import signal
import subprocess
import tarfile
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.isolation import ROOT
from tests.testbed import provisioner
from tests.testbed.addresses import MAX_CLUSTERS, Addresses
from tests.testbed.images import dockerfile
from tests.testbed.images.archive import write_archive, write_layer
from tests.testbed.processes import MARK, Identity, end, identify, is_running, marked

FOLDER = Path("/volumes")


def claim(**spec: Any) -> dict[str, Any]:
    defaults = {"resources": {"requests": {"storage": "2Gi"}}, "accessModes": ["ReadWriteOnce"]}
    names = {"name": "disk", "namespace": "plant", "uid": "1-2-3"}
    return {
        "metadata": {**names, "annotations": {provisioner.SELECTED_NODE: "node-0"}},
        "spec": {"storageClassName": provisioner.CLASS, **defaults, **spec},
    }


def test_networks_of_clusters_beside_each_other_do_not_overlap() -> None:
    networks = [
        ipaddress.ip_network(each, strict=False)
        for addresses in map(Addresses, range(MAX_CLUSTERS))
        for each in (f"{addresses.node}/24", addresses.pods, addresses.services, addresses.simulated)
    ]
    assert not [pair for pair in combinations(networks, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (claim(), True),
        (claim(storageClassName="another"), False),
        (claim(volumeName="kept"), False),
        ({**claim(), "metadata": {"annotations": {}}}, False),
        ({**claim(), "metadata": {**claim()["metadata"], "deletionTimestamp": "now"}}, False),
    ],
)
def test_a_claim_gets_a_volume_once_its_pod_has_a_node(found: dict[str, Any], wanted: bool) -> None:
    assert provisioner.wants_volume(found) is wanted


def test_a_volume_is_created_idempotently() -> None:
    volume = provisioner.make_volume(claim(), FOLDER)
    assert volume == provisioner.make_volume(claim(), FOLDER)
    assert volume["spec"]["local"]["path"] == "/volumes/pvc-1-2-3"
    assert volume["spec"]["claimRef"]["uid"] == "1-2-3"


@pytest.mark.parametrize(
    ("phase", "policy", "by", "over"),
    [
        ("Released", "Delete", provisioner.NAME, True),
        ("Released", "Retain", provisioner.NAME, False),
        ("Bound", "Delete", provisioner.NAME, False),
        ("Released", "Delete", "another", False),
    ],
)
def test_only_our_released_volumes_that_are_not_kept_are_deleted(phase: str, policy: str, by: str, over: bool) -> None:
    volume = {
        "metadata": {"annotations": {provisioner.BY: by}},
        "spec": {"persistentVolumeReclaimPolicy": policy},
        "status": {"phase": phase},
    }
    assert provisioner.is_over(volume) is over


def test_a_process_with_the_id_of_one_of_ours_is_left_alone() -> None:
    process = subprocess.Popen(["sleep", "30"], env={**os.environ, MARK: "run-of-a-test"})
    try:
        ours = identify(process.pid)
        assert ours is not None
        for _ in range(100):  # its environment shows a moment after its start
            if marked("run-of-a-test"):
                break
            time.sleep(0.02)
        assert marked("run-of-a-test") == [ours]
        end([Identity(process.pid, ours.started - 1)], grace_s=1)
        assert is_running(ours)
        end([ours], grace_s=5)
        assert not is_running(ours)
    finally:
        process.kill()
        process.wait()


def test_processes_that_ignore_sigterm_are_killed() -> None:
    process = subprocess.Popen(["sh", "-c", f"trap '' {signal.SIGTERM.value}; echo; sleep 30"], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline()
    ours = identify(process.pid)
    assert ours is not None
    end([ours], grace_s=0.3)
    assert not is_running(ours)
    process.wait()
    process.stdout.close()


def test_an_archive_lists_its_layers(tmp_path: Path) -> None:
    write_layer(tmp_path / "layer.tar", {"etc/greeting": b"hello"}, {"usr/bin/link": "/etc/greeting"})
    write_archive(tmp_path / "image.tar", "localhost/greeting:1", [tmp_path / "layer.tar"], ["/usr/bin/link"])
    with tarfile.open(tmp_path / "image.tar") as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(name)
            assert member is not None
            return member.read()

        [manifest] = json.loads(read("manifest.json"))
        config = json.loads(read(manifest["Config"]))
        assert manifest["RepoTags"] == ["localhost/greeting:1"]
        assert config["rootfs"]["diff_ids"] == [f"sha256:{name.removesuffix('.tar')}" for name in manifest["Layers"]]
        assert len(config["history"]) == len(manifest["Layers"])
        assert read(manifest["Layers"][0]) == (tmp_path / "layer.tar").read_bytes()


def test_our_image_is_rebuilt_when_anything_it_copies_changes() -> None:
    counted = [line.split()[0] for line in dockerfile.sources()]
    for name in ("Dockerfile", "requirements.txt", "manage.py", "charts/tenantstack/Chart.yaml", "frontend/index.html"):
        assert name in counted
    assert not [name for name in counted if name.startswith(("tests/", "docs/"))]
    copied = re.findall(r"^COPY (?!--from)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(dockerfile.COPY.findall((ROOT / "Dockerfile").read_text())) == len(copied)
