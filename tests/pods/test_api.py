"""A tenant's own API pods serve that tenant's users, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from tests.installation import PASSWORD, Platform
from tests.pods.pod import PLATFORM_KEYS, Pod, PodApi, environment_of
from tests.pods.test_writer import T, web_answers
from tests.waiting import wait_until

THE_CONTROL_PLANE_S = [
    "/", "/t/podded/home", "/static/x.js", "/api/schema/", "/metrics", "/internal/v1/tenant",
    *(f"/api/v1/{name}" for name in ("me", "session", "members", "tokens", "audit", "tenants", "imports", "sources")),
]  # fmt: skip
REVOKED_WITHIN_S = 3.0  # as docs/adr/0040 says


@pytest.fixture(scope="module")
def api(pod: Pod) -> Iterator[PodApi]:
    with pod.api() as api:
        yield api


def token_of(platform: Platform, slug: str) -> str:
    return str(platform.people[f"engineer-{slug}"]["token"])


def test_it_has_none_of_the_platform_s_keys(api: PodApi) -> None:
    assert not PLATFORM_KEYS & environment_of(api.process.pid).keys()


def test_its_people_read_and_write(plants: Platform, api: PodApi) -> None:
    mine = token_of(plants, "podded")
    sensor = api.call("GET", "/api/v1/sensors", mine).json()["results"][0]
    assert sensor["tag"] == "TT-1"
    response = api.call("POST", "/write?precision=s", mine, data=f"works,sensor=TT-1 value=7.5 {T + 500}")
    assert response.status_code == 204, response.text
    wait_until(lambda: api.call("GET", f"/api/v1/values?sensors={sensor['id']}", mine).json()["values"][0]["v"] == 7.5)
    query = f"method=raw&start={T * 1000}&end={(T + 1000) * 1000}&points=100"
    wait_until(lambda: 7.5 in api.call("GET", f"/api/v1/sensors/{sensor['id']}/samples?{query}", mine).json()["v"])


def test_totals_and_calculated_series_are_read(plants: Platform, api: PodApi) -> None:
    mine = token_of(plants, "podded")
    sensor = api.call("GET", "/api/v1/sensors", mine).json()["results"][0]
    content = {"site": sensor["site"], "name": "Twice", "expression": "{TT-1} * 2"}
    made = plants.call("POST", "/api/v1/calculated", "engineer-podded", json=content)
    assert made.status_code == 201, made.text
    id, span = made.json()["id"], f"start={T * 1000}&end={(T + 1000) * 1000}"
    totals = api.call("GET", f"/api/v1/sensors/{sensor['id']}/totals?{span}", mine)
    assert totals.status_code == 200 and totals.json()["sensor"] == sensor["id"], totals.text
    samples = api.call("GET", f"/api/v1/sensors/{id}/samples?{span}", mine)
    assert samples.status_code == 200 and samples.json()["sensor"] == id, samples.text
    [value] = api.call("GET", f"/api/v1/values?sensors={id},{sensor['id']}", mine).json()["values"][:1]
    assert value["sensor"] == id


def test_another_tenant_s_people_get_404_and_strangers_401(plants: Platform, api: PodApi) -> None:
    theirs, mine = token_of(plants, "beside"), token_of(plants, "podded")
    sensor = api.call("GET", "/api/v1/sensors", mine).json()["results"][0]["id"]
    for path in ("/api/v1/sensors", f"/api/v1/sensors/{sensor}", f"/api/v1/values?sensors={sensor}"):
        assert api.call("GET", path, theirs).status_code == 404, path
        assert api.call("GET", path, theirs, headers={"X-Plantrace-Tenant": "beside"}).status_code == 404, path
        assert api.call("GET", path, mine, headers={"X-Plantrace-Tenant": "beside"}).status_code == 404, path
        assert api.call("GET", path).status_code == 401, path
        assert api.call("GET", path, "made-up").status_code == 401, path
    response = api.call("POST", "/write?precision=s", theirs, data=f"works,sensor=TT-1 value=1 {T}")
    assert response.status_code == 404, response.text


def test_a_person_who_is_signed_in_in_a_browser_reads_and_must_send_the_csrf_token(
    plants: Platform, api: PodApi
) -> None:
    browser = requests.Session()
    csrf = browser.get(f"{plants.url}/api/v1/session", timeout=10).json()["csrf"]
    signed_in = browser.post(
        f"{plants.url}/api/v1/session",
        json={"username": "engineer-podded", "password": PASSWORD}, headers={"X-CSRFToken": csrf}, timeout=10,
    )  # fmt: skip
    assert signed_in.status_code == 200, signed_in.text
    assert browser.get(f"{api.url}/api/v1/sensors", timeout=10).status_code == 200
    site = {"slug": "second", "name": "Second", "timezone": "UTC"}
    assert browser.post(f"{api.url}/api/v1/sites", json=site, timeout=10).status_code == 403
    headers = {"X-CSRFToken": signed_in.json()["csrf"]}
    assert browser.post(f"{api.url}/api/v1/sites", json=site, headers=headers, timeout=10).status_code == 201


def test_a_revoked_token_is_refused_within_the_stated_time(plants: Platform, api: PodApi) -> None:
    out = plants.shell(
        """
from access import operations as access
from access.models import User
from tenants.models import Tenant
user = User.objects.get(username="engineer-podded")
print("token=" + access.create_token(user, Tenant.objects.get(slug="podded"), ["read"], "short"))
"""
    )
    token = out.split("token=")[-1].strip()
    assert api.call("GET", "/api/v1/sensors", token).status_code == 200
    revoke = (
        "from access import operations as access\nfrom access.models import ApiToken\nimport time\n"
        'access.revoke_token(ApiToken.objects.get(name="short"))\nprint(f"at={time.time()}")'
    )
    revoked = float(plants.shell(revoke).split("at=")[-1])
    while time.time() < revoked + REVOKED_WITHIN_S:
        api.call("GET", "/api/v1/sensors", token)  # so that it is remembered for as long as it may be
        time.sleep(0.05)
    assert api.call("GET", "/api/v1/sensors", token).status_code == 401


def test_control_plane_endpoints_return_421(plants: Platform, api: PodApi) -> None:
    mine = token_of(plants, "podded")
    for path in THE_CONTROL_PLANE_S:
        for method in ("GET", "POST"):
            response = api.call(method, path, mine)
            assert response.status_code == 421, f"{method} {path}: {response.status_code}"
            assert response.headers["Content-Type"] == "application/problem+json"


def test_no_address_of_the_platform_makes_it_fail(plants: Platform, api: PodApi) -> None:
    from tests.access.routes import VERBS, routes

    mine, wrong = token_of(plants, "podded"), []
    for route in routes():
        for verb in VERBS:
            path = route.path.replace("{", "").replace("}", "")
            response = api.call(verb.upper(), path, mine, json={})
            if response.status_code >= 500:
                wrong.append(f"{verb} {path}: {response.status_code} {response.text[:200]}")
    assert wrong == []


def test_while_the_control_plane_is_down_callers_get_503(plants: Platform, api: PodApi) -> None:
    mine = token_of(plants, "podded")
    assert api.call("GET", "/api/v1/sensors", mine).status_code == 200
    plants.supervisor.stop_program("web")
    try:
        time.sleep(2.1)
        response = api.call("POST", "/write?precision=s", mine, data=f"works,sensor=TT-1 value=1 {T}")
        assert response.status_code == 503 and response.headers["Retry-After"]
        ready = api.call("GET", "/readyz")
        assert ready.status_code == 200
    finally:
        plants.supervisor.start_program("web")
    wait_until(lambda: web_answers(plants))
    wait_until(lambda: api.call("GET", "/api/v1/sensors", mine).status_code == 200)


def test_changes_are_audited_with_their_author(plants: Platform, api: PodApi) -> None:
    plants.ensure_person("admin-podded", "podded", "admin")
    site = {"slug": "third", "name": "Third", "timezone": "UTC"}
    created = api.call("POST", "/api/v1/sites", token_of(plants, "podded"), json=site)
    assert created.status_code == 201, created.text
    entries = plants.get("/api/v1/audit?action=site.create", "admin-podded").json()["results"]
    [entry] = [entry for entry in entries if entry["target"] == created.json()["id"]]
    assert (entry["username"], entry["via"], entry["address"]) == ("engineer-podded", "token", "127.0.0.1")
