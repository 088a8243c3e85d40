"""Tests that run inside a cluster's own network: `make test-cluster` starts one, runs them there and ends it.

On a cluster that runs already: `python -m tests.testbed exec -- python -m pytest tests/cluster -m cluster`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.control_plane import ControlPlane, install
from tests.cluster.fleet import Fleet, serve_fleet
from tests.cluster.kube import Kube
from tests.testbed.cluster import FOLDER_VARIABLE, Cluster


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--runs", type=int, default=50, help="how often the soak test kills the worker")


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        pytest.fail("These tests run inside a cluster's network: `make test-cluster`.", pytrace=False)
    return Cluster.at(Path(folder))


@pytest.fixture(scope="session")
def kube(cluster: Cluster) -> Kube:
    """The cluster's API, as its admin."""
    return Kube(cluster)


@pytest.fixture(scope="session")
def fleet(kube: Kube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with serve_fleet(tmp_path_factory.mktemp("fleet"), kube) as fleet:
        yield fleet


@pytest.fixture(scope="session")
def control_plane(kube: Kube, fleet: Fleet) -> ControlPlane:
    """Ours, as its chart installs it. It stays for whoever looks at the cluster afterwards."""
    return install(kube, fleet)


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    """The test's own namespace, in which pods must be `restricted`; it is deleted afterwards."""
    name = f"test-{secrets.token_hex(3)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    yield name
    kube("delete", "namespace", name, "--wait=false")
