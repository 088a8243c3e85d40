"""A site in the tenant `acme`, and the same points in a real InfluxDB 1.8.10, once for all read-only tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kernel.tenancy import TenantConnection
from tests.historian.influx_server import InfluxServer, running_influxd
from tests.ingest.influxql.world import Beside, make_world

_made: dict[str, Beside] = {}


@pytest.fixture(scope="module")
def tenant(provisioned: dict[str, Any]) -> TenantConnection:
    """`acme`, for tests that ask nothing of the relational database."""
    connection: TenantConnection = provisioned["acme"].connection()
    return connection


@pytest.fixture(scope="session")
def real() -> Iterator[InfluxServer]:
    with running_influxd() as server:
        yield server


@pytest.fixture(scope="module")
def beside(tenant: TenantConnection, real: InfluxServer) -> Beside:
    if tenant.id not in _made:
        _made[tenant.id] = make_world(tenant, real)
    return _made[tenant.id]
