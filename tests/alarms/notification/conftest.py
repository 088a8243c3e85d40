from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.tenancy import TenantConnection
from tests.alarms.notification.world import World, forget


@pytest.fixture
def world(acme: TenantConnection) -> Iterator[World]:
    """Acme without alarms, channels, routes and deliveries."""
    forget(acme)
    yield World(acme)
    forget(acme)
