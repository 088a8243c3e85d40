"""The demo's users: created once, with random passwords."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from knox.crypto import hash_token

from access import operations as access
from access.models import ApiToken, User
from demo.state import DemoState, Login
from tenants.models import Tenant

DEMO, OTHER = "demo", "other"
MIN_VALIDITY = timedelta(days=7)  # a token that expires sooner is replaced
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# name: (tenant, role); the operator is in no tenant
PEOPLE: dict[str, tuple[str | None, str]] = {
    "operator": (None, ""),
    "admin": (DEMO, "admin"),
    "engineer": (DEMO, "engineer"),
    "viewer": (DEMO, "viewer"),
    "outsider": (OTHER, "engineer"),
}


class NotADemo(Exception):
    """The installation is in use without a demo."""


def prepare(known: DemoState | None) -> DemoState:
    """Logins for all demo users, to be saved before they are used. Raises NotADemo."""
    if known is None and User.objects.exists():
        raise NotADemo(
            "This installation has users but no demo, so it is not touched. "
            "Set PLANTRACE_HOME to another folder to have a demo there."
        )
    logins = known.people if known else {}
    return DemoState(
        DEMO,
        {name: logins.get(name) or Login(name, new_password()) for name in PEOPLE},
        known.device_token if known else "",
    )


def ensure_people(state: DemoState) -> DemoState:
    """Ensure that all demo users exist, can sign in and have a valid token."""
    logins = {name: _ensure(login) for name, login in state.people.items()}
    device = state.device_token if _is_valid(state.device_token) else _device_token()
    return DemoState(state.tenant, logins, device)


def _ensure(login: Login) -> Login:
    slug, role = PEOPLE[login.username]
    user = User.objects.filter(username=login.username).first() or access.create_user(
        login.username, login.password, operator=slug is None
    )
    tenant = Tenant.objects.get(slug=slug) if slug else None
    if tenant is not None and not user.memberships.filter(tenant=tenant, role=role, active=True).exists():
        access.ensure_membership(user, tenant, role)
    return login if _is_valid(login.token) else Login(login.username, login.password, _token(user))


def _token(user: User) -> str:
    """A login token, so that scripts may do everything the user may."""
    return access.create_login_token(user)[1]


def _device_token() -> str:
    engineer = User.objects.get(username="engineer")
    return access.create_token(engineer, Tenant.objects.get(slug=DEMO), ("ingest",), "Plant simulator")


def _is_valid(token: str) -> bool:
    lasts = Q(expiry__isnull=True) | Q(expiry__gt=timezone.now() + MIN_VALIDITY)
    return ApiToken.objects.filter(lasts, digest=hash_token(token)).exists()


def new_password() -> str:
    """Three groups of five, easy to type: 74 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3))
