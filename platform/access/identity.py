"""Whose credential it is, and which tenant a request is about. Values and pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from access import scopes
from kernel.errors import BadRequest, NotFound
from web.caller import Caller, Role


@dataclass(frozen=True, slots=True)
class MembershipView:
    """An active membership in a tenant that exists."""

    tenant_id: str
    slug: str
    role: Role


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything that a credential gives access to. `bound`: the slug of the only tenant that its token is for."""

    user_id: int
    username: str
    operator: bool
    via: Literal["session", "token"]
    scopes: frozenset[str]
    memberships: Mapping[str, MembershipView]
    bound: str | None = None
    expires: datetime | None = None
    token: str = ""  # its id
    device: str = ""  # that the token is bound to

    def caller(self, membership: MembershipView | None) -> Caller:
        """The caller as the views know them; a membership's role narrows what the credential may do."""
        allowed = self.scopes
        if membership is not None:
            allowed = allowed - scopes.DATA | (allowed & scopes.of_role(membership.role))
        return Caller(
            user_id=self.user_id,
            username=self.username,
            role=membership.role if membership else None,
            scopes=allowed,
            operator=self.operator,
            via=self.via,
            token=self.token,
            device=self.device,
        )


def choose_membership(identity: Identity, named: Collection[str]) -> MembershipView | None:
    """The membership that a request is about, given the tenants it names (by subdomain, header, query or page).

    BadRequest if they disagree, NotFound if it is not theirs; None if none is named and there are several.
    """
    slugs = set(named)
    if len(slugs) > 1:
        raise BadRequest(
            f"The request names two tenants ({', '.join(sorted(slugs))}); name one.", slug="tenants-disagree"
        )
    if slugs:
        slug = slugs.pop()
        membership = identity.memberships.get(slug)
        if membership is None:
            raise NotFound(f"You are not a member of a tenant “{slug}”.", slug="no-such-tenant")
        if identity.bound is not None and slug != identity.bound:
            raise BadRequest(
                f"This token is for the tenant {identity.bound}, but the request names {slug}.", slug="tenants-disagree"
            )
        return membership
    if identity.bound is not None:
        return identity.memberships.get(identity.bound)
    if len(identity.memberships) == 1:
        return next(iter(identity.memberships.values()))
    return None
