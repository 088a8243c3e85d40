"""The credentials of a tenant's own pods: one account each, found by its token, readable after a rotation of keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from cryptography.fernet import Fernet
from django.conf import settings

from kernel.errors import Unavailable
from kernel.tenancy import Credentials
from runtime.supervisor import Supervisor
from stores.redis.users import RedisUsers
from tenants import encryption, pod_credentials
from tenants.drivers.base import Software
from tenants.drivers.kubernetes.stores import with_version
from tenants.models import PodAccount, Tenant
from tenants.pod_credentials import PodCredentials, credentials_of, ensure_account, tenant_of_service_token, version_of
from tenants.steps import server_of

pytestmark = pytest.mark.django_db


def make(slug: str, **fields: Any) -> Tenant:
    return Tenant.objects.create(slug=slug, name=slug, **fields)


def test_a_tenant_without_pods_of_its_own_has_no_account() -> None:
    assert credentials_of(make("acme")) is None


def test_an_account_is_created_once() -> None:
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


def test_new_credentials_have_another_version_which_reveals_nothing() -> None:
    acme = make("acme")
    assert version_of(acme.id) == ""
    ensure_account(acme)
    first, digest = version_of(acme.id), PodAccount.objects.get().token_digest
    assert first == version_of(acme.id) and first[2:] not in digest
    PodAccount.objects.all().delete()
    ensure_account(acme)
    assert first != version_of(acme.id) != ""


@pytest.mark.parametrize(
    ("parts", "chart", "is_given"),
    [
        (("api",), "", True),
        (("writer", "backup"), "0.2.0", True),
        (("backup", "restore"), "", False),
        ((), "", False),
        (("api",), "0.1.0", False),
        (("api",), "1.0.0", True),
        (("api",), "0.10.0", True),
    ],
)
def test_the_version_is_a_value_where_pods_last_and_the_chart_knows_it(
    parts: tuple[str, ...], chart: str, is_given: bool
) -> None:
    acme = make("acme")
    ensure_account(acme)
    server = replace(server_of(acme), software=Software(chart_version=chart))
    values = {**{part: {"enabled": True} for part in parts}, "settings": {"https": True}}
    expected = {"https": True, "credentialsVersion": version_of(acme.id)} if is_given else {"https": True}
    assert with_version(server, values)["settings"] == expected


def test_a_digest_is_no_token() -> None:
    ensure_account(make("acme"))
    assert tenant_of_service_token(PodAccount.objects.get().token_digest) is None


def test_a_deleted_tenants_token_is_invalid() -> None:
    acme = make("acme")
    token = ensure_account(acme).token
    acme.delete()
    assert tenant_of_service_token(token) is None and not PodAccount.objects.exists()


def test_neither_the_row_nor_its_repr_reveals_a_secret() -> None:
    known = ensure_account(make("acme"))
    row = PodAccount.objects.values().get()
    for secret in (known.token, known.redis.password, known.documents.password):
        assert secret not in str(row) and secret not in repr(known)


def test_an_account_survives_a_rotation_of_keys(settings: Any) -> None:
    acme = make("acme")
    known = ensure_account(acme)
    old, new = settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    settings.FERNET_KEYS = [new, old]
    done = encryption.rotate()
    assert done.reencrypted["tenants.PodAccount.encrypted_credentials"] == 1 and done.old_keys_may_go
    settings.FERNET_KEYS = [new]
    assert credentials_of(acme) == known and tenant_of_service_token(known.token) == acme


# Users of the stores, for real


def url_of(known: PodCredentials) -> str:
    parts = urlsplit(settings.REDIS_URL)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{known.redis.username}:{known.redis.password}@{host}").geturl()


@pytest.fixture
def users(servers: Supervisor) -> Iterator[RedisUsers]:
    users = RedisUsers(settings.REDIS_URL)
    yield users
    for name in users.names():
        users.remove(name)


def test_issued_credentials_work_until_they_are_revoked(users: RedisUsers) -> None:
    acme = make("acme", disk="tadopted234")
    known = pod_credentials.issue(acme.pk)
    assert pod_credentials.issue(acme.pk) == known
    client = redis.Redis.from_url(url_of(known))
    assert client.get(f"pt:{acme.pk}:x") is None and client.get("pt:tadopted234:x") is None
    with pytest.raises(redis.exceptions.NoPermissionError):
        client.get("pt:epochs")
    pod_credentials.revoke(acme.pk)
    pod_credentials.revoke(acme.pk)
    with pytest.raises(redis.RedisError):
        client.get(f"pt:{acme.pk}:x")
    assert tenant_of_service_token(known.token) is None and users.names() == set()
    assert pod_credentials.issue(acme.pk).token != known.token
    pod_credentials.revoke(acme.pk)


def test_users_lost_by_redis_are_restored_and_unknown_ones_removed(users: RedisUsers) -> None:
    acme, rival = make("acme"), make("rival")
    known = pod_credentials.issue(acme.pk)
    pod_credentials.issue(rival.pk)
    users.remove(known.redis.username)  # as a restart does
    users.ensure(Credentials("tenant-tgone", "x"), {"pt:tgone:"})
    assert pod_credentials.ensure_users() == 1
    assert pod_credentials.ensure_users() == 0
    assert users.names() == {f"tenant-{acme.pk}", f"tenant-{rival.pk}"}
    assert redis.Redis.from_url(url_of(known)).ping()


def test_a_new_release_gives_all_users_its_commands(users: RedisUsers) -> None:
    acme = make("acme")
    known = pod_credentials.issue(acme.pk)
    server = redis.Redis.from_url(settings.REDIS_URL)
    server.execute_command("ACL SETUSER", known.redis.username, "-get")
    assert pod_credentials.ensure_users() == 0
    assert pod_credentials.ensure_users(all_of_them=True) == 1
    assert redis.Redis.from_url(url_of(known)).get(f"pt:{acme.pk}:x") is None


def test_an_account_that_no_key_decrypts_does_not_block_others(users: RedisUsers) -> None:
    lost, known = make("lost"), make("known")
    for tenant in (lost, known):
        pod_credentials.issue(tenant.pk)
        users.remove(f"tenant-{tenant.pk}")
    PodAccount.objects.filter(pk=lost.pk).update(
        encrypted_credentials=Fernet(Fernet.generate_key()).encrypt(b"{}").decode()
    )
    assert pod_credentials.ensure_users() == 1
    assert users.names() == {f"tenant-{known.pk}"}


def test_the_last_accounts_user_is_removed_with_its_tenant(users: RedisUsers) -> None:
    acme = make("acme")
    name = pod_credentials.issue(acme.pk).redis.username
    acme.delete()
    assert not PodAccount.objects.exists() and users.names() == {name}
    pod_credentials.ensure_users()
    assert users.names() == set()


def test_a_user_revoked_during_the_check_is_not_restored(users: RedisUsers, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = make("acme")
    pod_credentials.issue(acme.pk)
    users.remove(f"tenant-{acme.pk}")
    read = pod_credentials._read

    def revoked_first(account: PodAccount) -> PodCredentials:
        known = read(account)
        pod_credentials.revoke(acme.pk)
        return known

    monkeypatch.setattr(pod_credentials, "_read", revoked_first)
    assert pod_credentials.ensure_users() == 0
    assert users.names() == set()


def test_an_account_stays_while_its_users_cannot_be_dropped(users: RedisUsers, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = make("acme")
    known = pod_credentials.issue(acme.pk)
    with monkeypatch.context() as away:
        away.setattr(settings, "REDIS_URL", "redis://127.0.0.1:9/0")
        with pytest.raises(Unavailable):
            pod_credentials.revoke(acme.pk)
    assert credentials_of(acme) == known
    pod_credentials.revoke(acme.pk)
    assert users.names() == set()


def test_without_pods_missing_rights_to_manage_redis_users_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:9/0")
    assert pod_credentials.ensure_users() == 0
