"""Connects notification with people, who are in the relational database, and with the installation's keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection

from access.models import Membership
from alarms.notification.seams import Contact
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from tenants import crypto


class TenantMembers:
    """Implements `alarms.notification.seams.Members`."""

    def contacts(self, tenant: TenantConnection, ids: Collection[str]) -> dict[str, Contact]:
        return {each.id: each for each in _active(tenant, id__in=list(ids))}

    def everybody(self, tenant: TenantConnection) -> list[Contact]:
        return _active(tenant)


def _active(tenant: TenantConnection, **which: Any) -> list[Contact]:
    rows = Membership.objects.filter(tenant_id=tenant.id, active=True, user__is_active=True, **which)
    try:
        return [
            Contact(row.id, row.user_id, row.user.username, row.user.name, row.user.email)
            for row in rows.select_related("user")
        ]
    except DatabaseError as error:
        connection.close_if_unusable_or_obsolete()  # a thread's own, which lives longer than a request
        raise Unavailable("Members cannot be read: the relational database does not answer.") from error


class InstallationKeys:
    """Implements `alarms.notification.seams.Secrets`."""

    def encrypt(self, secret: bytes) -> str:
        return crypto.encrypt(secret)

    def decrypt(self, encrypted: str) -> bytes:
        return crypto.decrypt(encrypted)
