"""A running installation with two tenants, and the environment of acme's own pods."""

from __future__ import annotations

import pytest

from tests.installation import Platform
from tests.pods.pod import Pod


@pytest.fixture(scope="module")
def plants(platform: Platform) -> Platform:
    """Tenants `podded` and `beside`, each with a site `works` and a sensor `TT-1`."""
    for slug in ("podded", "beside"):
        platform.ensure_tenant(slug)
        person = platform.ensure_person(f"engineer-{slug}", slug)["username"]
        for kind, item in (
            ("sites", {"slug": "works", "name": "Works", "timezone": "UTC"}),
            ("sensors", {"site": "works", "tag": "TT-1", "name": "TT-1"}),
        ):
            response = platform.call("POST", f"/api/v1/{kind}/bulk", person, json={"items": [item]})
            assert response.status_code == 200, response.text
    return platform


@pytest.fixture(scope="module")
def pod(plants: Platform, tmp_path_factory: pytest.TempPathFactory) -> Pod:
    return Pod.of(plants, "podded", tmp_path_factory.mktemp("pod"))
