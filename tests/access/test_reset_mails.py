"""How many reset links are sent: to a person, to an address, and to the people of a tenant."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from access import tasks
from access.models import User
from tenants.models import Tenant
from tests.access.conftest import MakePerson, MakeTenant, login_client

pytestmark = pytest.mark.django_db
BASE = "https://plant.example"


def with_address(user: User, address: str) -> User:
    user.email = address
    user.save()
    return user


def people(make_person: MakePerson, tenant: Tenant, number: int) -> list[str]:
    names = [f"person{k}-{tenant.slug}" for k in range(number)]
    for name in names:
        with_address(make_person(name, tenant, "viewer"), f"{name}@example.org")
    return names


def test_the_people_of_a_tenant_are_sent_sixty_in_an_hour(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    for name in people(make_person, acme, 63):
        tasks.send_resets(name, BASE)
    assert len(mail.outbox) == 60
    (other,) = people(make_person, rival, 1)
    tasks.send_resets(other, BASE)
    assert mail.outbox[-1].to == [f"{other}@example.org"], "another tenant's people are sent theirs"
    admin = login_client(make_person("adam", acme, "admin"))
    invited = admin.post("/api/v1/members/invite", {"role": "viewer"}, content_type="application/json")
    assert invited.status_code == 201, "whoever asks in their names does not use up an admin's invitations"


def test_an_address_gets_at_most_five_mails_an_hour_from_all_senders(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    for number in range(7):
        with_address(make_person(f"shift{number}", tenant, "viewer"), "control-room@example.org")
    tasks.send_resets("control-room@example.org", BASE)
    assert len(mail.outbox) == 5


def test_an_admin_sends_one_person_five_in_an_hour(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    admin = login_client(make_person("adam", tenant, "admin"))
    eva = with_address(make_person("eva", tenant, "viewer"), "eva@example.org")
    member = eva.memberships.get().id
    assert [reset(admin, member) for _ in range(6)] == [200] * 5 + [429]


def reset(client: Client, member: str) -> int:
    return client.post(f"/api/v1/members/{member}/password-reset").status_code
