"""Announces to every process, this one included, that its cache entries of a user or tenant are outdated."""

from __future__ import annotations

import logging

from django.db import transaction

from access.loading import subject_of_tenant, subject_of_user
from access.models import User
from access.resolution import epochs, identity_cache
from kernel.errors import Unavailable
from tenants.signals import tenant_changed

log = logging.getLogger(__name__)


def bump_epoch(*, user: User | int | None = None, tenant_id: str | None = None, subject: str | None = None) -> None:
    """Call after each change of a person, a membership, a token or a tenant; announced once it is committed."""
    subjects = [subject] if subject else []
    if user is not None:
        subjects.append(subject_of_user(user.pk if isinstance(user, User) else user))
    if tenant_id is not None:
        subjects.append(subject_of_tenant(tenant_id))
    identity_cache().invalidate(subjects)
    transaction.on_commit(lambda: _announce(subjects))


def connect() -> None:
    tenant_changed.connect(_on_tenant_changed, dispatch_uid="access.epochs")


def _on_tenant_changed(sender: object, tenant_id: str, **_: object) -> None:
    bump_epoch(tenant_id=tenant_id)


def _announce(subjects: list[str]) -> None:
    identity_cache().invalidate(subjects)
    try:
        epochs().invalidate(*subjects)
    except Unavailable as error:  # nothing is cached while Redis is down, so the change takes effect anyway
        log.warning("Could not announce a change of access: %s", error)
