"""Callers of the contract tests: an engineer and an admin of one tenant, and an operator of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from tests.installation import PASSWORD, Platform

CALLERS = ("engineer", "admin", "operator")
TENANT, SPARE = "gate", "spare"  # operators may do to the spare one what they like


@dataclass(frozen=True)
class Caller:
    """Signed in by a token that may do all that the person may."""

    name: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def must(self, platform: Platform, method: str, path: str, **kwargs: Any) -> Any:
        response = requests.request(method, platform.url + path, headers=self.headers, timeout=30, **kwargs)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None


def make_callers(platform: Platform) -> dict[str, Caller]:
    for slug in (TENANT, SPARE):
        platform.ensure_tenant(slug)
    for name in CALLERS:
        platform.ensure_person(name, None if name == "operator" else TENANT, name)
    return {name: sign_in(platform, name) for name in CALLERS}


def sign_in(platform: Platform, name: str) -> Caller:
    body = {"username": name, "password": PASSWORD}
    response = requests.post(f"{platform.url}/api/v1/login", json=body, timeout=30)
    assert response.ok, response.text
    return Caller(name, response.json()["token"])
