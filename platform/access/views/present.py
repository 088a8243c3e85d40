"""Rows as returned by the API; times are epoch ms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from access.models import ApiToken, AuditEntry, Invitation, Membership


def ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def member(row: Membership, my_id: int) -> dict[str, Any]:
    user = row.user
    return {
        "id": row.id,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "role": row.role,
        "active": row.active and user.is_active,
        "me": user.pk == my_id,
        "created": ms(row.created),
        "last_login": ms(user.last_login),
    }


def invitation(row: Invitation) -> dict[str, Any]:
    return {
        "id": row.id,
        "role": row.role,
        "email": row.email,
        "invited_by": row.invited_by.username if row.invited_by else "",
        "created": ms(row.created),
        "expires": ms(row.expires),
    }


def token(row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "username": row.user.username,
        "kind": row.kind,
        "tenant": row.tenant.slug if row.tenant else None,
        "scopes": row.scopes,
        "device": row.device,
        "hint": row.token_key[:7] + "…",
        "created": ms(row.created),
        "expires": ms(row.expiry),
        "last_used": ms(row.last_used),
    }


def audit_entry(row: AuditEntry) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": ms(row.at),
        "username": row.username,
        "via": row.via,
        "address": row.address,
        "tenant": row.tenant_slug or None,
        "action": row.action,
        "target": row.target,
        "detail": row.detail,
    }
