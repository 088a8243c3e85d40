"""What an administrator does at the command line."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.models import User
from tests.access.conftest import MakePerson, MakeTenant, SignIn, login_client
from tests.access.test_members import send
from tests.access.test_passwords import NEW, confirm

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_first_operator_gets_a_password_that_works() -> None:
    out = run("create_operator", "olga", "--generate")
    password = re.search(r"once\): (\S+)", out)
    assert password is not None
    response = send(Client(), "POST", "/api/v1/login", username="olga", password=password[1])
    me = Client(headers={"Authorization": f"Bearer {response.json()['token']}"}).get("/api/v1/me").json()
    assert me["operator"] is True
    assert "already" in run("create_operator", "olga", "--generate")


def test_a_user_is_promoted_to_operator(make_person: MakePerson) -> None:
    make_person("anna")
    assert "now an operator" in run("create_operator", "Anna")
    assert User.objects.get(username="anna").operator


def test_a_reset_link_is_printed(make_person: MakePerson) -> None:
    make_person("anna")
    link = run("reset_password", "anna", "--url", "https://plant.example/").strip()
    assert link.startswith("https://plant.example/password-reset/")
    assert confirm(link.rsplit("/", 1)[1], NEW).status_code == 204


def test_a_user_is_deactivated_and_reactivated(
    make_person: MakePerson, make_tenant: MakeTenant, sign_in: SignIn
) -> None:
    anna = make_person("anna", make_tenant())
    clients = [login_client(anna), sign_in(anna)]
    assert [client.get("/api/v1/me").status_code for client in clients] == [200, 200]
    assert "locked out" in run("deactivate", "anna")
    assert [client.get("/api/v1/me").status_code for client in clients] == [401, 401]
    run("deactivate", "anna", "--undo")
    assert [client.get("/api/v1/me").status_code for client in clients] == [401, 401], "the old ones stay dead"
    assert login_client(User.objects.get(username="anna")).get("/api/v1/me").status_code == 200


def test_invalid_names_are_rejected_with_the_reason(db: None) -> None:
    with pytest.raises(CommandError, match="A username has"):
        run("create_operator", "no spaces please", "--generate")
    with pytest.raises(CommandError, match="There is no user nobody"):
        run("reset_password", "nobody")
