"""Who may open a stream, for how long, and how many."""

from __future__ import annotations

import time

import pytest
import requests

from tests.stream.conftest import Listen, Plant
from tests.stream.events import Listener
from tests.waiting import WAIT_S, wait_until

WITHDRAWN_S = WAIT_S


@pytest.fixture(scope="module")
def viewer(plant: Plant) -> str:
    plant.platform.ensure_person("viewer-streaming", plant.tenant, "viewer")
    return "viewer-streaming"


def test_strangers_and_invented_tokens_get_none(plant: Plant, listen: Listen) -> None:
    for headers in ({}, {"Authorization": "Bearer pt_" + "0" * 64}):
        refused = listen(headers, sensors=plant.sensors["TT-0"])
        assert refused.status == 401
        assert refused.headers["Content-Type"] == "application/problem+json"


def test_another_tenant_s_sensors_are_unknown(plant: Plant, rival: Plant, listen: Listen) -> None:
    outsider = rival.headers()
    for params in (
        {"sensors": plant.sensors["TT-0"]},
        {"sensors": f"{rival.sensors['TT-0']},{plant.sensors['TT-0']}"},
        {"site": plant.site},
    ):
        assert listen(outsider, **params).status == 404
    assert listen({**outsider, "X-Plantrace-Tenant": plant.tenant}, sensors=rival.sensors["TT-0"]).status in (400, 404)


def test_a_stream_has_nothing_of_another_tenant(plant: Plant, rival: Plant, listen: Listen) -> None:
    ours, theirs = listen(site=plant.site, topics="jobs"), listen(rival.headers(), site=rival.site, topics="jobs")
    plant.write(**{"TT-0": 71.0})
    rival.write(**{"TT-0": 72.0})
    ours.wait_for(lambda it: it.values().get(plant.sensors["TT-0"], {}).get("v") == 71.0)
    theirs.wait_for(lambda it: it.values().get(rival.sensors["TT-0"], {}).get("v") == 72.0)
    assert set(theirs.values()) <= set(rival.sensors.values())
    assert set(ours.values()) <= set(plant.sensors.values())
    last = theirs.last_id
    ours_again = listen({**plant.headers(), "Last-Event-ID": last}, site=plant.site)
    ours_again.wait_for(lambda it: it.named("values"))
    assert set(ours_again.values()) <= set(plant.sensors.values())


def test_a_token_for_sending_samples_gets_none(plant: Plant, listen: Listen) -> None:
    out = plant.platform.shell(
        f"""
from access import operations as access
from access.models import User
from tenants.models import Tenant
user, tenant = User.objects.get(username={plant.engineer!r}), Tenant.objects.get(slug={plant.tenant!r})
print("token=" + access.create_token(user, tenant, ["ingest"], "device"))
"""
    )
    device = {"Authorization": f"Bearer {out.split('token=')[-1].strip()}"}
    assert listen(device, sensors=plant.sensors["TT-0"]).status == 403


@pytest.mark.parametrize(
    ("params", "slug"),
    [
        ({}, "nothing-to-stream"),
        ({"sensors": ","}, None),
        ({"topics": "weather"}, None),
        ({"topics": "jobs,tenants"}, "streams-apart"),
        ({"colour": "blue", "topics": "jobs"}, None),
    ],
)
def test_a_stream_of_nothing_known_is_refused(
    plant: Plant, listen: Listen, params: dict[str, str], slug: str | None
) -> None:
    refused = listen(**params)
    assert refused.status == 400
    assert slug is None or refused.problem["type"] == f"/problems/{slug}"


def test_the_topic_of_operators_is_theirs(plant: Plant, listen: Listen) -> None:
    plant.platform.ensure_person("operator")
    assert listen(topics="tenants").status == 403
    assert listen(plant.headers("operator"), topics="tenants").status == 200


def test_a_withdrawn_membership_ends_the_stream_within_seconds(plant: Plant, viewer: str, listen: Listen) -> None:
    listener = listen(plant.headers(viewer), sensors=plant.sensors["TT-0"])
    listener.wait_for(lambda it: it.named("values"))
    other = listen(sensors=plant.sensors["TT-0"])
    plant.platform.shell(
        f"""
from access import operations as access
from access.models import Membership
access.remove_membership(Membership.objects.get(user__username={viewer!r}, tenant__slug={plant.tenant!r}))
"""
    )
    assert listener.ended.wait(WITHDRAWN_S)
    assert listener.named("end")[0].data == {"reason": "access has ended"}
    assert not other.ended.is_set(), "of somebody else"
    deadline = time.monotonic() + WITHDRAWN_S  # another web process may hear of it later
    while (status := listen(plant.headers(viewer), sensors=plant.sensors["TT-0"]).status) != 401:
        assert time.monotonic() < deadline, status
        time.sleep(0.2)


def test_a_revoked_token_ends_its_stream_and_no_other(plant: Plant, listen: Listen) -> None:
    token = plant.platform.call("POST", "/api/v1/login", plant.engineer, json=_password(plant), headers={}).json()
    login = {"Authorization": f"Bearer {token['token']}", "X-Plantrace-Tenant": plant.tenant}
    listener, other = listen(login, sensors=plant.sensors["TT-0"]), listen(sensors=plant.sensors["TT-0"])
    listener.wait_for(lambda it: it.named("values"))
    response = requests.post(f"{plant.platform.url}/api/v1/logout", headers=login, timeout=10)
    assert response.status_code == 204, response.text
    assert listener.ended.wait(WITHDRAWN_S)
    assert not other.ended.is_set()


def test_a_person_cannot_have_any_number_of_streams(plant: Plant) -> None:
    opened: list[Listener] = []
    try:
        for _ in range(40):
            opened.append(Listener(plant.url, plant.headers(), topics="jobs"))
            if opened[-1].status != 200:
                break
        refused = opened.pop()
        assert refused.status == 429 and int(refused.headers["Retry-After"]) > 0
        assert refused.problem["type"] == "/problems/too-many-streams"
        assert len(opened) == 30
    finally:
        for each in opened:
            each.close()
    wait_until(lambda: Listener(plant.url, plant.headers(), topics="jobs").status == 200)


def test_a_page_of_this_host_may_read_it_from_the_other_port_and_no_other_page(plant: Plant) -> None:
    params = {"sensors": plant.sensors["TT-0"]}
    ours = plant.platform.url
    for origin, allowed in (
        (ours, True),
        ("http://127.0.0.1:1", False),
        (f"http://evil.example:{ours.rpartition(':')[2]}", False),
        (ours.replace("http:", "https:"), False),
        ("null", False),
    ):
        preflight = requests.options(
            plant.url, params=params, timeout=5, headers={"Origin": origin, "Access-Control-Request-Method": "GET"}
        )
        assert (preflight.headers.get("Access-Control-Allow-Origin") == origin) is allowed, origin
        listener = Listener(plant.url, {**plant.headers(), "Origin": origin}, **params)
        assert (listener.headers.get("Access-Control-Allow-Origin") == origin) is allowed, origin
        listener.close()


def test_the_web_process_sends_browsers_to_the_stream_s_port(plant: Plant, rival: Plant) -> None:
    address, params = f"{plant.platform.url}/api/v1/stream", {"sensors": plant.sensors["TT-0"]}
    response = requests.get(address, params=params, headers=plant.headers(), timeout=5, allow_redirects=False)
    assert response.status_code == 307
    assert response.headers["Location"] == f"{plant.url}?sensors={plant.sensors['TT-0']}"
    outsider = requests.get(address, params=params, headers=rival.headers(), timeout=5, allow_redirects=False)
    assert outsider.status_code == 404
    page = requests.get(plant.platform.url, timeout=5).headers["Content-Security-Policy"]
    assert f"connect-src 'self' 127.0.0.1:{plant.platform.home.port('stream')};" in page + ";"


def test_the_process_serves_nothing_else(plant: Plant) -> None:
    root = plant.url.removesuffix("/api/v1/stream")
    assert requests.get(f"{root}/healthz", timeout=5).json() == {"alive": True}
    for path in ("/", "/api/v1/sites", "/api/v1/stream/subscription"):
        assert requests.get(root + path, headers=plant.headers(), timeout=5).status_code == 404
    assert requests.post(plant.url, headers=plant.headers(), timeout=5).status_code == 405


def _password(plant: Plant) -> dict[str, str]:
    person = plant.platform.people[plant.engineer]
    return {"username": person["username"], "password": person["password"]}
