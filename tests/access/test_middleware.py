"""Caller and tenant over HTTP: rejections, CSRF, number of queries, and how fast a change takes effect."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone

from access import operations
from access.identity_cache import IdentityCache
from access.models import ApiToken, Membership
from access.resolution import epochs, identity_cache
from tenants.lifecycle import State
from tenants.signals import tenant_changed
from tests.access.conftest import MakePerson, MakeTenant, SignIn, bearer, login_client
from web.caller import Role, caller_of, tenant_of
from web.requires import public, requires
from web.respond import json_response

pytestmark = pytest.mark.django_db


@requires("read", "viewer")
def look(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    return json_response({"tenant": tenant_of(request).slug, "role": caller.role and caller.role.name})


@requires("write", "engineer")
def change(request: HttpRequest) -> HttpResponse:
    return json_response({"tenant": tenant_of(request).slug})


@requires("operate", tenant=False)
def operate(request: HttpRequest) -> HttpResponse:
    return json_response({})


def forgotten(request: HttpRequest) -> HttpResponse:
    """A view without a declaration of who may call it."""
    return json_response({})


@public
def anybody(request: HttpRequest) -> HttpResponse:
    return json_response({"caller": getattr(request, "caller", None) and caller_of(request).username})


urlpatterns = [
    path("look", look),
    path("change", change),
    path("operate", operate),
    path("forgotten", forgotten),
    path("anybody", anybody),
]


@pytest.fixture(autouse=True)
def views() -> object:
    from django.urls import include

    own = type(
        "urls",
        (),
        {"urlpatterns": [*urlpatterns, path("", include("access.urls"))], "handler400": "web.problems.bad_request"},
    )
    with override_settings(ROOT_URLCONF=own):
        yield


def token_client(make_person: MakePerson, make_tenant: MakeTenant, role: str = "engineer") -> Client:
    tenant = make_tenant()
    scopes = ["read"] if role == "viewer" else ["read", "write"]
    return bearer(operations.create_token(make_person("anna", tenant, role), tenant, scopes, "t"))


def test_anonymous_callers_get_401_even_from_an_undecorated_view() -> None:
    for address in ("/look", "/change", "/operate", "/forgotten"):
        response = Client().get(address)
        assert response.status_code == 401, address
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"] == "Bearer"
    assert Client().get("/anybody").json() == {"caller": None}


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Bearer ", "Digest x", "Bearer pt_" + "0" * 64])
def test_an_invalid_token_is_rejected_without_falling_back_to_the_session(
    header: str, make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    client = sign_in(make_person("anna", make_tenant()))
    assert client.get("/look").status_code == 200
    assert client.get("/look", headers={"Authorization": header}).status_code == 401
    assert client.get("/anybody", headers={"Authorization": header}).json() == {"caller": None}


def test_the_tenant_comes_from_the_credential(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = token_client(make_person, make_tenant)
    assert client.get("/look").json() == {"tenant": "acme", "role": "engineer"}


def test_a_caller_with_several_tenants_must_name_one(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    make_tenant("third")
    anna = make_person("anna", acme, "viewer")
    make_person("anna", rival, "admin")
    client = login_client(anna)
    assert client.get("/look").status_code == 400
    assert client.get("/look?tenant=rival").json() == {"tenant": "rival", "role": "admin"}
    assert client.get("/look", headers={"X-Plantrace-Tenant": "acme"}).json()["role"] == "viewer"
    assert client.get("/look", headers={"Host": "acme.localhost"}).json()["role"] == "viewer"
    assert client.get("/look?tenant=rival", headers={"X-Plantrace-Tenant": "acme"}).status_code == 400
    for slug in ("third", "nobody"):
        response = client.get(f"/look?tenant={slug}")
        assert response.status_code == 404
        assert response.json()["detail"].replace(slug, "X") == "You are not a member of a tenant “X”."


def test_a_role_narrows_what_the_credential_may_do(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    viewer = login_client(make_person("vera", tenant, "viewer"))
    assert viewer.get("/look").status_code == 200
    response = viewer.post("/change")
    assert response.status_code == 403 and "engineer" in response.json()["detail"]
    reader = bearer(operations.create_token(make_person("erik", tenant), tenant, ["read"], "t"))
    response = reader.post("/change")
    assert response.status_code == 403 and "write" in response.json()["detail"]


def test_operators_see_no_tenant_unless_they_are_members(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    make_tenant()
    operator = make_person("olga", operator=True)
    for client in (login_client(operator), bearer(operations.create_token(operator, None, ["operate"], "pipeline"))):
        assert client.get("/operate").status_code == 200
        assert client.get("/look").status_code == 400
        assert client.get("/look?tenant=acme").status_code == 404
    assert login_client(make_person("anna")).get("/operate").status_code == 403


def test_an_operator_s_token_for_a_tenant_does_not_operate(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    olga = make_person("olga", tenant, operator=True)
    client = bearer(operations.create_token(olga, tenant, ["read"], "t"))
    assert client.get("/look").status_code == 200
    assert client.get("/operate").status_code == 403


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.suspended, 403),
        (State.requested, 503),
        (State.failed, 503),
        (State.upgrading, 200),
        (State.deleting, 404),
    ],
)
def test_an_unavailable_tenant_returns_the_reason(
    state: State, status: int, make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant(state=state)
    anna = make_person("anna", tenant)
    assert login_client(anna).get("/look?tenant=acme").status_code == status
    assert login_client(anna).get("/anybody").status_code == 200


def test_tokens_of_a_tenant_that_is_being_deleted_are_dead(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = token_client(make_person, make_tenant)
    assert client.get("/look").status_code == 200
    tenant = Membership.objects.get().tenant
    tenant.state = State.deleting
    tenant.save()
    tenant_changed.send(sender=None, tenant_id=tenant.id, slug=tenant.slug, state="deleting")
    assert client.get("/look").status_code == 401


def test_a_reused_slug_is_another_tenant(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = token_client(make_person, make_tenant)
    Membership.objects.get().tenant.delete()
    identity_cache().clear()
    make_tenant("acme")
    assert client.get("/look").status_code == 401
    assert ApiToken.objects.count() == 0


def test_a_known_caller_costs_no_query_by_token_or_by_session(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    tenant = make_tenant()
    anna = make_person("anna", tenant)
    by_token = bearer(operations.create_token(anna, tenant, ["read"], "t"))
    for client in (by_token, login_client(anna), sign_in(anna)):
        client.get("/look")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/look").status_code == 200
        assert queries.captured_queries == []


def test_an_unknown_caller_costs_few_queries(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = token_client(make_person, make_tenant)
    with CaptureQueriesContext(connection) as queries:
        client.get("/look")
    assert len(queries) <= 4, queries.captured_queries


def test_an_expired_token_is_refused_though_it_was_remembered(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    soon = timezone.now() + timedelta(seconds=2)
    client = bearer(operations.create_token(make_person("anna", tenant), tenant, ["read"], "t", soon))
    assert client.get("/look").status_code == 200
    time.sleep(max(0.0, (soon - timezone.now()).total_seconds()) + 0.1)
    assert client.get("/look").status_code == 401


def test_the_use_of_a_token_is_noted_once_a_minute(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = token_client(make_person, make_tenant)
    client.get("/look")
    noted = ApiToken.objects.get().last_used
    assert noted is not None
    identity_cache().clear()
    client.get("/look")
    assert ApiToken.objects.get().last_used == noted


Change = Callable[[Membership], object]
CHANGES: dict[str, tuple[Change, int]] = {
    "revoked": (lambda row: operations.revoke_token(ApiToken.objects.get()), 401),
    "made a viewer": (lambda row: operations.change_membership(row, role=Role.viewer), 403),
    "deactivated": (lambda row: operations.change_membership(row, active=False), 401),
    "removed": (lambda row: operations.remove_membership(row), 401),
    "shut out": (lambda row: operations.set_user_active(row.user, False), 401),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_takes_effect_in_another_process_within_a_second(
    what: str, make_person: MakePerson, make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = token_client(make_person, make_tenant)
    clock = [time.monotonic()]
    ours, theirs = identity_cache(), IdentityCache(epochs(), lambda: clock[0])
    monkeypatch.setattr("access.resolution.identity_cache", lambda: theirs)
    assert client.post("/change").status_code == 200
    change, status = CHANGES[what]
    assert ours is not theirs
    change(Membership.objects.select_related("user").get())
    clock[0] += 1
    assert client.post("/change").status_code == status, f"{what}: a second ago"


def test_a_session_needs_the_csrf_token_for_changes_on_plain_and_drf_views_alike(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    client = sign_in(make_person("anna", make_tenant()))
    good = client.defaults.pop("HTTP_X_CSRFTOKEN")
    for send in (
        lambda: client.post("/change"),
        lambda: client.patch("/api/v1/me", {"name": "A"}, content_type="application/json"),
    ):
        client.defaults.pop("HTTP_X_CSRFTOKEN", None)
        response = send()
        assert response.status_code == 403
        assert response.json()["type"] == "/problems/csrf-failed"
        client.defaults["HTTP_X_CSRFTOKEN"] = "x" * 64
        assert send().status_code == 403
        client.defaults["HTTP_X_CSRFTOKEN"] = good
        assert send().status_code == 200
    assert client.post("/change", headers={"Origin": "https://evil.example"}).status_code == 403


def test_an_upload_is_not_read_for_the_csrf_check(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(make_person("anna", make_tenant()))
    read: list[str] = []
    monkeypatch.setattr(HttpRequest, "parse_file_upload", lambda self, *_: read.append("read"))
    assert client.post("/change", {"file": BytesIO(b"x"), "csrfmiddlewaretoken": "x"}).status_code == 200
    client.defaults.pop("HTTP_X_CSRFTOKEN")
    assert client.post("/change", {"file": BytesIO(b"x")}).status_code == 403
    assert read == []


def test_a_token_needs_no_csrf_token_even_beside_a_session(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    client = sign_in(make_person("anna", make_tenant()))
    del client.defaults["HTTP_X_CSRFTOKEN"]
    token = operations.create_login_token(make_person("anna"))[1]
    assert client.post("/change", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_responses_to_authenticated_callers_are_private_and_vary_by_caller(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    response = token_client(make_person, make_tenant).get("/look")
    assert "no-store" in response["Cache-Control"]
    assert {"Authorization", "Cookie", "X-Plantrace-Tenant"} <= {part.strip() for part in response["Vary"].split(",")}


def test_a_nul_in_the_address_reaches_no_database(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    client = login_client(make_person("anna", make_tenant(), "admin"))
    for address in ("/api/v1/audit?user=a%00b", "/api/v1/tokens/a%00b"):
        response = client.get(address) if "?" in address else client.delete(address)
        assert response.status_code == 400, address
        assert response.json()["type"] == "/problems/bad-address"


def test_requests_rejected_by_django_return_a_problem_document(make_person: MakePerson) -> None:
    strange = Client().get("/api/v1/me", headers={"Host": "evil.example"})
    assert strange.status_code == 400
    large = login_client(make_person("anna")).patch(
        "/api/v1/me", b" " * (33 * 1024 * 1024), content_type="application/json"
    )
    assert large.status_code == 413
    for response in (strange, large):
        assert response["Content-Type"] == "application/problem+json", response.content
