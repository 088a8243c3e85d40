"""Who a credential stands for, and which tenant a request of theirs is about. Values and pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from access import scopes
from kernel.errors import BadRequest, NotFound
from web.caller import Caller, Role


@dataclass(frozen=True, slots=True)
class Seat:
    """An active membership in a tenant that lives."""

    tenant_id: str
    slug: str
    role: Role


@dataclass(frozen=True, slots=True)
class Identity:
    """All that a credential opens. `bound`: the slug of the only tenant that its token is for."""

    user_id: int
    username: str
    operator: bool
    via: Literal["session", "token"]
    scopes: frozenset[str]
    seats: Mapping[str, Seat]
    bound: str | None = None
    expires: datetime | None = None

    def caller(self, seat: Seat | None) -> Caller:
        """The caller as the views know them; a seat's role narrows what the credential may do."""
        allowed = self.scopes
        if seat is not None:
            allowed = allowed - scopes.DATA | (allowed & scopes.of_role(seat.role))
        return Caller(
            user_id=self.user_id,
            username=self.username,
            role=seat.role if seat else None,
            scopes=allowed,
            operator=self.operator,
            via=self.via,
        )


def choose_seat(identity: Identity, named: Collection[str]) -> Seat | None:
    """The seat that a request is about, given the tenants it names (by subdomain, header, query or page).

    BadRequest where they disagree, NotFound where it is not theirs; None where nobody said and there are several.
    """
    slugs = set(named)
    if len(slugs) > 1:
        raise BadRequest(
            f"The request names two tenants ({', '.join(sorted(slugs))}); name one.", slug="tenants-disagree"
        )
    if slugs:
        slug = slugs.pop()
        seat = identity.seats.get(slug)
        if seat is None:
            raise NotFound(f"There is no tenant “{slug}” among yours.", slug="no-such-tenant")
        if identity.bound is not None and slug != identity.bound:
            raise BadRequest(
                f"This token is for the tenant {identity.bound}, but the request names {slug}.", slug="tenants-disagree"
            )
        return seat
    if identity.bound is not None:
        return identity.seats.get(identity.bound)
    if len(identity.seats) == 1:
        return next(iter(identity.seats.values()))
    return None
