"""Every encrypted column is in the registry and survives key rotation, and a bad row affects its own tenant only."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models

from access.loading import connection_of
from kernel.errors import Unavailable
from tenants import crypto, queries, secrets
from tenants.encryption import EncryptedField, encrypted_columns
from tenants.models import Cluster, Tenant
from tenants.rollouts.health import why_unhealthy
from tenants.rollouts.machine import Gate
from tests.conftest import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("servers")]  # documents have secrets, too
SUSPICIOUS = ("sealed", "encrypted", "secret", "credential", "private", "cipher")


def rotate_keys() -> str:
    out = StringIO()
    call_command("tenants", "rotate-keys", stdout=out)
    return out.getvalue()


def make(slug: str, **fields: Any) -> Tenant:
    encrypted = fields.pop("encrypted_secrets", None) or secrets.encrypt(secrets.make_secrets())
    return Tenant.objects.create(
        slug=slug,
        name=slug,
        state="ready",
        endpoints={"http": "http://127.0.0.1:1"},
        encrypted_secrets=encrypted,
        **fields,
    )


def test_a_column_that_is_named_as_if_it_were_encrypted_is_in_the_registry() -> None:
    known = {str(column) for column in encrypted_columns()}
    assert {"tenants.Tenant.encrypted_secrets", "tenants.Cluster.encrypted_kubeconfig"} <= known
    for model in apps.get_models():
        for each in model._meta.get_fields():
            if isinstance(each, (models.TextField, models.CharField, models.BinaryField, models.JSONField)) and any(
                word in each.name for word in SUSPICIOUS
            ):
                assert isinstance(each, EncryptedField), f"{model._meta.label}.{each.name} is no EncryptedField"


def test_every_encrypted_column_is_in_the_registry() -> None:
    """By its content, whatever it is called."""
    make("acme")
    Cluster.objects.create(name="north", encrypted_kubeconfig=crypto.encrypt(b"{}"))
    fields = [each.model._meta.get_field(each.name) for each in encrypted_columns()]
    columns = {(each.model._meta.db_table, each.column) for each in fields}
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                cursor.execute(f'SELECT "{column.name}" FROM "{table}"')
                if any(isinstance(value, str) and value.startswith("gAAAA") for (value,) in cursor.fetchall()):
                    found.add((table, column.name))
    assert {table for table, _ in found} == {"tenants_tenant", "tenants_cluster"}
    assert found <= columns


def test_every_encrypted_column_of_every_model_is_encrypted_again(settings: Any) -> None:
    """One row of each column that there is, so that a new column is tried here by itself."""
    old, new = settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    tenant = make("acme")
    Cluster.objects.create(name="north", encrypted_kubeconfig=crypto.encrypt(b"{}"))
    texts = {str(column): list(column.rows()) for column in encrypted_columns()}
    settings.FERNET_KEYS = [new, old]
    output = rotate_keys()
    assert "tenants.Tenant.encrypted_secrets: 1 encrypted" in output
    assert "tenants.Cluster.encrypted_kubeconfig: 1 encrypted" in output
    assert f"old key {crypto.fingerprint(old)}: nothing needs it" in output and "can be removed" in output
    settings.FERNET_KEYS = [new]
    for column in encrypted_columns():
        rows = list(column.rows())
        assert len(rows) >= len(texts[str(column)])
        assert all(crypto.can_decrypt(text) for _, text in rows), column
    assert Tenant.objects.get(pk=tenant.pk).secrets is not None


def test_a_key_that_is_still_needed_may_not_be_removed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that still runs with the old order encrypts a row with the old key while we are at it."""
    old, new = settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    make("acme")
    late = crypto.encrypt(b"{}")
    settings.FERNET_KEYS = [new, old]
    reencrypt = crypto.reencrypt

    def meanwhile(text: str) -> str:
        Cluster.objects.get_or_create(name="late", defaults={"encrypted_kubeconfig": late})
        return reencrypt(text)

    columns = sorted(encrypted_columns(), key=lambda column: column.model is Tenant)  # clusters come before tenants
    monkeypatch.setattr("tenants.encryption.encrypted_columns", lambda: columns)
    monkeypatch.setattr("tenants.crypto.reencrypt", meanwhile)
    with pytest.raises(CommandError, match="Remove no key from FERNET_KEYS"):
        rotate_keys()
    monkeypatch.undo()
    assert "can be removed" in rotate_keys()


def test_a_row_that_no_key_decrypts_is_reported_and_does_not_block_others(settings: Any) -> None:
    old, new = settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    lost = make("lost", encrypted_secrets=Fernet(Fernet.generate_key()).encrypt(b"{}").decode())
    known = make("known")
    settings.FERNET_KEYS = [new, old]
    out = StringIO()
    with pytest.raises(CommandError, match="Remove no key"):
        call_command("tenants", "rotate-keys", stdout=out)
    assert f"tenants.Tenant.encrypted_secrets of {lost.pk}: no key of FERNET_KEYS decrypts it" in out.getvalue()
    settings.FERNET_KEYS = [new]
    assert Tenant.objects.get(pk=known.pk).secrets is not None


def test_a_tenant_with_undecryptable_credentials_is_unavailable_and_others_are_not(client_for: ClientFor) -> None:
    lost = make("lost", encrypted_secrets=Fernet(Fernet.generate_key()).encrypt(b"{}").decode())
    known = make("known")
    assert [each.slug for each in queries.connections() if each.slug in ("lost", "known")] == ["known"]
    assert isinstance(connection_of(lost.pk), Unavailable)
    assert getattr(connection_of(known.pk), "slug", "") == "known"
    assert "credentials cannot be read" in str(why_unhealthy(lost, Gate()))
    operator = client_for("operator")
    listed = {each["slug"]: each for each in operator.get("/api/v1/tenants").json()["results"]}
    assert "FERNET_KEYS" in listed["lost"]["error"] and "but unavailable" in listed["lost"]["status"]
    assert "FERNET_KEYS" not in listed["known"]["error"] + listed["known"]["status"]
    assert operator.get("/api/v1/tenants/lost").status_code == 200
