"""The endpoints for tenants' own pods: by service token only, never through a proxy, and for that tenant only."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from knox.crypto import hash_token

from access import operations, throttling
from access.models import ApiToken, AuditEntry
from tenants.lifecycle import Plan, State
from tenants.models import Tenant
from tenants.pod_credentials import ensure_account
from tests.access.conftest import MakePerson, MakeTenant, bearer
from tests.access.routes import internal_routes, routes, schema
from tests.input.test_bodies import Unread, ask, path_of
from web.bodies import max_body
from web.views import mark_of

PodOf = Callable[[Tenant], Client]
VERBS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def pod_of() -> PodOf:
    return lambda tenant: bearer(ensure_account(tenant).token)


def ask_who(pod: Client, **query: str) -> Any:
    return pod.post("/internal/v1/callers", json.dumps(query), content_type="application/json")


def paths() -> list[str]:
    return [route.path.replace("{", "").replace("}", "") for route in internal_routes()]


def test_exactly_these_views_are_marked_for_pods() -> None:
    assert len(internal_routes()) >= 2
    assert [route.path for route in internal_routes() if not getattr(route.view, "for_pods", False)] == []
    assert [route.path for route in routes() if getattr(route.view, "for_pods", False)] == []
    assert [path for path in schema()["paths"] if path.startswith("/internal/")] == [], "they are no contract"


def test_people_and_strangers_reach_none_of_them(make_tenant: MakeTenant, make_person: MakePerson) -> None:
    tenant = make_tenant()
    admin = make_person("anna", tenant, "admin", operator=True)
    signed_in = Client()
    signed_in.force_login(admin)
    clients = {
        "stranger": Client(),
        "person": bearer(operations.create_login_token(admin)[1]),
        "named token": bearer(operations.create_token(admin, tenant, ["read", "write", "ingest"], "t")),
        "operators' token": bearer(operations.create_token(admin, None, ["operate"], "t")),
        "session": signed_in,
        "made up": bearer("pts_" + "x" * 43),
        "too long": bearer("pts_" + "x" * 100_000),
    }
    wrong = []
    for path in paths():
        for verb in VERBS:
            for who, client in clients.items():
                response = client.generic(verb.upper(), path, b"{}", "application/json")
                if response.status_code != 401:
                    wrong.append(f"{who}: {verb} {path}: {response.status_code}")
    assert wrong == []


def test_a_service_token_opens_nothing_of_people_s(make_tenant: MakeTenant, pod_of: PodOf) -> None:
    pod, wrong, count = pod_of(make_tenant()), [], 0
    for route in routes():
        for verb in route.verbs:
            if mark_of(route.view, verb, "public"):
                continue
            count += 1
            response = pod.generic(
                verb.upper(), route.path.replace("{", "").replace("}", ""), b"{}", "application/json"
            )
            if response.status_code != 401:
                wrong.append(f"{verb} {route.path}: {response.status_code}")
    assert wrong == [] and count > 60


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Scheme", "X-Real-IP", "Forwarded", "Via"])
def test_none_is_reached_through_a_proxy(make_tenant: MakeTenant, pod_of: PodOf, header: str) -> None:
    pod = pod_of(make_tenant())
    assert pod.get("/internal/v1/tenant").status_code == 200
    for path in paths():
        assert pod.get(path, headers={header: "10.0.0.1"}).status_code == 404, path


def test_a_pod_gets_its_tenant_without_credentials(make_tenant: MakeTenant, pod_of: PodOf) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    response = pod_of(acme).get("/internal/v1/tenant")
    assert response.status_code == 200
    body = response.json()
    assert (body["id"], body["slug"], body["stores"], body["shut"]) == (acme.id, "acme", True, None)
    known = acme.secrets
    assert known is not None
    for secret in (known.admin.password, known.writer.password, known.reader.password, rival.id):
        assert secret.encode() not in response.content


@pytest.mark.parametrize(
    ("state", "status", "stores"),
    [
        (State.suspended, 403, False),
        (State.provisioning, 503, False),
        (State.deleting, 404, False),
        (State.upgrading, None, True),
    ],
)
def test_it_gets_the_reason_why_its_tenant_is_unavailable(
    make_tenant: MakeTenant, pod_of: PodOf, state: State, status: int | None, stores: bool
) -> None:
    body = pod_of(make_tenant("acme", state)).get("/internal/v1/tenant").json()
    assert (body["shut"] or {}).get("status") == status
    assert body["stores"] is stores


def test_who_a_token_is_in_this_tenant_and_in_no_other(
    make_tenant: MakeTenant, make_person: MakePerson, pod_of: PodOf
) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    anna = make_person("anna", acme, "viewer", operator=True)
    make_person("anna", rival, "admin")
    by_login = hash_token(operations.create_login_token(anna)[1])
    for tenant, role, scopes in ((acme, "viewer", ["read"]), (rival, "admin", ["ingest", "read", "write"])):
        body = ask_who(pod_of(tenant), token_digest=by_login).json()
        assert (body["username"], body["role"], body["scopes"], body["via"]) == ("anna", role, scopes, "token")
        assert "operator" not in body and 0 < body["ends_in_s"] <= 31 * 86_400

    bound = hash_token(operations.create_token(anna, rival, ["read"], "t"))
    assert ask_who(pod_of(rival), token_digest=bound).json()["scopes"] == ["read"]
    assert ask_who(pod_of(acme), token_digest=bound).status_code == 404, "for another tenant, though she is a member"
    platforms = hash_token(operations.create_token(anna, None, ["operate"], "t"))
    assert ask_who(pod_of(acme), token_digest=platforms).status_code == 404


def test_a_pod_learns_nothing_about_other_tenants_users(
    make_tenant: MakeTenant, make_person: MakePerson, pod_of: PodOf
) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    rita = make_person("rita", rival, "admin")
    response = ask_who(pod_of(acme), token_digest=hash_token(operations.create_login_token(rita)[1]))
    assert response.status_code == 404
    assert b"rita" not in response.content and b"rival" not in response.content
    assert ask_who(pod_of(acme), token_digest="0" * 64).status_code == 401


def test_a_session_is_known_and_kept_alive_by_its_use(
    make_tenant: MakeTenant, make_person: MakePerson, pod_of: PodOf, sign_in: Callable[[Any], Client], settings: Any
) -> None:
    from django.contrib.sessions.models import Session

    acme = make_tenant()
    anna = make_person("anna", acme, "engineer")
    key = sign_in(anna).cookies[settings.SESSION_COOKIE_NAME].value
    soon = timezone.now() + timedelta(seconds=60)
    Session.objects.filter(session_key=key).update(expire_date=soon)
    body = ask_who(pod_of(acme), session=key).json()
    assert (body["username"], body["role"], body["via"]) == ("anna", "engineer", "session")
    assert Session.objects.get(session_key=key).expire_date > soon
    assert ask_who(pod_of(acme), session="x" * 32).status_code == 401


def test_a_token_used_through_a_pod_counts_as_used_and_a_revoked_one_is_rejected(
    make_tenant: MakeTenant, make_person: MakePerson, pod_of: PodOf
) -> None:
    acme = make_tenant()
    anna = make_person("anna", acme, "engineer")
    token = operations.create_token(anna, acme, ["read"], "t")
    digest = hash_token(token)
    row = ApiToken.objects.get(digest=digest)
    assert row.last_used is None
    assert ask_who(pod_of(acme), token_digest=digest).status_code == 200
    row.refresh_from_db()
    assert row.last_used is not None
    operations.revoke_token(row)
    assert ask_who(pod_of(acme), token_digest=digest).status_code == 401


@pytest.mark.parametrize("query", [{}, {"token_digest": "a", "session": "b"}, {"token": "a"}])
def test_an_invalid_question_is_rejected(make_tenant: MakeTenant, pod_of: PodOf, query: dict[str, str]) -> None:
    assert ask_who(pod_of(make_tenant()), **query).status_code == 400


def test_the_pods_of_one_tenant_are_rate_limited_without_affecting_others(
    make_tenant: MakeTenant, pod_of: PodOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "MAX_POD_REQUESTS", 3)
    acme, rival = pod_of(make_tenant("acme")), pod_of(make_tenant("rival"))
    assert [acme.get("/internal/v1/tenant").status_code for _ in range(3)] == [200] * 3
    refused = acme.post("/internal/v1/lease")
    assert refused.status_code == 429 and 1 <= int(refused["Retry-After"]) <= throttling.POD_WINDOW_S
    assert rival.get("/internal/v1/tenant").status_code == 200


def tell(pod: Client, **changes: Any) -> Any:
    event = {
        "at": int(time.time() * 1000), "username": "anna", "via": "token", "address": "192.0.2.7",
        "action": "sensor.update", "target": "s2345678923", "detail": {"name": "new", "password": "hidden"},
    } | changes  # fmt: skip
    return pod.post("/internal/v1/audit", json.dumps(event), content_type="application/json")


def test_a_pods_audit_events_are_recorded_for_its_own_tenant_only(
    make_tenant: MakeTenant, make_person: MakePerson, pod_of: PodOf
) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    assert tell(pod_of(acme)).status_code == 204
    [entry] = AuditEntry.objects.all()
    assert (entry.tenant, entry.tenant_slug, entry.username, entry.address) == (acme.id, "acme", "anna", "192.0.2.7")
    assert entry.detail == {"name": "new", "password": "…"}
    assert tell(pod_of(acme), tenant=rival.id).status_code == 400
    assert AuditEntry.objects.filter(tenant=rival.id).count() == 0


@pytest.mark.parametrize(
    "action", ["tenant.delete", "operator.create", "session.start", "user.update", "rollout.start"]
)
def test_a_pod_cannot_report_platform_events(make_tenant: MakeTenant, pod_of: PodOf, action: str) -> None:
    assert tell(pod_of(make_tenant()), action=action).status_code == 400
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "changes", [{name: "a\0b"} for name in ("username", "address", "target", "action")] + [{"detail": {"x": ["\0"]}}]
)
def test_what_postgresql_cannot_store_is_refused(make_tenant: MakeTenant, pod_of: PodOf, changes: Any) -> None:
    assert tell(pod_of(make_tenant()), **changes).status_code == 400
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("days", [-4000, 1])
def test_a_pod_s_clock_puts_nothing_far_into_past_or_future(make_tenant: MakeTenant, pod_of: PodOf, days: int) -> None:
    assert tell(pod_of(make_tenant()), at=int((time.time() + days * 86_400) * 1000)).status_code == 204
    at = AuditEntry.objects.get().at
    assert timezone.now() - timedelta(days=7, minutes=1) <= at <= timezone.now()


@pytest.mark.parametrize("plan", [Plan.suspend, Plan.delete])
def test_a_hold_does_not_prevent_suspending_or_deleting_the_tenant(
    make_tenant: MakeTenant, pod_of: PodOf, plan: Plan
) -> None:
    tenant = make_tenant()
    pod = pod_of(tenant)
    owner = json.dumps({"owner": pod.post("/internal/v1/lease").json()["owner"]})
    assert pod.put("/internal/v1/lease", owner, content_type="application/json").status_code == 204
    Tenant.objects.filter(pk=tenant.id).update(plan=plan)
    assert pod.put("/internal/v1/lease", owner, content_type="application/json").status_code == 409


@pytest.mark.parametrize("signature", ["", "é" * 64, "0" * 63, "0" * 65, "G" * 64])
def test_an_invalid_signature_is_rejected(make_tenant: MakeTenant, pod_of: PodOf, signature: str) -> None:
    body = {"tenant": "t2345678923", "key_id": "0" * 16, "said": signature, "digest": "0" * 64}
    pod = pod_of(make_tenant())
    for wrong in (body, body | {"said": body["digest"], "digest": signature}):
        response = pod.post("/internal/v1/archive-signature", json.dumps(wrong), content_type="application/json")
        assert response.status_code == 400


@pytest.mark.parametrize("at", [10**18, -(10**18)])
def test_a_moment_beyond_all_calendars_is_refused(make_tenant: MakeTenant, pod_of: PodOf, at: int) -> None:
    assert tell(pod_of(make_tenant()), at=at).status_code == 400


def test_a_hold_has_one_owner_and_one_tenant(make_tenant: MakeTenant, pod_of: PodOf) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    ours, theirs = pod_of(acme), pod_of(rival)

    def hold(pod: Client, method: str, owner: str) -> int:
        body = json.dumps({"owner": owner})
        return pod.generic(method, "/internal/v1/lease", body, "application/json").status_code

    held = ours.post("/internal/v1/lease").json()
    assert ours.post("/internal/v1/lease").status_code == 409
    assert hold(ours, "PUT", held["owner"]) == 204
    assert hold(theirs, "PUT", held["owner"]) == 409
    assert hold(theirs, "DELETE", held["owner"]) == 204
    assert hold(ours, "PUT", held["owner"]) == 204, "nobody else ends it"
    assert hold(ours, "PUT", "") == 400
    assert hold(ours, "DELETE", held["owner"]) == 204
    assert hold(ours, "PUT", held["owner"]) == 409
    assert ours.post("/internal/v1/lease").status_code == 200


def test_a_body_larger_than_any_question_is_refused_unread(make_tenant: MakeTenant, pod_of: PodOf) -> None:
    pod = pod_of(make_tenant())
    timings: dict[tuple[str, str], tuple[int, int]] = {}
    for route in internal_routes():
        for verb in VERBS:
            bound = max_body(route.view, verb)
            assert 0 < bound <= 1 << 20, route.path
            body = Unread(bound + 1, 0)
            response = ask(pod, verb, path_of(route), body, CONTENT_LENGTH=str(bound + 1))
            if response.status_code != 413 or body.taken:
                timings[verb, route.path] = response.status_code, body.taken
    assert timings == {}
