"""Clusters start and stop without a trace, even if their owner was killed, and several can run side by side."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.kube import Kube
from tests.isolation import ROOT
from tests.testbed import record as records
from tests.testbed.cluster import Cluster
from tests.testbed.mounts import mounts_below
from tests.testbed.processes import identify, marked
from tests.testbed.start import Wanted, start
from tests.testbed.stop import stop

pytestmark = pytest.mark.cluster


@pytest.fixture
def beside(cluster: Cluster, tmp_path: Path) -> Iterator[Kube]:
    """A second cluster, such as a tenant's own, in the first one's network: real in all but its nodes."""
    wanted = Wanted(tmp_path / "beside", simulated=2, flux="none", beside=cluster.folder, owner=identify(os.getpid()))
    second = start(wanted, datetime.datetime.now(datetime.UTC))
    yield Kube(second)
    stop(second.record)


def test_a_second_cluster_runs_next_to_the_first(kube: Kube, beside: Kube, namespace: str) -> None:
    for name in ("simulated-0", "simulated-1"):
        beside.await_ready("node", name, "")
    assert kube.get("node", "simulated-0") is None
    assert beside.get("namespace", namespace) is None
    assert kube.cluster.addresses.api != beside.cluster.addresses.api


def test_a_simulated_node_runs_the_pods_that_select_it(beside: Kube) -> None:
    labels = {"app": "seeming"}
    pod = {
        "nodeSelector": {"type": "simulated"},
        "tolerations": [{"key": "simulated", "operator": "Exists"}],
        "containers": [{"name": "seeming", "image": "nowhere.example/nothing"}],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    beside.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "seeming", "namespace": "default"},
            "spec": {"replicas": 20, "selector": {"matchLabels": labels}, "template": template},
        }
    )
    beside("--namespace", "default", "rollout", "status", "deployment/seeming", "--timeout=60s")


@pytest.fixture
def outside(cluster: Cluster) -> list[str]:
    """The words before a command that runs among the machine's own mounts, as the cluster's programs do."""
    mounts = f"/proc/{cluster.record.processes['etcd'].pid}/ns/mnt"
    return ["nsenter", f"--mount={mounts}", f"--wd={ROOT}"]


def test_the_next_run_removes_what_a_killed_one_left(outside: list[str]) -> None:
    testbed = [*outside, sys.executable, "-m", "tests.testbed"]
    before = {record.run for record in records.all_records()}
    script = "echo started; sleep 600"
    run = subprocess.Popen(
        [*testbed, "run", "--flux", "none", "--image", "pause", "--", "sh", "-c", script], stdout=subprocess.PIPE
    )
    assert run.stdout is not None and run.stdout.readline() == b"started\n"
    left = next(record for record in records.all_records() if record.run not in before)
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert marked(left.run), "what it started still runs"

    subprocess.run([*testbed, "sweep"], check=True)
    assert marked(left.run) == []
    assert left.run not in {record.run for record in records.all_records()}
    assert subprocess.run([*outside, "test", "-e", left.folder]).returncode == 1
    assert subprocess.run([*outside, "test", "-e", f"/run/netns/{left.namespace}"]).returncode == 1
    assert not list(Path("/sys/fs/cgroup").glob(f"*/{left.namespace}"))
    assert mounts_below(left.path) == []
