"""Adding a source touches only the list of sources; here one defined by the tests."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Iterator, Mapping
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, path

from ingest import urls
from ingest.letters import Origin
from ingest.operations import Points, take_points
from ingest.points import RawPoint
from ingest.sources import registry
from ingest.sources.source import Source
from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant, drain
from web.caller import tenant_of
from web.requires import requires

T = 1_770_000_000_000_000_000


@requires(scope="ingest")
def take_rows(request: HttpRequest) -> HttpResponse:
    """Rows of site, sensor, value and time, counted from 0."""
    rows = json.loads(request.body)
    taken = take_points(
        tenant_of(request),
        [(k, RawPoint(*row)) for k, row in enumerate(rows)],
        time.time_ns(),
        Origin("rows"),
        lambda positions: [json.dumps(rows[k]).encode() for k in positions],
    )
    if taken.refused:
        return HttpResponse(f"row {taken.refusals[0].position}: {taken.refusals[0].reason}", status=422)
    return HttpResponse(status=202)


def decode_row(item: bytes, options: Mapping[str, str]) -> Points:
    return [(0, RawPoint(*json.loads(item)))]


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A platform with an additional source; returns the sources that were documented."""
    names: list[str] = []
    patterns = (path("rows", take_rows, name="rows"),)
    rows = Source("rows", patterns, lambda: names.append("rows"), decode_row, frozenset({"/rows"}))
    monkeypatch.setattr(registry, "SOURCES", (*registry.SOURCES, rows))
    conf = ModuleType("more_urls")
    conf.__dict__["urlpatterns"] = importlib.reload(urls).urlpatterns
    with override_settings(ROOT_URLCONF=conf):
        clear_url_caches()
        yield names
    monkeypatch.undo()
    importlib.reload(urls)
    clear_url_caches()


def test_a_listed_source_is_served_documented_and_authenticated(
    described: list[str], plant: Plant, acme: TenantConnection, rival: TenantConnection, client_for: ClientFor
) -> None:
    assert described == ["rows"]
    assert {"/rows", "/write"} <= registry.basic_auth_paths()
    device = client_for("engineer", acme, ("ingest",))

    def post(client: Client, *rows: object) -> tuple[int, str]:
        response = client.post("/rows", json.dumps(rows), content_type="application/json")
        return response.status_code, response.content.decode()

    assert post(device, [plant.slug, "TT-101", 1.5, T], [plant.slug, "TT-102", 2.5, T])[0] == 202
    drain(plant.tenant)
    assert (plant.stored("TT-101"), plant.stored("TT-102")) == ({T: (1.5, 0)}, {T: (2.5, 0)})
    status, text = post(device, [plant.slug, "TT-101", 1.5, T + 1], [plant.slug, "TT-11", 2.5, T])
    assert (status, text.partition(" (")[0]) == (422, f"row 1: the site '{plant.slug}' has no sensor 'TT-11'")
    engineer = client_for("engineer", acme)
    (letter, *_) = engineer.get("/api/v1/deadletters").json()["results"]
    assert (letter["source"], json.loads(letter["item"])[1], letter["position"]) == ("rows", "TT-11", 1)
    corrected = {"item": json.dumps([plant.slug, "TT-102", 2.5, T + 1])}
    answer = engineer.post(f"/api/v1/deadletters/{letter['id']}/replay", corrected, content_type="application/json")
    assert answer.status_code == 200, answer.content
    drain(plant.tenant)
    assert plant.stored("TT-102") == {T: (2.5, 0), T + 1: (2.5, 0)}
    outsider = client_for("engineer", rival, ("ingest",))
    assert "there is no site" in post(outsider, [plant.slug, "TT-101", 1.5, T])[1]


def test_names_and_addresses_of_sources_are_unique() -> None:
    names = [source.name for source in registry.SOURCES]
    addresses = [str(pattern.pattern) for source in registry.SOURCES for pattern in source.urlpatterns]
    assert len(set(names)) == len(names) >= 1
    assert len(set(addresses)) == len(addresses) >= 3
