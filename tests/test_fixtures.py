"""The fixtures themselves: the tenants are real and isolated."""

from __future__ import annotations

from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor


def test_acme_and_rival_are_ready_and_isolated(
    acme: TenantConnection, rival: TenantConnection, client_for: ClientFor
) -> None:
    assert acme.influx_url != rival.influx_url
    me = client_for("engineer", acme).get("/api/v1/me").json()
    assert [tenant["slug"] for tenant in me["tenants"]] == ["acme"]
