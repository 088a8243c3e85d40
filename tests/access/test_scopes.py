"""Each scope alone grants what the contract says and nothing else. Generated from the URL patterns.

The contract: GET needs `read`, other methods `write`, operators' endpoints `operate`; the exceptions are below.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access import operations
from kernel.tenancy import TenantConnection
from tests.access.conftest import bearer
from tests.access.routes import Route, routes
from tests.access.tables import OPERATORS
from tests.access.test_outsider import address, is_public
from tests.access.world import World, make_world, send

pytestmark = pytest.mark.django_db
SCOPES = ("read", "write", "ingest", "operate")

ANY, PERSON = frozenset(SCOPES), frozenset[str]()
DEVICE = frozenset[str]()  # only a token that is bound to one
EXCEPTIONS: dict[tuple[str, str], frozenset[str]] = {
    ("me", "get"): ANY,
    ("logout", "post"): ANY,
    ("session", "delete"): ANY,
    ("write", "post"): frozenset({"ingest"}),
    ("write-v2", "post"): frozenset({"ingest"}),
    ("events", "post"): frozenset({"ingest"}),
    ("own-heartbeat", "post"): frozenset({"ingest"}),
    ("own-command-acknowledge", "post"): frozenset({"ingest"}),  # its body is checked before its device
    **{key: DEVICE for key in [("own-commands", "get"), ("own-commands-take", "post"), ("own-facts", "get")]},
    ("samples-query", "post"): frozenset({"read"}),
    ("query", "post"): frozenset({"read"}),
    ("calculated-check", "post"): frozenset({"read"}),
    ("dexpi-export", "post"): frozenset({"read"}),
    ("runs-overlay", "post"): frozenset({"read"}),
    ("rule-backtest", "post"): frozenset({"read"}),
    ("notification-preview", "post"): frozenset({"read"}),
    ("push-subscription", "delete"): frozenset({"read"}),  # somebody else's is not found, whoever asks
    ("alertmanager", "post"): frozenset({"ingest"}),
    ("invite", "post"): frozenset({"operate"}),  # the first admin of a tenant
    ("audit", "get"): frozenset({"read", "operate"}),  # the tenant's; the platform's
    **{
        key: PERSON
        for key in [
            ("push-subscriptions", "post"), ("me", "patch"),
            ("my-password", "post"), ("tokens", "get"), ("tokens", "post"), ("token", "delete"),
            ("member", "patch"), ("member", "delete"), ("member-reset", "post"), ("invitation-of-tenant", "delete"),
        ]
    },
}  # fmt: skip


def granted(route: Route, verb: str) -> frozenset[str]:
    if (route.name, verb) in EXCEPTIONS:
        return EXCEPTIONS[route.name, verb]
    if route.name in OPERATORS:
        return frozenset({"operate"})
    return frozenset({"read" if verb == "get" else "write"})


def clients_of(world: World) -> dict[str, Client]:
    """A token with each scope alone, of a user who may do everything."""
    person = operations.create_user(f"all-of-{world.tenant.slug}", "correct horse battery staple", operator=True)
    operations.ensure_membership(person, world.row, "admin")
    created = {
        scope: operations.create_token(person, None if scope == "operate" else world.row, [scope], scope)
        for scope in SCOPES
    }
    return {scope: bearer(token) for scope, token in created.items()}


def test_each_scope_alone_gets_exactly_what_the_contract_grants_it(
    acme: TenantConnection, tenant_rows: dict[str, Any]
) -> None:
    world = make_world(acme, tenant_rows["acme"])
    clients, wrong, seen = clients_of(world), [], 0
    for route in sorted(routes(), key=lambda route: route.name == "logout"):  # which ends the token
        for verb in route.verbs:
            if is_public(route, verb):
                continue
            seen += 1
            for scope, client in clients.items():
                path = address(route, world, "")
                response = send(client, verb.upper(), path, {})
                allowed = scope in granted(route, verb)
                if (response.status_code == 403) is allowed and not _has_no_tenant(scope, response):
                    wrong.append(f"{scope}: {verb} {route.name}: {response.status_code} {response.content[:160]!r}")
    assert "\n".join(wrong) == "" and seen > 60


def _has_no_tenant(scope: str, response: Any) -> bool:
    """An operators' token has no tenant: tenants' data is out of its reach before its scope is checked."""
    return scope == "operate" and response.status_code in (400, 404)


def test_a_token_that_only_sends_reads_nothing_of_the_tenant(
    acme: TenantConnection, tenant_rows: dict[str, Any]
) -> None:
    world = make_world(acme, tenant_rows["acme"])
    client = clients_of(world)["ingest"]
    for path in ("members", "members/invitations", "sites", "sensors", "audit", "imports"):
        assert client.get(f"/api/v1/{path}").status_code == 403, path
