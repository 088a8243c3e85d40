"""A tenant's members: invited, promoted, deactivated, removed; there is always an admin left."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from access import operations
from access.models import ApiToken, Invitation, Membership, User
from kernel.errors import Conflict
from tests.access.conftest import MakePerson, MakeTenant, SignIn, bearer, login_client
from tests.conftest import PASSWORD
from web.caller import Role

pytestmark = pytest.mark.django_db


def send(client: Client, method: str, path: str, **values: object) -> Any:
    return client.generic(method, path, __import__("json").dumps(values), content_type="application/json")


def invite(admin: Client, **values: object) -> str:
    """The secret in the link."""
    response = send(admin, "POST", "/api/v1/members/invite", **values)
    assert response.status_code == 201, response.content
    link: str = response.json()["link"]
    assert link.startswith("http://testserver/invite/")
    return link.rsplit("/", 1)[1]


def test_an_invited_person_creates_their_own_user(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    admin = login_client(make_person("adam", make_tenant(), "admin"))
    token = invite(admin, role="engineer", email="eva@example.org")
    shown = Client().get(f"/api/v1/invitations/{token}").json()
    assert (shown["tenant"], shown["role"], shown["invited_by"]) == ("Acme", "engineer", "adam")
    response = send(Client(), "POST", f"/api/v1/invitations/{token}", username="Eva", password="a long enough one")
    assert response.status_code == 201 and response.json()["username"] == "eva"
    assert send(Client(), "POST", "/api/v1/login", username="eva", password="a long enough one").status_code == 200
    assert User.objects.get(username="eva").email == "eva@example.org"
    joined = admin.get("/api/v1/audit?action=member.join").json()["results"][0]
    assert (joined["username"], joined["detail"]["after"]) == ("eva", {"role": "engineer"})
    members = {row["username"]: row for row in admin.get("/api/v1/members").json()["results"]}
    assert members["eva"]["role"] == "engineer" and members["adam"]["me"]


def test_a_link_works_once_and_not_after_a_week_nor_once_withdrawn(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    admin = login_client(make_person("adam", make_tenant(), "admin"))
    used, old, withdrawn = invite(admin), invite(admin), invite(admin)
    assert send(Client(), "POST", f"/api/v1/invitations/{used}", username="eva", password=PASSWORD).status_code == 201
    Invitation.objects.filter(digest=_digest(old)).update(expires=timezone.now() - timedelta(seconds=1))
    waiting = admin.get("/api/v1/members/invitations").json()["results"]
    assert len(waiting) == 1
    assert admin.delete(f"/api/v1/members/invitations/{waiting[0]['id']}").status_code == 204
    responses = [send(Client(), "POST", f"/api/v1/invitations/{t}", username="x1", password=PASSWORD)
               for t in (used, old, withdrawn, "nonsense")]  # fmt: skip
    assert {response.status_code for response in responses} == {404}
    assert len({response.content for response in responses}) == 1
    assert not User.objects.filter(username="x1").exists()


def _digest(token: str) -> str:
    import hashlib

    return hashlib.sha256(token.encode()).hexdigest()


def test_only_the_digest_of_an_invitation_is_stored(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    token = invite(login_client(make_person("adam", make_tenant(), "admin")))
    assert token not in str(Invitation.objects.values().get())


def test_somebody_who_has_a_user_joins_with_it(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    admin = login_client(make_person("adam", make_tenant(), "admin"))
    make_person("eva")
    bert = make_person("bert", make_tenant("rival"))
    token = invite(admin, role="viewer")
    assert send(Client(), "POST", f"/api/v1/invitations/{token}", username="eva", password="wrong").status_code == 409
    assert send(Client(), "POST", f"/api/v1/invitations/{token}").status_code == 400
    assert send(Client(), "POST", f"/api/v1/invitations/{token}", username="eva", password=PASSWORD).status_code == 201
    assert send(sign_in(bert), "POST", f"/api/v1/invitations/{invite(admin)}").status_code == 201
    assert {each["slug"] for each in login_client(bert).get("/api/v1/me").json()["tenants"]} == {"acme", "rival"}


def test_a_member_cannot_promote_themselves_by_a_link(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    admin, viewer = login_client(make_person("adam", tenant, "admin")), make_person("vera", tenant, "viewer")
    token = invite(admin, role="admin")
    assert send(login_client(viewer), "POST", f"/api/v1/invitations/{token}").status_code == 409
    assert Client().get(f"/api/v1/invitations/{token}").status_code == 200


def test_a_weak_password_or_an_invalid_name_does_not_use_up_the_link(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    token = invite(login_client(make_person("adam", make_tenant(), "admin")))
    path = f"/api/v1/invitations/{token}"
    for username, password in (("eva", "short"), ("eva", "password1234"[:8]), ("e v a", PASSWORD), ("x", PASSWORD)):
        assert send(Client(), "POST", path, username=username, password=password).status_code == 400
    assert send(Client(), "POST", path, username="eva", password=PASSWORD).status_code == 201


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_only_admins_manage_people(role: str, make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    make_person("adam", tenant, "admin")
    client = login_client(make_person("eva", tenant, role))
    member = Membership.objects.get(role="admin").id
    for method, path in (
        ("GET", "/api/v1/members"),
        ("POST", "/api/v1/members/invite"),
        ("GET", "/api/v1/members/invitations"),
        ("PATCH", f"/api/v1/members/{member}"),
        ("DELETE", f"/api/v1/members/{member}"),
        ("POST", f"/api/v1/members/{member}/password-reset"),
        ("GET", "/api/v1/audit"),
    ):
        assert send(client, method, path).status_code == 403, path


def test_an_operator_invites_the_first_admin_of_a_tenant(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    make_tenant()
    operator = login_client(make_person("olga", operator=True))
    token = invite(operator, tenant="acme", role="admin")
    assert send(Client(), "POST", f"/api/v1/invitations/{token}", username="adam", password=PASSWORD).status_code == 201
    assert send(operator, "POST", "/api/v1/members/invite", tenant="nobody").status_code == 404
    assert operator.get("/api/v1/members?tenant=acme").status_code == 404


def test_an_operators_pipeline_may_invite_only_the_first_admin(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    pipeline = bearer(operations.create_token(make_person("olga", operator=True), None, ["operate"], "pipeline"))
    invite(pipeline, tenant="acme", role="admin")
    make_person("adam", tenant, "admin")
    assert send(pipeline, "POST", "/api/v1/members/invite", tenant="acme", role="admin").status_code == 403


def test_only_operators_invite_to_other_tenants(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    make_tenant("rival")
    admin = login_client(make_person("adam", make_tenant(), "admin"))
    for slug in ("rival", "nobody"):
        assert send(admin, "POST", "/api/v1/members/invite", tenant=slug).status_code == 404


def test_deactivating_ends_access_and_tokens_for_the_tenant(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    eva = make_person("eva", acme)
    make_person("eva", rival)
    admin = login_client(make_person("adam", acme, "admin"))
    for tenant in (acme, rival):
        operations.create_token(eva, tenant, ["read"], tenant.slug)
    session = login_client(eva)
    member = Membership.objects.get(user=eva, tenant=acme).id
    assert send(admin, "PATCH", f"/api/v1/members/{member}", active=False).json()["active"] is False
    assert [each["slug"] for each in session.get("/api/v1/me").json()["tenants"]] == ["rival"]
    assert set(ApiToken.objects.filter(kind="named").values_list("name", flat=True)) == {"rival"}
    assert send(admin, "PATCH", f"/api/v1/members/{member}", active=True).json()["active"] is True
    assert len(session.get("/api/v1/me").json()["tenants"]) == 2
    assert admin.delete(f"/api/v1/members/{member}").status_code == 204
    assert not Membership.objects.filter(pk=member).exists()


def test_the_last_admin_stays_one(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    adam = make_person("adam", tenant, "admin")
    admin = login_client(adam)
    make_person("gone", tenant, "admin")
    operations.change_membership(Membership.objects.get(user__username="gone"), active=False)
    mine = Membership.objects.get(user=adam).id
    for values in ({"role": "engineer"}, {"active": False}):
        response = send(admin, "PATCH", f"/api/v1/members/{mine}", **values)
        assert response.status_code == 409 and response.json()["type"] == "/problems/last-admin"
    assert admin.delete(f"/api/v1/members/{mine}").status_code == 409
    with pytest.raises(Conflict):
        operations.set_user_active(adam, False)
    make_person("berta", tenant, "admin")
    assert send(admin, "PATCH", f"/api/v1/members/{mine}", role="viewer").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_at_once_leave_one(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    for round_ in range(5):
        for name in ("adam", "berta"):
            make_person(name, tenant, "admin")
        rows = list(Membership.objects.select_related("user"))
        gate = threading.Barrier(2)

        def remove(row: Membership, gate: threading.Barrier = gate) -> None:
            gate.wait()
            try:
                operations.remove_membership(row)
            except Conflict:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=remove, args=(row,)) for row in rows]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Membership.objects.filter(role="admin", active=True).count() == 1, f"round {round_}"


@pytest.mark.django_db(transaction=True)
def test_two_people_who_accept_one_link_at_once_are_one_member(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    token = invite(login_client(make_person("adam", make_tenant(), "admin")))
    people = [login_client(make_person(name)) for name in ("eva", "otto")]
    gate, statuses = threading.Barrier(2), []

    def accept(client: Client) -> None:
        gate.wait()
        statuses.append(send(client, "POST", f"/api/v1/invitations/{token}").status_code)
        connection.close()

    threads = [threading.Thread(target=accept, args=(client,)) for client in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 404]
    assert Membership.objects.count() == 2


def test_an_admin_of_another_tenant_gets_404(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    member = Membership.objects.get(user=make_person("eva", make_tenant("acme"))).id
    outsider = login_client(make_person("otto", make_tenant("rival"), "admin"))
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/password-reset")):
        assert send(outsider, method, f"/api/v1/members/{member}{path}", role="viewer").status_code == 404


def test_a_role_change_is_audited_with_before_and_after(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    admin = login_client(make_person("adam", tenant, "admin"))
    member = Membership.objects.get(user=make_person("eva", tenant)).id
    send(admin, "PATCH", f"/api/v1/members/{member}", role="admin")
    entry = admin.get("/api/v1/audit").json()["results"][0]
    assert (entry["action"], entry["target"], entry["username"]) == ("member.update", member, "adam")
    assert entry["detail"]["before"]["role"] == "engineer" and entry["detail"]["after"]["role"] == "admin"


def test_a_token_keeps_up_with_the_role_of_its_person(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    eva = make_person("eva", tenant)
    client = bearer(operations.create_token(eva, tenant, ["read", "write"], "t"))
    assert client.get("/api/v1/me").json()["tenants"][0]["role"] == "engineer"
    operations.change_membership(Membership.objects.get(user=eva), role=Role.viewer)
    assert client.get("/api/v1/me").json()["tenants"][0]["role"] == "viewer"
