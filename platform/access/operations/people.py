"""Users and their memberships."""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from access.models import ApiToken, Invitation, Membership, User
from access.operations.epochs import bump_epoch
from access.signals import announce_leaving
from kernel.errors import BadRequest, Conflict
from tenants.models import Tenant
from web.audit import audit
from web.caller import Role

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,149}")


def checked_username(text: str) -> str:
    """In lower case. BadRequest says what a username may contain."""
    username = text.strip().lower()
    if not USERNAME.fullmatch(username):
        raise BadRequest(
            "A username has 2 to 150 letters a-z, digits and . _ @ + -, and begins with a letter or a digit.",
            slug="bad-username",
        )
    return username


def check_password(password: str, user: User) -> None:
    """BadRequest says what is weak about it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadRequest(" ".join(error.messages), slug="weak-password") from None


def create_user(username: str, password: str, *, name: str = "", email: str = "", operator: bool = False) -> User:
    """A new person. BadRequest: invalid name or password; Conflict: the name is taken."""
    user = User(username=checked_username(username), name=name.strip(), email=email.strip(), operator=operator)
    check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict(f"The username {user.username} is taken.", slug="username-taken") from None
    return user


def ensure_membership(user: User, tenant: Tenant, role: str | Role, active: bool = True) -> Membership:
    """The person's membership, with that role."""
    name = role.name if isinstance(role, Role) else Role[role].name
    membership, _ = Membership.objects.update_or_create(
        user=user, tenant=tenant, defaults={"role": name, "active": active}
    )
    bump_epoch(user=user)
    return membership


def change_membership(membership: Membership, *, role: Role | None = None, active: bool | None = None) -> Membership:
    """Change the role, or (de)activate. Conflict: the last admin.

    Deactivating removes the tokens for the tenant; demoting an admin, the invitations they made.
    """
    with transaction.atomic():
        membership = _locked(membership)
        if (role is not None and role is not Role.admin) or active is False:
            _keep_an_admin(membership)
        if role is not None:
            membership.role = role.name
        if active is not None:
            membership.active = active
        membership.save(update_fields=["role", "active"])
        if not membership.active:
            _drop_tokens(membership)
        if not membership.active or membership.rank is not Role.admin:
            _withdraw_invitations(membership.user_id, membership.tenant_id)
        bump_epoch(user=membership.user_id)
    return membership


def remove_membership(membership: Membership) -> None:
    """The person leaves the tenant, with all tokens for it and the invitations they made. Conflict: the last admin."""
    with transaction.atomic():
        membership = _locked(membership)
        _keep_an_admin(membership)
        _drop_tokens(membership)
        _withdraw_invitations(membership.user_id, membership.tenant_id)
        membership.delete()
        bump_epoch(user=membership.user_id)
        announce_leaving(membership.tenant.slug, membership.user_id)


def set_user_active(user: User, active: bool) -> None:
    """Activate a person, or end all they have: sessions, tokens, open invitations. Conflict: a tenant's last admin."""
    with transaction.atomic():
        if not active:
            for membership in Membership.objects.filter(user=user, active=True):
                _keep_an_admin(_locked(membership))
            ApiToken.objects.filter(user=user).delete()
            _withdraw_invitations(user.pk)
        User.objects.filter(pk=user.pk).update(
            is_active=active, generation=F("generation") if active else F("generation") + 1
        )
        user.refresh_from_db()
        bump_epoch(user=user)


def lock_people(tenant_id: str) -> None:
    """Until the transaction ends nobody else can change who manages the tenant's people."""
    list(Tenant.objects.select_for_update().filter(pk=tenant_id).values_list("pk"))


def _locked(membership: Membership) -> Membership:
    """The membership, while nobody else can change the tenant's admins."""
    lock_people(membership.tenant_id)
    return Membership.objects.select_related("user").get(pk=membership.pk)


def _keep_an_admin(membership: Membership) -> None:
    """Raises Conflict if nobody else could manage the tenant."""
    if membership.rank is not Role.admin or not membership.active or not membership.user.is_active:
        return
    if not _admins(membership.tenant_id).exclude(pk=membership.pk).exists():
        raise Conflict(
            f"{membership.user.username} is the last admin of the tenant. Make somebody else an admin first.",
            slug="last-admin",
        )


def has_admin(tenant: Tenant) -> bool:
    """Whether anybody can manage the tenant's people."""
    return _admins(tenant.id).exists()


def _admins(tenant_id: str) -> QuerySet[Membership]:
    return Membership.objects.filter(tenant_id=tenant_id, role=Role.admin.name, active=True, user__is_active=True)


def _drop_tokens(membership: Membership) -> None:
    ApiToken.objects.filter(user_id=membership.user_id, tenant_id=membership.tenant_id).delete()


def _withdraw_invitations(user_id: int, tenant_id: str | None = None) -> None:
    """Pending ones: into that tenant, or into any."""
    invitations = Invitation.objects.filter(invited_by_id=user_id, accepted__isnull=True)
    for row in (invitations.filter(tenant_id=tenant_id) if tenant_id else invitations).select_related("tenant"):
        detail = {"role": row.role, "email": row.email, "reason": "the inviter may no longer invite"}
        audit(None, "member.uninvite", row.id, detail, tenant=row.tenant.slug)
        row.delete()
