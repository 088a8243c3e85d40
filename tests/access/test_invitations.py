"""An invitation is valid only as far as its inviter's current rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from access import operations
from access.mail import send_invitation
from access.models import AuditEntry, Invitation, Membership, User
from tenants.models import Tenant
from tests.access.conftest import MakePerson, MakeTenant, login_client
from tests.access.test_members import invite, send
from tests.conftest import PASSWORD
from web.caller import Role

pytestmark = pytest.mark.django_db


def accept(token: str) -> int:
    status: int = send(Client(), "POST", f"/api/v1/invitations/{token}", username="eva", password=PASSWORD).status_code
    return status


def of(user: User) -> Membership:
    return Membership.objects.get(user=user)


LEAVING: dict[str, Callable[[User], object]] = {
    "removed": lambda user: operations.remove_membership(of(user)),
    "deactivated": lambda user: operations.change_membership(of(user), active=False),
    "demoted": lambda user: operations.change_membership(of(user), role=Role.engineer),
    "shut out": lambda user: operations.set_user_active(user, False),
}


@pytest.mark.parametrize("how", LEAVING)
def test_invitations_of_a_person_who_may_no_longer_invite_are_invalid(
    how: str, make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    adam, berta = make_person("adam", tenant, "admin"), make_person("berta", tenant, "admin")
    lost, kept = invite(login_client(adam)), invite(login_client(berta))
    LEAVING[how](adam)
    assert Client().get(f"/api/v1/invitations/{lost}").status_code == 404
    assert accept(lost) == 404 and not User.objects.filter(username="eva").exists()
    assert AuditEntry.objects.filter(action="member.uninvite").count() == 1
    assert accept(kept) == 201


@pytest.mark.parametrize("how", ["member", "person", "nobody"])
def test_the_inviters_rights_are_checked_again_on_acceptance(
    how: str, make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    """However the right was lost: by a path that does not withdraw invitations, or in the database."""
    tenant = make_tenant()
    adam = make_person("adam", tenant, "admin")
    token = invite(login_client(adam))
    if how == "member":
        Membership.objects.update(role="viewer")
    elif how == "person":
        User.objects.update(is_active=False)
    else:
        Invitation.objects.update(invited_by=None)
    assert accept(token) == 404
    Membership.objects.update(role="admin")


def test_an_operators_invitation_is_valid_while_they_are_an_operator(
    make_person: MakePerson, make_tenant: MakeTenant
) -> None:
    tenant: Tenant = make_tenant()
    olga = make_person("olga", operator=True)
    token = invite(login_client(olga), tenant="acme", role="admin")
    User.objects.filter(pk=olga.pk).update(operator=False)
    assert accept(token) == 404
    User.objects.filter(pk=olga.pk).update(operator=True)
    assert accept(token) == 201 and Membership.objects.get(tenant=tenant).role == "admin"


def test_an_inviter_s_name_is_one_line_in_the_mail() -> None:
    send_invitation(
        "eva@example.org", "Acme\nInc", "Adam\n\nYour account is locked:\r\u2028https://evil.example", "LINK"
    )
    (sent,) = mail.outbox
    assert sent.body.splitlines()[0].startswith("Adam Your account is locked: https://evil.example invites you to Acme")
    assert len(sent.body.splitlines()) == 5 and "\n" not in sent.subject
