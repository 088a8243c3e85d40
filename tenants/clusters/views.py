"""Dedicated clusters over HTTP, for operators. A kubeconfig is write-only."""

from __future__ import annotations

from typing import Annotated

import msgspec
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from tenants.models import Cluster, Tenant
from web.audit import audit
from web.bodies import DEFAULT_BODY
from web.paging import page_of
from web.requires import for_operators
from web.respond import json_response, no_content, read_json
from web.views import get, methods

MAX_KUBECONFIG, MAX_URL = DEFAULT_BODY, 255  # characters


class ClusterView(msgspec.Struct, frozen=True):
    """`server`: the address of its API; `tenants`: how many are in it; `added` in epoch ms. `error`: why it is
    disabled until a valid kubeconfig is given; empty if it is enabled."""

    name: str
    server: str
    influx_url: str
    tenants: int
    added: int
    error: str


class ClusterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kubeconfig`: self-contained YAML; empty: keep the stored one. `influx_url`: where the InfluxDBs of its
    tenants are reached, with `{namespace}` in it; empty: at their services' names."""

    kubeconfig: Annotated[str, Meta(max_length=MAX_KUBECONFIG)] = ""
    influx_url: Annotated[str, Meta(max_length=MAX_URL)] = ""


@get
@for_operators
def clusters(request: HttpRequest) -> HttpResponse:
    counts = dict(Tenant.objects.exclude(cluster="").values_list("cluster").annotate(Count("id")))
    rows = list(Cluster.objects.order_by("name"))
    return json_response(page_of(request, rows, lambda row: row.name, lambda row: _view(row, counts.get(row.name, 0))))


@for_operators
def _delete(request: HttpRequest, name: str) -> HttpResponse:
    from tenants.drivers.kubernetes.clusters import remove_cluster  # imports the large Kubernetes client

    audit(request, "cluster.remove", remove_cluster(name).name)
    return no_content()


@for_operators
def _save(request: HttpRequest, name: str) -> HttpResponse:
    from tenants.drivers.kubernetes.clusters import save_cluster

    wanted = read_json(request, ClusterSettings)
    new = not Cluster.objects.filter(pk=name).exists()
    saved = save_cluster(name, wanted.kubeconfig, wanted.influx_url)
    audit(request, "cluster.add" if new else "cluster.change", name, {"kubeconfig": bool(wanted.kubeconfig)})
    return json_response(_view(saved, Tenant.objects.filter(cluster=name).count()), 201 if new else 200)


cluster = methods(PUT=_save, DELETE=_delete)


def _view(cluster: Cluster, tenants: int) -> ClusterView:
    added = int(cluster.added.timestamp() * 1000)
    return ClusterView(cluster.name, cluster.server, cluster.influx_url, tenants, added, cluster.problem)
