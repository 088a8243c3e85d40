"""Operations on people, memberships, tokens and invitations; each change is announced to every process."""

from access.operations.epochs import bump_epoch
from access.operations.people import (
    change_membership,
    create_user,
    ensure_membership,
    remove_membership,
    set_user_active,
)
from access.operations.tokens import create_login_token, create_token, revoke_token

__all__ = [
    "bump_epoch",
    "change_membership",
    "create_login_token",
    "create_token",
    "create_user",
    "ensure_membership",
    "remove_membership",
    "revoke_token",
    "set_user_active",
]
