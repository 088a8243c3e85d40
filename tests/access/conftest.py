"""Users and tenants of the access tests. The tenants are rows only: these tests do not touch their data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis
from django.test import Client

from access import operations
from access.models import User
from access.resolution import identity_cache
from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.redis.limits import PREFIX
from tenants import secrets
from tenants.lifecycle import State
from tenants.models import Tenant
from tests.conftest import PASSWORD

MakeTenant = Callable[..., Tenant]
MakePerson = Callable[..., User]
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def fresh_process(servers: Supervisor, home: Home) -> None:
    """Clears caches and counters of attempts."""
    identity_cache().clear()
    client = redis.Redis.from_url(home.redis_url)
    if keys := list(client.scan_iter(f"{PREFIX}*")):
        client.delete(*keys)


@pytest.fixture
def make_tenant(db: None) -> MakeTenant:
    def make(slug: str = "acme", state: State = State.ready) -> Tenant:
        return Tenant.objects.create(
            slug=slug,
            name=slug.capitalize(),
            state=state,
            endpoints={"http": "http://127.0.0.1:1"},
            encrypted_secrets=secrets.encrypt(secrets.make_secrets()),
        )

    return make


@pytest.fixture
def make_person(db: None) -> MakePerson:
    """`make_person("anna", acme, "admin")`; without a tenant, a user without memberships."""

    def make(username: str, tenant: Tenant | None = None, role: str = "engineer", operator: bool = False) -> User:
        user = User.objects.filter(username=username).first() or operations.create_user(
            username, PASSWORD, operator=operator
        )
        if tenant is not None:
            operations.ensure_membership(user, tenant, role)
        return user

    return make


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A browser in which the person is signed in, with the CSRF check on and the header sent."""

    def sign_in(user: User) -> Client:
        return browser(user.username, PASSWORD)

    return sign_in


def browser(username: str, password: str) -> Client:
    client = Client(enforce_csrf_checks=True)
    csrf = client.get("/api/v1/session").json()["csrf"]
    response = client.post(
        "/api/v1/session",
        {"username": username, "password": password},
        content_type="application/json",
        headers={"X-CSRFToken": csrf},
    )
    assert response.status_code == 200, response.content
    client.defaults["HTTP_X_CSRFTOKEN"] = response.json()["csrf"]
    return client


def bearer(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"}, enforce_csrf_checks=True)


def login_client(user: User) -> Client:
    """A client with a login token."""
    return bearer(operations.create_login_token(user)[1])
