"""Invitations and reset links, as a real mail server gets them."""

from __future__ import annotations

from typing import Any

import pytest

from access import tasks
from tests.access.conftest import MakePerson, MakeTenant, login_client
from tests.access.test_members import send
from tests.receivers import Mailbox, smtp_server

pytestmark = pytest.mark.django_db


def use(mailbox: Mailbox, settings: Any) -> None:
    settings.EMAIL_URL = f"smtp://{mailbox.host}:{mailbox.port}"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = mailbox.host, mailbox.port


def test_an_invitation_and_a_reset_link_arrive(make_person: MakePerson, make_tenant: MakeTenant, settings: Any) -> None:
    anna = make_person("anna")
    anna.email = "anna@example.org"
    anna.save()
    admin = login_client(make_person("adam", make_tenant(), "admin"))
    with smtp_server() as mailbox:
        use(mailbox, settings)
        assert send(admin, "POST", "/api/v1/members/invite", email="otto@example.org").status_code == 201
        tasks.send_resets("anna", "https://plant.example")
        invited, reset = mailbox.mails
    assert invited["To"] == "otto@example.org" and "/invite/" in invited.get_content()
    assert reset["To"] == "anna@example.org" and "https://plant.example/password-reset/" in reset.get_content()
