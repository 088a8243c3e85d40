"""Years of samples with a complete ladder, created once for all read-only tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalog.operations import ensure_indexes
from kernel.ids import TENANT, new_id
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE
from tests.historian.test_ladder_work import settle
from tests.historian.years import END, Truth, make
from web.stores import documents

_made: dict[str, dict[str, Truth]] = {}


@pytest.fixture(scope="module")
def tenant(provisioned: dict[str, Any]) -> TenantConnection:
    """`acme`, for tests that ask nothing of the relational database."""
    connection: TenantConnection = provisioned["acme"].connection()
    return connection


# With the sensors of all other files a test that builds all there is to build, or loses the marks, takes minutes.


@pytest.fixture(scope="module")
def new_acme(provisioned: dict[str, Any]) -> TenantConnection:
    """`acme` without any sensors, for tests that ask nothing of the relational database."""
    return _with_a_new_catalog(provisioned["acme"].connection())


@pytest.fixture(scope="module")
def new_rival(provisioned: dict[str, Any]) -> TenantConnection:
    return _with_a_new_catalog(provisioned["rival"].connection())


def _with_a_new_catalog(connection: TenantConnection) -> TenantConnection:
    """The same InfluxDB, where each site has its own measurements; other documents and Redis keys."""
    new = replace(connection, id=new_id(TENANT), disk="")
    ensure_indexes(documents(new))
    return new


@pytest.fixture(scope="module")
def site(tenant: TenantConnection) -> dict[str, Truth]:
    """By tag a sensor of every kind with all its samples."""
    if tenant.id not in _made:
        truths = make(tenant)
        for truth in truths.values():
            truth.write(tenant)
        settle(tenant, END + 11 * MINUTE, 2_000)
        _made[tenant.id] = truths
    return _made[tenant.id]
