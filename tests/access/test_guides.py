"""docs/api/callers.md and docs/operator/people.md are correct."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands
from django.test import Client

from access import operations
from access.models import Membership
from tenants.lifecycle import State
from tests.access.conftest import MakePerson, MakeTenant, login_client
from tests.conftest import PASSWORD

DOCS = Path(__file__).parents[2] / "docs"
CALLERS, PEOPLE = (DOCS / "api/callers.md").read_text(), (DOCS / "operator/people.md").read_text()


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", CALLERS, re.DOTALL)
    return [block.replace("\\\n", " ") for block in blocks]


def run(command: str) -> Any:
    words = shlex.split(command)
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    path = words[-1].removeprefix("$URL")
    return Client(headers=headers).post(path, words[words.index("-d") + 1], content_type="application/json")


@pytest.mark.django_db
def test_the_commands_work_one_after_the_other(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    make_person("anna", make_tenant())
    signing_in, making_a_token = commands()
    response = run(signing_in.replace("…", PASSWORD))
    assert sorted(response.json()) == ["expires", "token"]
    created = run(making_a_token.replace("$TOKEN", response.json()["token"]))
    assert created.status_code == 201 and created.json()["scopes"] == ["ingest"]


@pytest.mark.django_db
def test_the_table_of_responses_is_correct(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    acme, rival = make_tenant("acme"), make_tenant("rival")
    anna = make_person("anna", acme, "admin")
    make_person("anna", rival, "admin")
    client = login_client(anna)
    seen = {}
    for query in ("", "?tenant=acme&tenant=rival", "?tenant=nobody"):
        response = client.get(f"/api/v1/members{query}")
        seen[response.json()["type"]] = response.status_code
    Membership.objects.filter(tenant=rival).delete()
    operations.bump_epoch(user=anna)
    for state in (State.suspended, State.provisioning):
        acme.state = state
        acme.save()
        operations.bump_epoch(tenant_id=acme.id)
        response = client.get("/api/v1/members")
        seen[response.json()["type"]] = response.status_code
    assert seen.pop("/problems/tenant-not-ready") == 503
    assert len(seen) == 4
    for slug, status in seen.items():
        assert f"{status}, `{slug}`" in CALLERS


def test_the_commands_for_operators_exist() -> None:
    named = set(re.findall(r"manage\.py (\w+)", PEOPLE))
    assert named == {"create_operator", "reset_password", "deactivate", "axes_reset_username"}
    assert named <= set(get_commands())
