"""`manage.py tenants …` as an operator types it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from tenants import crypto, reconciler
from tenants.models import Tenant
from tests.tenants.conftest import MakeTenant


def tenants(*arguments: str) -> str:
    out = StringIO()
    call_command("tenants", *arguments, stdout=out)
    return out.getvalue()


def test_a_tenant_is_created_shown_suspended_and_deleted(make_tenant: MakeTenant) -> None:
    assert tenants("create", "by-hand", "--name", "By Hand", "--no-wait").startswith("Requested")
    reconciler.reconcile()
    assert "by-hand" in tenants("list") and "Ready" in tenants("list")
    shown = tenants("show", "by-hand")
    assert "By Hand" in shown and "Start InfluxDB" in shown
    as_json = json.loads(tenants("show", "by-hand", "--json"))
    assert (as_json["state"], as_json["name"]) == ("ready", "By Hand")
    assert Tenant.objects.get().encrypted_secrets not in shown

    tenants("suspend", "by-hand", "--no-wait")
    reconciler.reconcile()
    [found] = json.loads(tenants("list", "--state", "suspended", "--json"))["results"]
    assert found["slug"] == "by-hand"
    with pytest.raises(CommandError, match="confirm=by-hand"):
        tenants("delete", "by-hand", "--confirm", "by-foot")
    tenants("delete", "by-hand", "--confirm", "by-hand", "--keep-disk", "--no-wait")
    reconciler.reconcile()
    assert "kept disk" in tenants("list")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "nobody"), "no tenant nobody"),
        (("create", "Not A Slug"), "not-a-slug"),
        (("create", "fine", "--driver", "helm"), "use one of: local"),
        (("retry", "nobody"), "no tenant nobody"),
        (("create", "nobody-works", "--timeout", "0.2"), "Is a worker running"),
    ],
)
def test_a_mistake_is_reported_in_a_sentence(arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        tenants(*arguments)


def test_a_tenant_without_pods_has_no_credentials_to_renew(make_tenant: MakeTenant) -> None:
    make_tenant("podless")
    with pytest.raises(CommandError, match="has no pods of its own"):
        call_command("tenants", "renew-credentials", "podless")


def test_keys_are_rotated(make_tenant: MakeTenant, settings: Any) -> None:
    tenant = make_tenant("rotated")
    known = tenant.secrets
    old, new = settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    settings.FERNET_KEYS = [new, old]
    assert "tenants.Tenant.encrypted_secrets: 1 encrypted" in tenants("rotate-keys")
    settings.FERNET_KEYS = [new]
    assert Tenant.objects.get(pk=tenant.pk).secrets == known
    settings.FERNET_KEYS = [old]
    assert crypto.decrypt(tenant.encrypted_secrets)
