"""Releases, roll-outs and previews over HTTP and from the command line."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.models import AuditEntry
from kernel.tenancy import TenantConnection
from tenants import reconciler
from tenants.models import RolloutMember, Tenant
from tenants.rollouts import queries
from tenants.rollouts.machine import MemberState
from tests.conftest import ClientFor
from tests.tenants.conftest import MakeTenant
from tests.tenants.conftest import make_tenant as make_tenant

API = "/api/v1"


@pytest.fixture
def operator(client_for: ClientFor) -> Client:
    return client_for("operator")


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"{API}/{path}", body, content_type="application/json")


def commands(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_release_is_created_listed_and_deleted(operator: Client) -> None:
    created = post(operator, "releases", name="2.0", images={"influxdb": "influxdb:1.8.10"}, notes="Faster")
    assert created.status_code == 201
    assert created["Location"] == f"{API}/releases/2.0"
    assert (created.json()["notes"], created.json()["created_by"]) == ("Faster", "operator")
    assert [each["name"] for each in operator.get(f"{API}/releases").json()["results"]] == ["2.0"]
    assert operator.get(f"{API}/releases/2.0").json()["tenants"] == 0
    assert post(operator, "releases", name="2.0").status_code == 409
    assert post(operator, "releases", name="2.0", colour="red").status_code == 400
    assert operator.delete(f"{API}/releases/2.0").status_code == 204
    assert operator.get(f"{API}/releases/2.0").status_code == 404
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"release.create", "release.delete"}


def test_a_roll_out_is_started_paused_resumed_and_rolled_back(operator: Client, acme: TenantConnection) -> None:
    post(operator, "releases", name="2.0")
    assert post(operator, "rollouts", release="9").status_code == 404
    started = post(operator, "rollouts", release="2.0", gate={"soak_s": 5})
    assert started.status_code == 201
    body = started.json()
    assert (body["state"], body["release"], body["gate"]["soak_s"]) == ("running", "2.0", 5)
    assert body["rings"] == [{"ring": "all", "states": {"waiting": 2}}]
    path = f"rollouts/{body['id']}"
    assert {each["tenant"] for each in operator.get(f"{API}/{path}/members").json()["results"]} == {"acme", "rival"}
    assert post(operator, f"{path}/pause").json()["state"] == "paused"
    assert post(operator, f"{path}/resume").json()["state"] == "running"
    assert post(operator, f"{path}/rollback", ring="canary").status_code == 409
    assert post(operator, f"{path}/rollback", ring="nobody").status_code == 400
    events = operator.get(f"{API}/{path}/events").json()["results"]
    assert [(each["what"], each["who"]) for each in events] == [
        ("resumed", "operator"), ("paused", "operator"), ("started", "operator"),
    ]  # fmt: skip
    post(operator, f"{path}/pause")
    listed = operator.get(f"{API}/rollouts").json()["results"]
    assert [each["id"] for each in listed] == [body["id"]]
    assert operator.get(f"{API}/rollouts/unone").status_code == 404
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "rollout.start", "rollout.pause", "rollout.resume",
    }  # fmt: skip


def test_roll_outs_are_paged_newest_first(operator: Client) -> None:
    ids = []
    for number in range(5):
        post(operator, "releases", name=f"2.{number}")
        ids.append(post(operator, "rollouts", release=f"2.{number}").json()["id"])
        post(operator, f"rollouts/{ids[-1]}/pause")
    first = operator.get(f"{API}/rollouts?limit=3").json()
    second = operator.get(first["next"]).json()
    assert [each["id"] for each in first["results"] + second["results"]] == ids[::-1]
    assert second["next"] is None


def test_a_roll_outs_tenants_and_history_are_read_by_the_page(operator: Client) -> None:
    """Those that need attention first, then by ring; newest events first."""
    assert set(queries.URGENCY) == set(MemberState)
    rings = ("canary", "early", "all")
    Tenant.objects.bulk_create(
        Tenant(slug=f"t-{n:02}", name="T", state="suspended", plan="", disk=f"d{n}", ring=rings[n % 3])
        for n in range(30)
    )
    post(operator, "releases", name="2.0")
    rollout = f"{API}/rollouts/{post(operator, 'rollouts', release='2.0').json()['id']}"
    for slug, state in (("t-08", "failed"), ("t-03", "done"), ("t-04", "upgrading")):
        RolloutMember.objects.filter(tenant__slug=slug).update(state=state)

    found: list[dict[str, Any]] = []
    answer = operator.get(f"{rollout}/members?limit=7").json()
    while True:
        found += answer["results"]
        if answer["next"] is None:
            break
        answer = operator.get(answer["next"]).json()
    assert answer["total"] == len(found) == 32
    slugs = [each["tenant"] for each in found]
    assert len(set(slugs)) == 32
    assert (slugs[:2], slugs[-1]) == (["t-08", "t-04"], "t-03")
    waiting = [each["ring"] for each in found if each["state"] == "waiting"]
    assert waiting == sorted(waiting, key=rings.index)
    page = operator.get(f"{rollout}/members?q=t-0&state=failed,done").json()
    assert [each["tenant"] for each in page["results"]] == ["t-08", "t-03"]

    for number in range(5):
        post(operator, f"rollouts/{rollout.rpartition('/')[2]}/{'pause' if number % 2 == 0 else 'resume'}")
    first = operator.get(f"{rollout}/events?limit=4").json()
    second = operator.get(first["next"]).json()
    whats = [each["what"] for each in first["results"] + second["results"]]
    assert whats == ["paused", "resumed", "paused", "resumed", "paused", "started"]
    assert (second["next"], first["total"]) == (None, 6)


@pytest.mark.parametrize("words", ["members?cursor=1", "members?cursor=1.x", "members?state=lost", "events?cursor=-1"])
def test_an_invalid_cursor_is_rejected(operator: Client, words: str) -> None:
    post(operator, "releases", name="2.0")
    rollout = post(operator, "rollouts", release="2.0").json()["id"]
    assert operator.get(f"{API}/rollouts/{rollout}/{words}").status_code == 400
    assert operator.get(f"{API}/rollouts/unone/{words.partition('?')[0]}").status_code == 404


def test_a_tenants_ring_release_and_pin_are_changed(operator: Client, make_tenant: MakeTenant) -> None:
    make_tenant("moving")
    post(operator, "releases", name="2.0")

    def patch(**body: Any) -> Any:
        return operator.patch(f"{API}/tenants/moving", body, content_type="application/json")

    assert patch(ring="canary", pinned=True).json()["ring"] == "canary"
    assert patch(ring="outer").status_code == 400
    assert patch(release="9").status_code == 400
    assert patch(size={"disk_gib": 50}).status_code == 400, "a local tenant has no size"
    body = patch(release="2.0").json()
    assert (body["state"], body["release"], body["pinned"]) == ("upgrading", "2.0", True)
    assert patch(release="").status_code == 409, "one thing after the other"
    reconciler.reconcile()
    assert operator.get(f"{API}/tenants/moving").json()["state"] == "ready"


def test_a_preview_shows_what_would_be_created_without_creating_it(operator: Client) -> None:
    post(operator, "releases", name="2.0", settings={"cacheMaxMemory": "256m"})
    before = Tenant.objects.count()
    response = post(operator, "tenants/preview", slug="planned", release="2.0")
    assert response.status_code == 200
    [manifest] = response.json()["manifests"]
    assert manifest["name"] == "influxdb.conf"
    assert 'cache-max-memory-size = "256m"' in manifest["text"]
    assert 'shared-secret = "…"' in manifest["text"]
    assert Tenant.objects.count() == before
    assert post(operator, "tenants/preview", slug="Not A Slug").status_code == 400
    assert post(operator, "tenants", slug="preview").status_code == 400


def test_a_tenants_manifest_is_what_runs_without_secrets(operator: Client, make_tenant: MakeTenant) -> None:
    tenant = make_tenant("shown")
    [manifest] = operator.get(f"{API}/tenants/shown/manifest").json()["manifests"]
    assert tenant.endpoints["http"].rpartition(":")[2] in manifest["text"]
    assert 'shared-secret = "…"' in manifest["text"]
    assert "influxdb.conf" in commands("tenants", "manifest", "shown")
    assert operator.get(f"{API}/tenants/nobody/manifest").status_code == 404


def test_the_same_from_the_command_line(operator: Client, make_tenant: MakeTenant) -> None:
    make_tenant("typed")
    commands("releases", "add", "2.0", "--set", "cacheMaxMemory=256m", "--image", "influxdb=influxdb:1.8.10")
    assert commands("releases", "list").split()[:2] == ["2.0", "0"]
    commands("tenants", "change", "typed", "--ring", "canary", "--pin", "--no-wait")
    assert Tenant.objects.get(slug="typed").pinned
    commands("tenants", "change", "typed", "--unpin", "--no-wait")
    started = commands("releases", "rollout", "2.0", "--gate", "soak_s=0")
    assert "release 2.0 is running, ring canary" in started
    assert "paused" in commands("releases", "pause")
    assert "running" in commands("releases", "resume")
    assert "canary   1 waiting" in commands("releases", "show")
    assert commands("releases", "rollouts").count("\n") == 1
    with pytest.raises(CommandError, match="nothing to roll back"):
        commands("releases", "rollback", "--ring", "canary")
    for arguments, says in (
        (("releases", "add", "3", "--set", "x"), "NAME=VALUE"),
        (("releases", "rollout", "2.0", "--gate", "soak_s=long"), "whole numbers"),
        (("releases", "remove", "2.0"), "in use"),
        (("tenants", "change", "typed"), "Nothing to change"),
    ):
        with pytest.raises(CommandError, match=says):
            commands(*arguments)
    commands("releases", "pause")
