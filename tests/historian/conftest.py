"""Years of samples with a complete ladder, created once for all read-only tests."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.tenancy import TenantConnection
from kernel.times import MINUTE
from tests.historian.test_ladder_work import settle
from tests.historian.years import END, Truth, make

_made: dict[str, dict[str, Truth]] = {}


@pytest.fixture(scope="module")
def tenant(provisioned: dict[str, Any]) -> TenantConnection:
    """`acme`, for tests that ask nothing of the relational database."""
    connection: TenantConnection = provisioned["acme"].connection()
    return connection


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
