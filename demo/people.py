"""The demo's people: made once, with passwords nobody knew before."""

from __future__ import annotations

import secrets

from knox.crypto import hash_token

from access import operations as access
from access.models import ApiToken, User
from access.operations.passwords import set_password
from demo.state import DemoState, Login
from tenants.models import Tenant

DEMO, OTHER = "demo", "other"
TOKEN_NAME = "Demo"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# name: (tenant, role); the operator belongs to no tenant
PEOPLE: dict[str, tuple[str | None, str]] = {
    "operator": (None, ""),
    "admin": (DEMO, "admin"),
    "engineer": (DEMO, "engineer"),
    "viewer": (DEMO, "viewer"),
    "outsider": (OTHER, "engineer"),
}


def ensure_people(known: DemoState | None) -> DemoState:
    """Everybody is there and can sign in. What `known` says is kept where it still works."""
    logins = {name: _ensure(name, known.people.get(name) if known else None) for name in PEOPLE}
    device = known.device_token if known and _is_valid(known.device_token) else _device_token()
    return DemoState(DEMO, logins, device)


def _ensure(name: str, known: Login | None) -> Login:
    slug, role = PEOPLE[name]
    user = User.objects.filter(username=name).first()
    password = known.password if known and user else new_password()
    if user is None:
        user = access.create_user(name, password, operator=slug is None)
    elif known is None:
        set_password(user, password)
    tenant = Tenant.objects.get(slug=slug) if slug else None
    if tenant is not None and not user.memberships.filter(tenant=tenant, role=role, active=True).exists():
        access.ensure_membership(user, tenant, role)
    token = known.token if known and _is_valid(known.token) else _token(user, tenant, role)
    return Login(name, password, token)


def _token(user: User, tenant: Tenant | None, role: str) -> str:
    if tenant is None:
        return access.create_token(user, None, ("operate",), TOKEN_NAME)
    scopes = ("read",) if role == "viewer" else ("read", "write", "ingest")
    return access.create_token(user, tenant, scopes, TOKEN_NAME)


def _device_token() -> str:
    engineer = User.objects.get(username="engineer")
    return access.create_token(engineer, Tenant.objects.get(slug=DEMO), ("ingest",), "Plant simulator")


def _is_valid(token: str) -> bool:
    return ApiToken.objects.filter(digest=hash_token(token)).exists()


def new_password() -> str:
    """Three groups of five, easy to type: 74 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3))
