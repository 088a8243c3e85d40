"""API tokens, created by people for pipelines and devices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from access import operations
from access.models import ApiToken, AuditEntry
from kernel.errors import BadRequest, Forbidden, NotFound
from tests.access.conftest import MakePerson, MakeTenant, SignIn, bearer, login_client
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def make(client: Client, **values: object) -> Any:
    body = {"name": "loader", "scopes": ["ingest"], **values}
    return client.post("/api/v1/tokens", body, content_type="application/json")


def test_a_token_is_shown_once_and_listed_without_it(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    client = sign_in(make_person("anna", make_tenant()))
    created = make(client).json()
    assert created["tenant"] == "acme" and created["scopes"] == ["ingest"] and created["token"].startswith("pt_")
    listed = client.get("/api/v1/tokens")
    (row,) = listed.json()["results"]
    assert row["id"] == created["id"] and row["hint"] == created["token"][:7] + "…"
    assert created["token"] not in listed.content.decode()
    assert bearer(created["token"]).get("/api/v1/me").json()["scopes"] == ["ingest"]


def test_a_token_is_valid_for_a_year_by_default(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = login_client(make_person("anna", make_tenant()))
    year = make(client).json()["expires"] / 1000 - timezone.now().timestamp()
    assert abs(year - 365 * 86400) < 60
    assert make(client, expires=None, current_password=PASSWORD).json()["expires"] is None
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    assert abs(make(client, expires=soon).json()["expires"] / 1000 - timezone.now().timestamp() - 3600) < 60
    for bad in ("2020-01-01T00:00:00Z", "2030-01-01T00:00:00", "tomorrow", True, [], 1):
        response = make(client, expires=bad)
        assert response.status_code == 400, bad
        assert "expires" in response.json()["detail"]


def test_a_token_that_never_expires_needs_the_password(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = login_client(make_person("anna", make_tenant()))
    response = make(client, expires=None)
    assert (response.status_code, response.json()["type"]) == (400, "/problems/password-needed")
    assert make(client, expires=None, current_password="wrong").status_code == 400
    assert not ApiToken.objects.filter(kind="named").exists()


def test_scopes_reach_no_further_than_the_role(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    viewer = login_client(make_person("vera", tenant, "viewer"))
    assert make(viewer, scopes=["read"]).status_code == 201
    for scopes in (["write"], ["ingest"], ["read", "ingest"], ["operate"], [], ["everything"]):
        assert make(viewer, scopes=scopes).status_code == 400, scopes


def test_a_token_is_only_for_one_s_own_tenant(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    make_tenant("rival")
    anna = make_person("anna", make_tenant("acme"))
    for slug in ("rival", "nobody"):
        assert make(login_client(anna), tenant=slug).status_code == 404
    rival = type(anna.memberships.get().tenant).objects.get(slug="rival")
    with pytest.raises(NotFound):
        operations.create_token(anna, rival, ["read"], "t")


def test_operators_tokens_have_no_tenant(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    olga, anna = make_person("olga", operator=True), make_person("anna", make_tenant())
    created = make(login_client(olga), tenant=None, scopes=["operate"])
    assert created.status_code == 201 and created.json()["tenant"] is None
    me = bearer(created.json()["token"]).get("/api/v1/me").json()
    assert me["operator"] is True and me["tenants"] == []
    assert make(login_client(anna), tenant=None, scopes=["operate"]).status_code == 403
    assert make(login_client(olga), tenant=None, scopes=["read"]).status_code == 400
    with pytest.raises(Forbidden):
        operations.create_token(anna, None, ["operate"], "t")
    with pytest.raises(BadRequest):
        operations.create_token(olga, None, ["operate", "read"], "t")


def test_a_leaked_token_cannot_create_tokens_or_change_users(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    anna = make_person("anna", tenant, "admin")
    leaked = bearer(operations.create_token(anna, tenant, ["read", "write", "ingest"], "t"))
    assert make(leaked).status_code == 403
    assert leaked.get("/api/v1/tokens").status_code == 403
    assert leaked.post("/api/v1/members/invite", {"role": "admin"}, content_type="application/json").status_code == 403
    member = leaked.get("/api/v1/members").json()["results"][0]["id"]
    change = leaked.patch(f"/api/v1/members/{member}", {"role": "viewer"}, content_type="application/json")
    assert change.status_code == 403
    assert leaked.delete(f"/api/v1/members/{member}").status_code == 403
    assert leaked.post(f"/api/v1/members/{member}/password-reset").status_code == 403


def test_a_revoked_token_is_refused_at_once(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = login_client(make_person("anna", make_tenant()))
    created = make(client).json()
    device = bearer(created["token"])
    assert device.get("/api/v1/me").status_code == 200
    assert client.delete(f"/api/v1/tokens/{created['id']}").status_code == 204
    assert device.get("/api/v1/me").status_code == 401
    assert client.delete(f"/api/v1/tokens/{created['id']}").status_code == 404


def test_an_admin_sees_and_revokes_every_token_for_the_tenant_and_no_other(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    anna = make_person("anna", acme)
    make_person("anna", rival)
    admin = login_client(make_person("adam", acme, "admin"))
    operations.create_token(anna, acme, ["read"], "for acme")
    operations.create_token(anna, rival, ["read"], "for rival")
    listed = admin.get("/api/v1/tokens?of=tenant").json()["results"]
    assert [(row["name"], row["username"]) for row in listed] == [("for acme", "anna")]
    assert login_client(anna).get("/api/v1/tokens?of=tenant&tenant=acme").status_code == 403
    other = ApiToken.objects.get(name="for rival")
    assert admin.delete(f"/api/v1/tokens/{other.id}").status_code == 404
    assert admin.delete(f"/api/v1/tokens/{listed[0]['id']}").status_code == 204


def test_creating_and_revoking_is_audited_without_the_token(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = login_client(make_person("anna", make_tenant()))
    created = make(client).json()
    client.delete(f"/api/v1/tokens/{created['id']}")
    rows = list(AuditEntry.objects.order_by("id").values())
    assert [(row["action"], row["target"]) for row in rows] == [
        ("api_token.create", created["id"]),
        ("api_token.delete", created["id"]),
    ]
    assert created["token"] not in str(rows)


@pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "Token {}"])
def test_the_schemes_that_clients_send(scheme: str, make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    token = operations.create_token(make_person("anna", tenant), tenant, ["read"], "t")
    assert Client(headers={"Authorization": scheme.format(token)}).get("/api/v1/me").status_code == 200
