"""`manage.py clusters …`: a kubeconfig is sealed, and never shown."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenants import operations
from tenants.models import Cluster, Tenant
from tests.tenants.test_kubernetes_objects import GOOD

pytestmark = pytest.mark.django_db


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
    assert known.kubeconfig == GOOD
    assert "token" not in known.sealed
    Tenant.objects.create(slug="there", name="There", cluster="north")
    with pytest.raises(CommandError, match="Tenants live in cluster north: there"):
        clusters("remove", "north")
    Tenant.objects.all().delete()
    clusters("remove", "north")
    assert clusters("list") == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "north", "/nowhere"), "cannot be read"),
        (("add", "North!", "{good}"), "lower-case letters"),
        (("add", "north", "{good}", "--influx-url", "http://everywhere:8086"), r"with \{namespace\} in it"),
        (("remove", "south"), "no cluster south"),
    ],
)
def test_a_mistake_is_answered_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    good = tmp_path / "good"
    good.write_text(GOOD)
    with pytest.raises(CommandError, match=says):
        clusters(*(argument.replace("{good}", str(good)) for argument in arguments))
    assert not Cluster.objects.exists()


def test_local_tenants_take_no_size() -> None:
    from kernel.errors import BadRequest

    with pytest.raises(BadRequest, match="what this machine has"):
        operations.create(operations.NewTenant(slug="large", size={"disk_gib": 50}))
    with pytest.raises(BadRequest, match="outside 1"):
        operations.create(operations.NewTenant(slug="large", size={"disk_gib": 0}))
    with pytest.raises(BadRequest, match="there is: disk_gib"):
        operations.create(operations.NewTenant(slug="large", size={"disk": 5}))
