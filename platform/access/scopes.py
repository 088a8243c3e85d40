"""What a credential may be used for, and what a role leaves of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kernel.errors import BadRequest
from web.caller import Role

READ, WRITE, INGEST, OPERATE = "read", "write", "ingest", "operate"
ACCOUNT: Final = (
    "account"  # changes people and credentials: only for people who are signed in, never a pipeline's token
)
DATA: Final = frozenset({READ, WRITE, INGEST})

_OF_ROLE: Final = {
    Role.viewer: frozenset({READ}),
    Role.engineer: DATA,
    Role.admin: DATA,
}


def of_role(role: Role) -> frozenset[str]:
    """The data scopes that a role allows."""
    return _OF_ROLE[role]


def check_tenant_scopes(wanted: Iterable[str], role: Role) -> frozenset[str]:
    """The scopes of a token for a tenant, checked. BadRequest names the one that is not allowed."""
    scopes = frozenset(wanted)
    if not scopes:
        raise BadRequest(
            "scopes is empty: name at least one of read, write, ingest.", slug="bad-scopes", field="scopes"
        )
    if unknown := scopes - DATA:
        raise BadRequest(
            f"A tenant's token cannot have the scope “{sorted(unknown)[0]}”; it may have read, write, ingest.",
            slug="bad-scopes",
            field="scopes",
        )
    if beyond := scopes - of_role(role):
        raise BadRequest(
            f"Your role in the tenant is “{role.name}”, which does not include the scope “{sorted(beyond)[0]}”.",
            slug="bad-scopes",
            field="scopes",
        )
    return scopes
