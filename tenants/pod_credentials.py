"""The credentials of a tenant's own pods (ADR 0039): users of the shared stores, and a token for the control plane."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets

import msgspec
from django.db import IntegrityError, transaction

from kernel.errors import Unavailable
from kernel.tenancy import Credentials
from tenants import crypto
from tenants.interfaces import data_plane
from tenants.models import PodAccount, Tenant

log = logging.getLogger(__name__)

PASSWORD_BYTES = 24
TOKEN_BYTES = 32
USERNAME_PREFIX = "tenant-"  # before the tenant's id
TOKEN_PREFIX = "pts_"  # identifies it to people and secret scanners


class PodCredentials(msgspec.Struct, frozen=True):
    """`redis` and `documents` open what is this tenant's in the shared stores; `token` is the control plane's."""

    redis: Credentials
    documents: Credentials
    token: str

    def __repr__(self) -> str:
        return f"PodCredentials({self.redis.username})"


def credentials_of(tenant: Tenant) -> PodCredentials | None:
    """None: it has no account. Raises Unavailable where no key of ours opens it."""
    account = PodAccount.objects.filter(pk=tenant.id).first()
    return None if account is None else _read(account)


def version_of(tenant_id: str) -> str:
    """Another one with each new account, and no secret. Empty: there is no account."""
    digest = PodAccount.objects.filter(pk=tenant_id).values_list("token_digest", flat=True).first()
    return f"v-{_digest(digest)[:16]}" if digest else ""


def ensure_account(tenant: Tenant) -> PodCredentials:
    """The tenant's account, created if there is none. The stores do not have its users yet."""
    known = credentials_of(tenant)
    if known is not None:
        return known
    credentials = _make(tenant.id)
    try:
        with transaction.atomic():
            encrypted = crypto.encrypt(msgspec.json.encode(credentials))
            PodAccount.objects.create(
                tenant=tenant, encrypted_credentials=encrypted, token_digest=_digest(credentials.token)
            )
    except IntegrityError:  # another worker was first
        return _read(PodAccount.objects.get(pk=tenant.id))
    return credentials


def issue(tenant_id: str) -> PodCredentials:
    """The tenant's credentials, which every store accepts from now on. Idempotent. Raises Unavailable."""
    tenant = Tenant.objects.get(pk=tenant_id)
    known = ensure_account(tenant)
    data_plane().ensure_pod_users(tenant.identity(), known.redis, known.documents)
    return known


def revoke(tenant_id: str) -> None:
    """Revokes the credentials of the tenant's pods. Fine if they had none. Raises Unavailable."""
    account = PodAccount.objects.select_related("tenant").filter(pk=tenant_id).first()
    if account is not None:
        with transaction.atomic():
            PodAccount.objects.filter(pk=tenant_id).delete()
            data_plane().drop_pod_users(account.tenant.identity(), username(tenant_id))


def ensure_users(all_of_them: bool = False) -> int:
    """Redis has the users of all accounts, and no others. Returns how many were missing.

    `all_of_them`: also set those that it has, as a new release may grant them something else.
    """
    accounts = list(PodAccount.objects.select_related("tenant"))
    try:
        known, missing = data_plane().redis_users(), 0
    except Unavailable:
        if accounts:
            raise
        return 0  # a server that lets nobody manage users matters only if a tenant has pods of its own
    for account in accounts:
        if all_of_them or username(account.pk) not in known:
            missing += _restore(account)
    for name in known - {username(account.pk) for account in accounts}:
        if not PodAccount.objects.filter(pk=name.removeprefix(USERNAME_PREFIX)).exists():  # made meanwhile
            data_plane().drop_redis_user(name)
    return missing


def _restore(account: PodAccount) -> bool:
    """One failure does not keep others from being restored."""
    try:
        known = _read(account)
        data_plane().ensure_pod_users(account.tenant.identity(), known.redis, known.documents)
    except Unavailable as error:
        log.error("The users of %s's pods could not be made: %s", account.tenant.slug, error.detail)
        return False
    if not PodAccount.objects.filter(pk=account.pk).exists():  # revoked meanwhile
        data_plane().drop_pod_users(account.tenant.identity(), username(account.pk))
        return False
    return True


def username(tenant_id: str) -> str:
    return f"{USERNAME_PREFIX}{tenant_id}"


def tenant_of_service_token(token: str) -> Tenant | None:
    """The tenant whose pod presents this token, whatever its state; None: nobody's."""
    if not token.startswith(TOKEN_PREFIX):
        return None
    digest = _digest(token)
    account = PodAccount.objects.select_related("tenant").filter(token_digest=digest).first()
    if account is None or not hmac.compare_digest(account.token_digest, digest):
        return None
    return account.tenant


def _make(tenant_id: str) -> PodCredentials:
    redis, documents = (Credentials(username(tenant_id), secrets.token_urlsafe(PASSWORD_BYTES)) for _ in range(2))
    return PodCredentials(redis, documents, TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES))


def _read(account: PodAccount) -> PodCredentials:
    return msgspec.json.decode(crypto.decrypt(account.encrypted_credentials), type=PodCredentials)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
