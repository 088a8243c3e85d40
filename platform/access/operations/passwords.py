"""New passwords: by whoever knows the old one, or with a link that works once."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from access.models import Membership, User
from access.operations.epochs import bump_epoch
from access.operations.people import check_password
from access.operations.tokens import revoke_all_tokens, revoke_login_tokens
from kernel.errors import BadRequest, Forbidden


class ResetTokens(PasswordResetTokenGenerator):
    """A link is also invalidated by a new membership: it must not give more access than when it was handed out."""

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        places = sorted(user.memberships.values_list("tenant_id", flat=True))
        return f"{super()._make_hash_value(user, timestamp)}{user.operator}{','.join(places)}"


tokens = ResetTokens()


def set_password(user: User, password: str, *, revoke_tokens: bool = False, but_digest: str | None = None) -> None:
    """All sessions and login tokens of the person end (except the caller's); optionally the named tokens too."""
    check_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        (revoke_all_tokens if revoke_tokens else revoke_login_tokens)(user, but_digest)
        bump_epoch(user=user)


def reset_token(user: User) -> str:
    """Valid for a day, until the password changes or the person signs in."""
    return f"{urlsafe_base64_encode(str(user.pk).encode())}.{tokens.make_token(user)}"


def user_of_reset(token: str) -> User:
    """BadRequest: the link is not valid (any more)."""
    encoded, _, secret = token.partition(".")
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(encoded)), is_active=True).first()
    except (ValueError, OverflowError):
        user = None
    if user is None or not tokens.check_token(user, secret):
        raise BadRequest("This link is no longer valid. Ask for a new one.", slug="bad-reset-link")
    return user


def check_may_hand_out_reset(membership: Membership) -> None:
    """A tenant's admin may only reset people who are in no other tenant: the link gives access to all they may do."""
    user = membership.user
    elsewhere = Membership.objects.filter(user=user).exclude(tenant_id=membership.tenant_id)
    if user.operator or elsewhere.exists():
        raise Forbidden(
            f"{user.username} has access beyond this tenant, so only the platform's operators can reset the password.",
            slug="not-only-yours",
        )
