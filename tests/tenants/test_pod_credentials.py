"""What a tenant's own pods sign in with: one account each, found by its token, readable after a rotation of keys."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet

from tenants import pod_credentials, sealed
from tenants.models import PodAccount, Tenant
from tenants.pod_credentials import credentials_of, ensure_account, tenant_of_service_token

pytestmark = pytest.mark.django_db


def make(slug: str, **fields: Any) -> Tenant:
    return Tenant.objects.create(slug=slug, name=slug, **fields)


def test_a_tenant_without_pods_of_its_own_has_no_account() -> None:
    assert credentials_of(make("acme")) is None


def test_an_account_is_made_once() -> None:
    acme = make("acme")
    first = ensure_account(acme)
    assert ensure_account(acme) == first == credentials_of(acme)
    assert first.redis.username == first.documents.username == f"tenant-{acme.id}"
    assert len({first.redis.password, first.documents.password, first.token}) == 3


def test_of_two_workers_that_make_it_at_once_both_have_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    acme = make("acme")
    first = ensure_account(acme)
    answers = iter([None])
    monkeypatch.setattr(pod_credentials, "credentials_of", lambda tenant: next(answers))
    assert ensure_account(acme) == first


def test_a_service_token_names_its_tenant_and_no_other() -> None:
    acme, rival = make("acme"), make("rival")
    token, other = ensure_account(acme).token, ensure_account(rival).token
    assert tenant_of_service_token(token) == acme
    assert tenant_of_service_token(other) == rival
    for wrong in ("", "pts_", token[:-1], token + "x", token.upper(), ensure_account(acme).redis.password):
        assert tenant_of_service_token(wrong) is None


def test_a_digest_is_no_token() -> None:
    ensure_account(make("acme"))
    assert tenant_of_service_token(PodAccount.objects.get().token_digest) is None


def test_a_tenant_that_is_gone_has_no_token_any_more() -> None:
    acme = make("acme")
    token = ensure_account(acme).token
    acme.delete()
    assert tenant_of_service_token(token) is None and not PodAccount.objects.exists()


def test_neither_the_row_nor_a_text_of_it_gives_a_secret_away() -> None:
    known = ensure_account(make("acme"))
    row = PodAccount.objects.values().get()
    for secret in (known.token, known.redis.password, known.documents.password):
        assert secret not in str(row) and secret not in repr(known)


def test_an_account_survives_a_rotation_of_keys(settings: Any) -> None:
    acme = make("acme")
    known = ensure_account(acme)
    old, new = settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    settings.FERNET_KEYS = [new, old]
    done = sealed.rotate()
    assert done.resealed["tenants.PodAccount.sealed"] == 1 and done.old_keys_may_go
    settings.FERNET_KEYS = [new]
    assert credentials_of(acme) == known and tenant_of_service_token(known.token) == acme
