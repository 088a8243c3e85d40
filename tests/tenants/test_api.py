"""Tenants over HTTP: what operators may do, and what everybody else gets."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kernel.tenancy import TenantConnection
from runtime.supervisor import Supervisor
from stores.timeseries import RefusedCredentials, Timeseries
from tenants import operations, reconciler
from tenants.models import Tenant, new_tenant_id
from tests.conftest import ClientFor
from tests.historian.plant import START, add_sensors
from tests.historian.test_ladder_work import send, writer_of
from tests.tenants.conftest import MakeTenant

URL = "/api/v1/tenants"
DEFAULT_LIMITS = {
    "sensors": 20_000,
    "samples_per_s": 100_000,
    "requests_per_s": 1_000,
    "stream_length": 1_000_000,
    "upload_bytes": 20 << 30,
    "catalog_documents": 50_000,
    "catalog_bytes": 32 << 20,
    "dead_letters": 10_000,
    "dead_letter_bytes": 4 << 20,
    "new_series_per_hour": 5_000,
    "events_per_s": 1_000,
    "events_per_day": 10_000_000,
    "event_types": 200,
    "event_fields": 250,
    "event_attachment_bytes": 5 << 30,
    "devices": 5_000,
    "open_commands": 1_000,
    "heartbeats_per_s": 500,
}


@pytest.fixture
def operator(client_for: ClientFor) -> Client:
    return client_for("operator")


def post(client: Client, **body: Any) -> Any:
    return client.post(URL, body, content_type="application/json")


def patch(client: Client, slug: str, **body: Any) -> Any:
    return client.patch(f"{URL}/{slug}", body, content_type="application/json")


def test_a_tenant_is_requested_watched_and_ready(operator: Client, make_tenant: MakeTenant) -> None:
    response = post(operator, slug="fresh", name="Fresh Foods")
    assert response.status_code == 202
    assert response["Location"] == f"{URL}/fresh"
    body = response.json()
    assert (body["state"], body["driver"], body["name"]) == ("requested", "local", "Fresh Foods")
    assert {step["state"] for step in body["steps"]} == {"waiting"}
    assert body["status"] == "Requested: Generate credentials (1 of 7)"

    reconciler.reconcile()

    body = operator.get(f"{URL}/fresh").json()
    assert (body["state"], body["status"], body["error"]) == ("ready", "Ready", "")
    assert {step["state"] for step in body["steps"]} == {"done"}
    assert all(step["seconds"] >= 0 for step in body["steps"])
    assert body["endpoints"]["http"].startswith("http://127.0.0.1:")
    assert body["limits"] == DEFAULT_LIMITS
    operations.delete("fresh", "fresh")
    reconciler.reconcile()


def test_no_credential_is_exposed(operator: Client, make_tenant: MakeTenant) -> None:
    tenant = make_tenant("discreet")
    assert tenant.secrets is not None
    text = operator.get(f"{URL}/discreet").content.decode() + operator.get(URL).content.decode()
    for each in (tenant.secrets.admin, tenant.secrets.writer, tenant.secrets.reader):
        assert each.password not in text
    assert tenant.encrypted_secrets not in text


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 400, "slug"),
        ({"slug": "Acme Corp"}, 400, "acme-corp"),
        ({"slug": "api"}, 400, "reserved"),
        ({"slug": 7}, 400, "$.slug"),
        ({"slug": "fine", "driver": "helm"}, 400, "use one of: local"),
        ({"slug": "fine", "driver": "gitops"}, 400, "use one of: local"),
        ({"slug": "fine", "cluster": "north"}, 400, "takes no cluster"),
        ({"slug": "fine", "colour": "red"}, 400, "colour"),
        ({"slug": "fine", "name": "x" * 121}, 400, "1 to 120"),
        ({"slug": "fine", "limits": {"sensors": 0}}, 400, "1 …"),
        ({"slug": "fine", "limits": {"sensor": 5}}, 400, "Did you mean “sensors”?"),
        ({"slug": "fine", "limits": {"sensors": 10**9}}, 400, "outside 1"),
        ({"slug": "fine", "adopt_disk": "acme"}, 400, "not the id of a kept disk"),
        ({"slug": "fine", "adopt_disk": "taaaaaaaaaa"}, 404, "no kept disk"),
        ({"slug": "acme"}, 409, "choose another"),
    ],
)
def test_a_bad_request_returns_what_would_be_valid(
    operator: Client, acme: TenantConnection, body: dict[str, Any], status: int, says: str
) -> None:
    response = post(operator, **body)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert says in response.json()["detail"]
    assert set(Tenant.objects.values_list("slug", flat=True)) == {"acme", "rival"}, "nothing may be half done"


def test_the_list_is_searched_filtered_and_paged(operator: Client, acme: TenantConnection) -> None:
    for number in range(5):
        operations.create(operations.NewTenant(slug=f"mill-{number}", name=f"Paper Mill {number}"))
    slugs = lambda query: [each["slug"] for each in operator.get(f"{URL}{query}").json()["results"]]  # noqa: E731
    assert slugs("") == ["acme", "mill-0", "mill-1", "mill-2", "mill-3", "mill-4", "rival"]
    assert slugs("?q=PAPER+mill+3") == ["mill-3"]
    assert slugs("?state=ready") == ["acme", "rival"]
    assert slugs("?driver=helm") == []
    first = operator.get(f"{URL}?limit=4").json()
    second = operator.get(first["next"]).json()
    assert [each["slug"] for each in first["results"] + second["results"]] == slugs("")
    assert second["next"] is None
    for wrong in ("?state=stopped", "?limit=0", "?limit=x"):
        assert operator.get(f"{URL}{wrong}").status_code == 400
    Tenant.objects.filter(slug__startswith="mill-").delete()


def test_a_page_of_tenants_takes_six_queries_at_any_size(
    operator: Client, acme: TenantConnection, django_assert_max_num_queries: Any
) -> None:
    operator.get(URL)  # who asks is known from here on
    Tenant.objects.bulk_create(
        Tenant(id=(id := new_tenant_id()), disk=id, slug=f"many-{n}", name=f"{n}") for n in range(60)
    )
    with django_assert_max_num_queries(6):
        page = operator.get(f"{URL}?limit=62").json()["results"]
    assert len(page) == 62
    Tenant.objects.filter(slug__startswith="many-").delete()


def test_name_and_limits_are_changed_and_the_rest_stays(operator: Client, make_tenant: MakeTenant) -> None:
    make_tenant("changing", name="Before")
    body = patch(operator, "changing", name="After", limits={"sensors": 50}).json()
    assert (body["name"], body["slug"], body["state"]) == ("After", "changing", "ready")
    assert body["limits"] == {**DEFAULT_LIMITS, "sensors": 50}
    assert Tenant.objects.get(slug="changing").connection().limits.sensors == 50
    assert patch(operator, "changing", limits={"sensors": -1}).status_code == 400
    assert operator.patch(f"{URL}/changing", {"slug": "other"}, "application/json").status_code == 400, (
        "a slug is never changed"
    )
    assert operator.get(f"{URL}/changing").json()["limits"]["sensors"] == 50


def test_a_suspended_tenant_rejects_requests_and_resumes_unchanged(
    operator: Client, client_for: ClientFor, make_tenant: MakeTenant, servers: Supervisor
) -> None:
    tenant = make_tenant("paused")
    connection = tenant.connection()
    Timeseries(connection.influx_url, connection.writer).write_lines("raw", b"p1,sensor=s1 value=1,quality=0i 1")

    assert patch(operator, "paused", suspended=True).json()["state"] == "suspended"
    reconciler.reconcile()
    assert servers.status(f"influx-{tenant.id}") is None
    assert operator.get(f"{URL}/paused").json()["status"] == "Suspended"
    reconciler.restart_stopped()
    assert servers.status(f"influx-{tenant.id}") is None, "nothing may wake it"

    assert patch(operator, "paused", suspended=False).json()["state"] == "provisioning"
    reconciler.reconcile()
    back = Tenant.objects.get(slug="paused").connection()
    assert back.reader == connection.reader
    assert len(Timeseries(back.influx_url, back.reader).read(['SELECT * FROM "raw"."p1"'])[0]) == 1


def test_deleting_frees_the_slug_and_returns_404(operator: Client, make_tenant: MakeTenant) -> None:
    tenant = make_tenant("leaving")
    connection = tenant.connection()
    assert operator.delete(f"{URL}/leaving").status_code == 400
    assert "confirm=leaving" in operator.delete(f"{URL}/leaving?confirm=acme").json()["detail"]
    assert operator.delete(f"{URL}/leaving?confirm=leaving&keep_disk=maybe").status_code == 400
    response = operator.delete(f"{URL}/leaving?confirm=leaving&keep_disk=true")
    assert (response.status_code, response.json()["state"]) == (202, "deleting")
    assert operator.delete(f"{URL}/leaving?confirm=leaving").status_code == 409
    reconciler.reconcile()
    assert operator.get(f"{URL}/leaving").status_code == 404
    [kept] = operator.get(URL).json()["kept_disks"]
    assert operator.get("/api/v1/disks").json() == {"results": [kept], "next": None}
    assert operator.delete(f"/api/v1/disks/{kept['id']}").status_code == 400
    assert operator.delete("/api/v1/disks/taaaaaaaaaa?confirm=taaaaaaaaaa").status_code == 404
    assert (kept["id"], kept["slug"]) == (tenant.disk, "leaving")

    wanted = {"slug": "coming", "adopt_disk": kept["id"]}
    [file] = operator.post(f"{URL}/preview", wanted, content_type="application/json").json()["manifests"]
    assert f"disks/{kept['id']}/data" in file["text"], "the preview names the disk that is adopted"
    make_tenant("coming", adopt_disk=kept["id"])
    with pytest.raises(RefusedCredentials):
        Timeseries(Tenant.objects.get(slug="coming").endpoints["http"], connection.reader).execute("SHOW DATABASES")


def test_a_failed_tenant_shows_the_reason_and_is_retried(
    operator: Client, make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTRACE_CACHE", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    post(operator, slug="unlucky")
    for _ in range(6):
        Tenant.objects.filter(slug="unlucky").update(not_before=None)
        reconciler.reconcile()
    body = operator.get(f"{URL}/unlucky").json()
    assert body["state"] == "failed"
    assert "influxd is missing" in body["error"]
    assert [step["state"] for step in body["steps"]] == [
        "done",
        "done",
        "failed",
        "waiting",
        "waiting",
        "waiting",
        "waiting",
    ]

    monkeypatch.undo()
    assert operator.post(f"{URL}/unlucky/retry").status_code == 202
    reconciler.reconcile()
    assert operator.get(f"{URL}/unlucky").json()["state"] == "ready"
    assert operator.post(f"{URL}/unlucky/retry").status_code == 409
    operations.delete("unlucky", "unlucky")
    reconciler.reconcile()


@pytest.mark.parametrize("role", ["viewer", "engineer", "admin"])
def test_a_tenants_users_are_not_operators(client_for: ClientFor, acme: TenantConnection, role: str) -> None:
    client = client_for(role, acme)
    assert client.get(URL).status_code == 403
    assert post(client, slug="mine").status_code == 403
    for slug in ("acme", "rival", "nobody"):  # the same answer whether there is such a tenant or not
        assert client.get(f"{URL}/{slug}").status_code == 403
        assert patch(client, slug, name="x").status_code == 403
        assert client.delete(f"{URL}/{slug}?confirm={slug}").status_code == 403
        assert client.post(f"{URL}/{slug}/retry").status_code == 403
    assert client.get("/api/v1/disks").status_code == 403
    assert client.delete("/api/v1/disks/taaaaaaaaaa").status_code == 403
    assert set(Tenant.objects.values_list("state", flat=True)) == {"ready"}


def test_anonymous_callers_get_401(acme: TenantConnection) -> None:
    for method, path in (("get", URL), ("post", URL), ("get", f"{URL}/acme"), ("patch", f"{URL}/acme"),
                         ("delete", f"{URL}/acme?confirm=acme"), ("post", f"{URL}/acme/retry")):  # fmt: skip
        assert getattr(Client(), method)(path).status_code == 401


def test_operators_see_tenants_but_never_their_data(operator: Client, acme: TenantConnection) -> None:
    for path in ("members", "sites", "sensors", "schematics", "imports", "values?sensors=x"):
        response = operator.get(f"/api/v1/{path}", headers={"X-Plantrace-Tenant": "acme"})
        assert response.status_code == 404, (path, response.content)


def test_every_request_is_audited(operator: Client, make_tenant: MakeTenant) -> None:
    from access.models import AuditEntry

    make_tenant("audited")
    patch(operator, "audited", limits={"sensors": 9})
    operator.delete(f"{URL}/audited?confirm=audited")
    entries = AuditEntry.objects.filter(tenant_slug="audited").order_by("pk").values_list("action", "username")
    assert list(entries) == [("tenant.change", "operator"), ("tenant.delete", "operator")]


def test_a_state_change_is_signalled_once_it_is_committed(
    db: None, django_capture_on_commit_callbacks: Any, make_tenant: MakeTenant
) -> None:
    from tenants.signals import tenant_changed

    received: list[str] = []
    receiver = lambda slug, state, **_: received.append(f"{slug} {state}")  # noqa: E731
    tenant_changed.connect(receiver, weak=False)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            make_tenant("talkative")
            assert received == []
        with django_capture_on_commit_callbacks(execute=True):
            operations.delete("talkative", "talkative")
            reconciler.reconcile()
    finally:
        tenant_changed.disconnect(receiver)
    states = ["requested", "provisioning", "ready", "deleting", "deleted"]
    assert received == [f"talkative {state}" for state in states]


def test_a_page_has_its_position_and_the_total(
    operator: Client, acme: TenantConnection, make_tenant: MakeTenant
) -> None:
    for slug in ("page-a", "page-b", "page-c"):
        make_tenant(slug)
    patch(operator, "page-b", ring="canary")
    patch(operator, "page-c", pinned=True)
    first = operator.get(f"{URL}?q=page-&limit=2").json()
    assert [each["slug"] for each in first["results"]] == ["page-a", "page-b"]
    assert (first["total"], first["before"], first["previous"]) == (3, 0, None)
    second = operator.get(first["next"]).json()
    assert [each["slug"] for each in second["results"]] == ["page-c"]
    assert (second["before"], second["next"]) == (2, None)
    assert operator.get(second["previous"]).json()["results"] == first["results"]
    assert second["counts"]["rings"]["canary"] == second["counts"]["pinned"] == 1
    assert [each["slug"] for each in operator.get(f"{URL}?ring=pinned").json()["results"]] == ["page-c"]
    assert "use one of: canary" in operator.get(f"{URL}?ring=last").json()["detail"]


def test_the_options_for_a_new_tenant_are_listed(operator: Client) -> None:
    options = operator.get(f"{URL}/options").json()
    assert (options["drivers"][0], options["clusters"], options["release"]) == ("local", [], "")
    assert options["limits"]["sensors"] == 20_000
    assert options["size"]["disk_gib"] == 20


def test_first_data_is_seen_before_the_next_measurement(operator: Client, make_tenant: MakeTenant) -> None:
    tenant = make_tenant("eager")
    assert operator.get(f"{URL}/eager").json()["usage"]["last_data"] is None
    sensor = add_sensors(tenant.connection(), {"tag": "ONE"})[0]
    send(tenant.connection(), sensor, [(START, 1.0, 0)])
    writer_of(tenant.connection()).drain(lambda: True)
    seen = operator.get(f"{URL}/eager").json()["usage"]
    assert seen["last_data"] is not None
    assert (seen["sensors"], seen["disk_bytes"]) == (1, None)
