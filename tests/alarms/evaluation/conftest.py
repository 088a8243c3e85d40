from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from catalog.operations import ensure_indexes
from kernel.ids import TENANT, new_id
from kernel.tenancy import TenantConnection
from tests.alarms.evaluation_plant import Evaluated, make_plant
from web.stores import documents, streams


@pytest.fixture
def plant(acme: TenantConnection) -> Iterator[Evaluated]:
    """In `acme`'s InfluxDB, with documents and Redis keys of its own."""
    tenant = replace(acme, id=new_id(TENANT), disk="")
    ensure_indexes(documents(tenant))
    made = make_plant(tenant)
    yield made
    streams().drop_tenant(tenant.prefix)
    documents(tenant).drop()
