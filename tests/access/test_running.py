"""In the running platform, with its several processes: revoked credentials are rejected everywhere within a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from stores.redis.client import TIMEOUT_S
from tests.installation import Platform
from tests.stopping import stopped
from tests.waiting import wait_until

WITHIN_S = 1.0
ASKED = 40  # requests on connections of their own, so that every process is met


@pytest.fixture(scope="module")
def people(platform: Platform) -> dict[str, dict[str, Any]]:
    platform.ensure_tenant("access")
    return {role: platform.ensure_person(f"{role}-access", "access", role) for role in ("admin", "engineer")}


def signed_in(platform: Platform, person: dict[str, Any]) -> dict[str, str]:
    body = {"username": person["username"], "password": person["password"]}
    response = requests.post(f"{platform.url}/api/v1/login", json=body, timeout=10)
    assert response.status_code == 200, response.text
    return {"Authorization": f"Bearer {response.json()['token']}"}


def statuses(platform: Platform, headers: dict[str, str], path: str = "/api/v1/sites") -> set[int]:
    def ask(_: int) -> int:
        return requests.get(platform.url + path, headers=headers, timeout=10).status_code

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(ask, range(ASKED)))


def assert_soon(read_statuses: Callable[[], set[int]], wanted: set[int]) -> None:
    """In every process, within a second from now, and permanently."""
    time.sleep(WITHIN_S)
    assert read_statuses() == wanted


def test_a_revoked_token_is_refused_by_every_process(platform: Platform, people: dict[str, dict[str, Any]]) -> None:
    admin = signed_in(platform, people["admin"])
    created = requests.post(
        f"{platform.url}/api/v1/tokens", json={"name": "t", "scopes": ["read"]}, headers=admin, timeout=10
    ).json()
    headers = {"Authorization": f"Bearer {created['token']}"}
    assert statuses(platform, headers) == {200}
    deleted = requests.delete(f"{platform.url}/api/v1/tokens/{created['id']}", headers=admin, timeout=10)
    assert deleted.status_code == 204
    assert_soon(lambda: statuses(platform, headers), {401})


def test_a_deactivated_person_is_rejected_by_every_process(
    platform: Platform, people: dict[str, dict[str, Any]]
) -> None:
    admin, engineer = signed_in(platform, people["admin"]), signed_in(platform, people["engineer"])
    assert statuses(platform, engineer) == {200}
    members = requests.get(f"{platform.url}/api/v1/members", headers=admin, timeout=10).json()["results"]
    (member,) = [row["id"] for row in members if row["username"] == "engineer-access"]
    response = requests.patch(
        f"{platform.url}/api/v1/members/{member}", json={"active": False}, headers=admin, timeout=10
    )
    assert response.status_code == 200
    assert_soon(lambda: statuses(platform, engineer, "/api/v1/sites?tenant=access"), {404})


def test_a_change_by_a_command_takes_effect_in_every_process(
    platform: Platform, people: dict[str, dict[str, Any]]
) -> None:
    admin = signed_in(platform, people["admin"])
    assert statuses(platform, admin, "/api/v1/tenants") == {403}
    platform.manage("create_operator", "admin-access")
    assert_soon(lambda: statuses(platform, admin, "/api/v1/tenants"), {200})


def test_the_tokens_of_a_deleted_tenant_are_dead_also_when_the_slug_is_used_again(platform: Platform) -> None:
    platform.ensure_tenant("going")
    person = platform.ensure_person("going-engineer", "going")
    headers = {"Authorization": f"Bearer {person['token']}"}
    assert statuses(platform, headers) == {200}
    response = platform.call("DELETE", "/api/v1/tenants/going?confirm=going", "operator")
    assert response.status_code == 202, response.text
    assert_soon(lambda: statuses(platform, headers), {401})
    wait_until(lambda: platform.get("/api/v1/tenants/going", "operator").status_code == 404)
    platform.ensure_tenant("going")
    assert statuses(platform, headers) == {401}


def test_while_redis_is_down_callers_are_resolved_by_the_database(
    platform: Platform, people: dict[str, dict[str, Any]]
) -> None:
    admin = signed_in(platform, people["admin"])
    assert statuses(platform, admin, "/api/v1/me") == {200}
    redis = platform.supervisor.status("redis")
    assert redis is not None
    with stopped(redis.pid):
        began = time.monotonic()
        response = requests.get(f"{platform.url}/api/v1/me", headers=admin, timeout=10)
        assert response.status_code == 200
        assert time.monotonic() - began < TIMEOUT_S, "each question to Redis is given up much sooner"
