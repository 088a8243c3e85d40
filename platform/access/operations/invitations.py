"""Invitations: a link that works once, for a week."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from access.models import Invitation, Membership, User
from access.operations.people import ensure_membership, lock_people
from access.throttling import take_mail
from kernel.errors import Conflict, NotFound
from tenants.lifecycle import State
from tenants.models import Tenant
from web.caller import Role

Invitations = QuerySet[Invitation]
LIFETIME = timedelta(days=7)
GONE = [State.deleting, State.deleted]


def invite(tenant: Tenant, role: Role, email: str, by: User, now: datetime) -> tuple[Invitation, str]:
    """A new invitation and the secret of its link, of which only the digest is stored. TooManyRequests."""
    take_mail(tenant.id, email)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        digest=_digest(token), tenant=tenant, role=role.name, email=email.strip(), invited_by=by, expires=now + LIFETIME
    )
    return invitation, token


def find(token: str, now: datetime) -> Invitation:
    """The invitation of a link.

    NotFound: unknown, used, withdrawn, expired, the tenant is gone, or the inviter may no longer invite.
    """
    found = (
        Invitation.objects.select_related("tenant", "invited_by")
        .filter(digest=_digest(token), accepted__isnull=True, expires__gt=now)
        .exclude(tenant__state__in=GONE)
        .first()
    )
    if found is None or not _may_invite(found.invited_by, found.tenant_id):
        raise NotFound(
            "This invitation does not exist, has been used, or has expired. Ask for a new one.", slug="no-invitation"
        )
    return found


@transaction.atomic
def accept(invitation: Invitation, user: User, now: datetime) -> Membership:
    """The person becomes a member. NotFound: used or withdrawn in the meantime; Conflict: already a member."""
    lock_people(invitation.tenant_id)  # nobody is demoted while the inviter is checked
    by = invitation.invited_by_id
    if by is None or not _may_invite(User.objects.filter(pk=by).first(), invitation.tenant_id):
        raise NotFound("This invitation has just been withdrawn. Ask for a new one.", slug="no-invitation")
    taken = Invitation.objects.filter(pk=invitation.pk, accepted__isnull=True).update(accepted=now)
    if not taken:
        raise NotFound("This invitation has just been used. Ask for a new one.", slug="no-invitation")
    if Membership.objects.filter(user=user, tenant=invitation.tenant, active=True).exists():
        raise Conflict(f"{user.username} is already a member of {invitation.tenant.slug}.", slug="already-member")
    return ensure_membership(user, invitation.tenant, invitation.role)


def _may_invite(inviter: User | None, tenant_id: str) -> bool:
    """Currently an admin of the tenant, or an operator."""
    if inviter is None or not inviter.is_active:
        return False
    admin = Membership.objects.filter(user=inviter, tenant_id=tenant_id, active=True, role=Role.admin.name)
    return inviter.operator or admin.exists()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
