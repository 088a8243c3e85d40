"""New passwords, and what they invalidate."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from access import operations, tasks
from access.models import AuditEntry, Membership
from access.operations.passwords import reset_token
from tests.access.conftest import MakePerson, MakeTenant, SignIn, bearer, login_client
from tests.access.test_members import send
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "another long password"


def test_a_new_password_ends_every_other_sign_in_but_keeps_named_tokens(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    tenant = make_tenant()
    anna = make_person("anna", tenant)
    here, elsewhere, script = sign_in(anna), sign_in(anna), login_client(anna)
    device = bearer(operations.create_token(anna, tenant, ["ingest"], "device"))
    for client in (here, elsewhere, script, device):
        assert client.get("/api/v1/me").status_code == 200
    assert send(here, "POST", "/api/v1/me/password", current=PASSWORD, new=NEW).status_code == 204
    assert [client.get("/api/v1/me").status_code for client in (here, elsewhere, script, device)] == [
        200,
        401,
        401,
        200,
    ]
    assert send(Client(), "POST", "/api/v1/login", username="anna", password=NEW).status_code == 200


def test_named_tokens_can_be_revoked_as_well_except_the_callers(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    anna = make_person("anna", tenant)
    script, device = login_client(anna), bearer(operations.create_token(anna, tenant, ["read"], "device"))
    response = send(script, "POST", "/api/v1/me/password", current=PASSWORD, new=NEW, revoke_tokens=True)
    assert response.status_code == 204
    assert (script.get("/api/v1/me").status_code, device.get("/api/v1/me").status_code) == (200, 401)


def test_the_current_password_is_required_and_guessing_it_locks(make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna"))
    statuses = [send(client, "POST", "/api/v1/me/password", current="wrong", new=NEW).status_code for _ in range(6)]
    assert statuses == [400] * 4 + [429] * 2


@pytest.mark.parametrize("weak", ["short", "password123456"[:8], "1234567890", "anna-anna-anna"])
def test_a_weak_password_is_refused_with_the_reason(weak: str, make_person: MakePerson, sign_in: SignIn) -> None:
    client = sign_in(make_person("anna-anna"))
    response = send(client, "POST", "/api/v1/me/password", current=PASSWORD, new=weak)
    assert response.status_code == 400 and response.json()["type"] == "/problems/weak-password"


def confirm(token: str, password: str = NEW) -> Any:
    return send(Client(), "POST", "/api/v1/password-reset/confirm", token=token, password=password)


def test_a_reset_link_works_once_and_ends_every_sign_in(make_person: MakePerson, sign_in: SignIn) -> None:
    anna = make_person("anna")
    browser, script, token = sign_in(anna), login_client(anna), reset_token(type(anna).objects.get(pk=anna.pk))
    assert confirm(token, "short").status_code == 400
    assert confirm(token).status_code == 204
    assert confirm(token).status_code == 400
    assert (browser.get("/api/v1/me").status_code, script.get("/api/v1/me").status_code) == (401, 401)
    assert send(Client(), "POST", "/api/v1/login", username="anna", password=NEW).status_code == 200


def test_a_reset_ends_a_lock_out_as_its_message_promises(make_person: MakePerson) -> None:
    anna = make_person("anna")
    for _ in range(5):
        response = send(Client(), "POST", "/api/v1/login", username="anna", password="wrong")
    assert response.status_code == 429 and "reset the password" in response.json()["detail"]
    confirm(reset_token(anna))
    assert send(Client(), "POST", "/api/v1/login", username="anna", password=NEW).status_code == 200


@pytest.mark.parametrize("token", ["", ".", "nonsense", "MQ.abc", "////.x", "MQ", "999999999999999999999999.x"])
def test_an_invented_link_is_rejected(token: str, make_person: MakePerson) -> None:
    make_person("anna")
    assert confirm(token).status_code == 400


def test_requesting_a_link_does_not_reveal_who_exists(make_person: MakePerson, settings: Any) -> None:
    make_person("anna")
    for url in ("", "smtp://localhost"):
        settings.EMAIL_URL = url
        responses = [send(Client(), "POST", "/api/v1/password-reset", username=name) for name in ("anna", "nobody")]
        assert {response.status_code for response in responses} == {202}
        assert len({response.content for response in responses}) == 1


def test_the_worker_mails_the_link_by_name_or_address(make_person: MakePerson) -> None:
    anna = make_person("anna")
    anna.email = "anna@example.org"
    anna.save()
    make_person("bert")
    for name in ("Anna", "bert", "nobody"):
        tasks.send_resets(name, "https://plant.example")
    tasks.send_resets("ANNA@example.org", "https://plant.example")
    (sent,) = mail.outbox  # at most one in five minutes
    assert sent.to == ["anna@example.org"]
    (link,) = [line for line in str(sent.body).splitlines() if line.startswith("https://plant.example/password-reset/")]
    assert confirm(link.rsplit("/", 1)[1]).status_code == 204


def test_an_admin_gets_the_link_for_somebody_of_this_tenant_only(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    acme = make_tenant("acme")
    admin = login_client(make_person("adam", acme, "admin"))
    eva, both = make_person("eva", acme), make_person("both", acme)
    make_person("both", make_tenant("rival"))
    olga = make_person("olga", acme, "viewer", operator=True)

    def ask(user: Any) -> Any:
        row = Membership.objects.get(user=user, tenant=acme)
        return send(admin, "POST", f"/api/v1/members/{row.id}/password-reset")

    link = ask(eva).json()["link"]
    assert confirm(link.rsplit("/", 1)[1]).status_code == 204
    assert [ask(user).status_code for user in (both, olga)] == [403, 403]
    assert AuditEntry.objects.filter(action="member.password_reset").count() == 1


def test_a_link_dies_when_its_person_joins_another_tenant_or_becomes_an_operator(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    """Otherwise the admin who was given the link could access that tenant, too."""
    eva = make_person("eva", make_tenant("acme"))
    links = [reset_token(type(eva).objects.get(pk=eva.pk))]
    make_person("eva", make_tenant("rival"))
    links.append(reset_token(type(eva).objects.get(pk=eva.pk)))
    call_command("create_operator", "eva")
    assert [confirm(link).status_code for link in links] == [400, 400]


def test_where_mail_is_set_up_the_admin_does_not_see_the_link(
    make_person: MakePerson, make_tenant: MakeTenant, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    acme = make_tenant()
    admin, eva = login_client(make_person("adam", acme, "admin")), make_person("eva", acme)
    eva.email = "eva@example.org"
    eva.save()
    member = Membership.objects.get(user=eva).id
    answer = send(admin, "POST", f"/api/v1/members/{member}/password-reset").json()
    assert answer == {"link": None, "sent_to": "eva@example.org"}
    invited = send(admin, "POST", "/api/v1/members/invite", email="otto@example.org").json()
    assert invited["link"] is None and invited["sent_to"] == "otto@example.org"
    assert [sent.to for sent in mail.outbox] == [["eva@example.org"], ["otto@example.org"]]


def test_an_unreachable_mail_server_leaves_no_invitation(
    make_person: MakePerson, make_tenant: MakeTenant, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    admin = login_client(make_person("adam", make_tenant(), "admin"))
    response = send(admin, "POST", "/api/v1/members/invite", email="otto@example.org")
    assert response.status_code == 503 and response.json()["type"] == "/problems/mail-failed"
    assert admin.get("/api/v1/members/invitations").json()["results"] == []
