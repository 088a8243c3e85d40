from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from alarms.sinks import repository
from kernel.tenancy import TenantConnection
from tests.alarms.alarm_world import forget_alarms
from web.outbound.networks import parse_networks


@pytest.fixture
def loopback(settings: Any) -> None:
    """The operator allows brokers on this machine."""
    settings.OUTBOUND_NETWORKS = parse_networks(["127.0.0.0/8", "::1/128"])


@pytest.fixture
def tenant(acme: TenantConnection) -> Iterator[TenantConnection]:
    """Without sinks before and afterwards."""
    forget_alarms(acme)
    _forget_sinks(acme)
    yield acme
    _forget_sinks(acme)


def _forget_sinks(tenant: TenantConnection) -> None:
    repository.SINKS.delete_where(tenant, lambda _: True)
    repository.enroll(tenant)
