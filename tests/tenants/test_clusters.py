"""`manage.py clusters …`: a kubeconfig is encrypted, and never shown."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.models import AuditEntry
from kernel.tenancy import TenantConnection
from tenants import operations
from tenants.drivers.kubernetes.kubeconfig import parse_kubeconfig
from tenants.models import Cluster, Tenant
from tests.conftest import ClientFor
from tests.tenants.test_kubeconfig import GOOD

pytestmark = pytest.mark.django_db
REBUILT = parse_kubeconfig(GOOD).as_json()  # the only text that is stored


def clusters(*arguments: str) -> str:
    out = StringIO()
    call_command("clusters", *arguments, stdout=out)
    return out.getvalue()


def test_a_cluster_is_added_changed_listed_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(GOOD)
    clusters("add", "north", str(path))
    clusters("add", "north", str(path), "--influx-url", "https://{namespace}.north.example")
    assert clusters("list").split() == ["north", "0", "tenants", "https://{namespace}.north.example"]
    [known] = Cluster.objects.all()
    assert known.kubeconfig == REBUILT
    assert "token" not in known.encrypted_kubeconfig
    Tenant.objects.create(slug="there", name="There", cluster="north")
    with pytest.raises(CommandError, match="Tenants live in cluster north: there"):
        clusters("remove", "north")
    Tenant.objects.all().delete()
    clusters("remove", "north")
    assert clusters("list") == ""
    Cluster.objects.create(name="south", encrypted_kubeconfig="", error="kubeconfig: no.")
    assert "disabled: kubeconfig: no." in clusters("list")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "north", "/nowhere"), "cannot be read"),
        (("add", "North!", "{good}"), "lower-case letters"),
        (("add", "north", "{good}", "--influx-url", "http://everywhere:8086"), r"with \{namespace\} in it"),
        (("remove", "south"), "no cluster south"),
    ],
)
def test_a_mistake_is_reported_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    good = tmp_path / "good"
    good.write_text(GOOD)
    with pytest.raises(CommandError, match=says):
        clusters(*(argument.replace("{good}", str(good)) for argument in arguments))
    assert not Cluster.objects.exists()


def test_operators_manage_clusters_over_http(client_for: ClientFor) -> None:
    operator, api = client_for("operator"), "/api/v1/clusters"

    def put(name: str, **body: str) -> Any:
        return operator.put(f"{api}/{name}", body, content_type="application/json")

    created = put("north", kubeconfig=GOOD, influx_url="https://{namespace}.north.example")
    assert created.status_code == 201, created.content
    assert created.json()["server"] == "https://127.0.0.1:1"
    assert put("north").status_code == 200, "with the kubeconfig that is known"
    [known] = Cluster.objects.all()
    assert (known.kubeconfig, known.influx_url) == (REBUILT, "")
    tenant = Tenant.objects.create(slug="there", name="There", cluster="north")
    [listed] = operator.get(api).json()["results"]
    assert (listed["name"], listed["tenants"]) == ("north", 1)
    assert "token" not in str(listed)
    refused = operator.delete(f"{api}/north")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (400, "in-use")
    tenant.delete()
    assert operator.delete(f"{api}/north").status_code == 204
    assert operator.delete(f"{api}/north").status_code == 404
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("id")) == [
        "cluster.add", "cluster.change", "cluster.remove",
    ]  # fmt: skip
    assert REBUILT not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("North!", {"kubeconfig": GOOD}, "lower-case letters"),
        ("north", {}, "names no cluster"),
        ("north", {"kubeconfig": "a: 1\nb: [secret"}, "not YAML: it cannot be read in line 2."),
        ("north", {"kubeconfig": GOOD, "influx_url": "http://everywhere:8086"}, "with {namespace} in it"),
        ("north", {"kubeconfig": GOOD.replace("token: t", "exec: {command: sh}")}, "runs a program"),
    ],
)
def test_an_invalid_cluster_is_rejected(client_for: ClientFor, name: str, body: dict[str, str], says: str) -> None:
    response = client_for("operator").put(f"/api/v1/clusters/{name}", body, content_type="application/json")
    assert response.status_code == 400
    assert says in response.json()["detail"]
    assert not Cluster.objects.exists()


def test_only_operators_manage_clusters(client_for: ClientFor, acme: TenantConnection) -> None:
    admin = client_for("admin", acme)
    assert admin.get("/api/v1/clusters").status_code == 403
    body = {"kubeconfig": GOOD}
    assert admin.put("/api/v1/clusters/north", body, content_type="application/json").status_code == 403
    assert not Cluster.objects.exists()


def test_local_tenants_take_no_size() -> None:
    from kernel.errors import BadRequest

    with pytest.raises(BadRequest, match="use what the machine has"):
        operations.create(operations.NewTenant(slug="large", size={"disk_gib": 50}))
    with pytest.raises(BadRequest, match="outside 1"):
        operations.create(operations.NewTenant(slug="large", size={"disk_gib": 0}))
    with pytest.raises(BadRequest, match="use one of: disk_gib"):
        operations.create(operations.NewTenant(slug="large", size={"disk": 5}))
