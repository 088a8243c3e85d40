"""The credentials of a tenant's own pods (ADR 0039): users of the shared stores, and a token for the control plane."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec
from django.db import IntegrityError, transaction

from kernel.tenancy import Credentials
from tenants import crypto
from tenants.models import PodAccount, Tenant

PASSWORD_BYTES = 24
TOKEN_BYTES = 32
TOKEN_PREFIX = "pts_"  # tells people and scanners for secrets what it is


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


def ensure_account(tenant: Tenant) -> PodCredentials:
    """The tenant's account, made if there is none. The stores are not told of it yet."""
    known = credentials_of(tenant)
    if known is not None:
        return known
    made = _make(tenant.id)
    try:
        with transaction.atomic():
            PodAccount.objects.create(
                tenant=tenant, sealed=crypto.seal(msgspec.json.encode(made)), token_digest=_digest(made.token)
            )
    except IntegrityError:  # another worker was first
        return _read(PodAccount.objects.get(pk=tenant.id))
    return made


def tenant_of_service_token(token: str) -> Tenant | None:
    """Whose pod it is that shows this token, whatever the tenant's state; None: nobody's."""
    if not token.startswith(TOKEN_PREFIX):
        return None
    digest = _digest(token)
    account = PodAccount.objects.select_related("tenant").filter(token_digest=digest).first()
    if account is None or not hmac.compare_digest(account.token_digest, digest):
        return None
    return account.tenant


def _make(tenant_id: str) -> PodCredentials:
    name = f"tenant-{tenant_id}"
    redis, documents = (Credentials(name, secrets.token_urlsafe(PASSWORD_BYTES)) for _ in range(2))
    return PodCredentials(redis, documents, TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES))


def _read(account: PodAccount) -> PodCredentials:
    return msgspec.json.decode(crypto.unseal(account.sealed), type=PodCredentials)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
