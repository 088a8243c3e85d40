"""Annotations over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from catalog.operations import bulk_upsert
from ingest.events import attachments
from kernel.tenancy import TenantConnection
from tests.twin.conftest import HOUR, NOON
from tests.workspace.conftest import Works, send
from web import stores
from web.attachments import recount
from web.kept_files import MAX_FILE_BYTES
from workspace.annotations import models, repository

BASE = "/api/v1/annotations"


def note(client: Client, target: str, **more: Any) -> dict[str, Any]:
    response = send(client, "post", BASE, **{"target": target, "text": "Calibrated", "start": NOON, **more})
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def texts(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{BASE}{query}")
    assert response.status_code == 200, response.content
    return [each["text"] for each in response.json()["results"]]


def test_it_is_about_a_sensor_an_asset_or_a_schematic(engineer: Client, viewer: Client, works: Works) -> None:
    targets = {"sensor": works.sensors["FT-1"], "asset": works.assets["P-1"], "schematic": works.schematic}
    for kind, target in targets.items():
        made = note(engineer, target, link="https://wiki.example/pump")
        assert (made["kind"], made["site"], made["author"]) == (kind, works.site, "engineer.acme")
        read = viewer.get(f"{BASE}/{made['id']}")
        assert read.json() == made and read["ETag"] == '"1"'
    unknown = send(engineer, "post", BASE, target="s2222222222", text="x", start=NOON)
    assert unknown.status_code == 400 and unknown.json()["errors"][0]["field"] == "target"


def test_those_that_touch_a_range_are_listed_the_latest_first(engineer: Client, works: Works) -> None:
    flow, state = works.sensors["FT-1"], works.sensors["P1-STS"]
    note(engineer, flow, text="moment", start=NOON)
    note(engineer, flow, text="long", start=NOON - 5 * HOUR, end=NOON - HOUR)
    note(engineer, state, text="Later, about the pump", start=NOON + HOUR)
    assert texts(engineer) == ["Later, about the pump", "moment", "long"]
    assert texts(engineer, f"?start={NOON - 2 * HOUR}&end={NOON + 1}") == ["moment", "long"]
    assert texts(engineer, f"?start={NOON}&end={NOON + 1}") == ["moment"]
    assert texts(engineer, f"?end={NOON}") == ["long"]
    assert texts(engineer, f"?targets={state},{works.schematic}") == ["Later, about the pump"]
    assert texts(engineer, "?q=PUMP") == ["Later, about the pump"]
    assert texts(engineer, "?site=works&q=nothing") == []
    page = engineer.get(f"{BASE}?limit=2").json()
    assert texts(engineer, page["next"].removeprefix(BASE)) == ["long"]
    assert engineer.get(f"{BASE}?start={NOON}&end={NOON}").status_code == 400
    assert engineer.get(f"{BASE}?site=elsewhere").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": "  "}, "text"),
        ({"end": NOON}, "end"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://"}, "link"),
        ({"target": "works"}, "target"),
        ({"start": 10**18}, "start"),
        ({"text": "x" * (models.MAX_TEXT + 1)}, "text"),
    ],
)
def test_what_is_wrong_is_refused_by_name(engineer: Client, works: Works, wrong: dict[str, Any], field: str) -> None:
    content = {"target": works.sensors["FT-1"], "text": "x", "start": NOON, **wrong}
    response = send(engineer, "post", BASE, **content)
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["field"] == field


def test_it_is_changed_from_the_revision_that_was_read(engineer: Client, colleague: Client, works: Works) -> None:
    made = note(engineer, works.sensors["FT-1"])
    content = {"target": works.assets["P-1"], "text": "Replaced", "start": NOON, "end": NOON + HOUR}
    assert send(engineer, "put", f"{BASE}/{made['id']}", **content).json()["type"] == "/problems/revision-missing"
    changed = send(colleague, "put", f"{BASE}/{made['id']}", **content, revision=1).json()
    assert (changed["kind"], changed["revision"], changed["author"]) == ("asset", 2, "engineer.acme")
    assert changed["changed_by"] == "admin.acme"
    stale = send(engineer, "put", f"{BASE}/{made['id']}", **content, revision=1)
    assert stale.status_code == 409 and stale.json()["current"] == changed
    assert texts(engineer) == ["Replaced"]
    assert engineer.delete(f"{BASE}/{made['id']}", headers={"If-Match": '"1"'}).status_code == 409
    assert engineer.delete(f"{BASE}/{made['id']}").status_code == 204
    assert texts(engineer) == [] and engineer.get(f"{BASE}/{made['id']}").status_code == 404
    actions = AuditEntry.objects.filter(target=made["id"]).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["annotation.create", "annotation.update", "annotation.delete"]


def test_viewers_read_and_do_not_write(viewer: Client, engineer: Client, works: Works) -> None:
    made = note(engineer, works.sensors["FT-1"])
    assert texts(viewer) == ["Calibrated"]
    assert send(viewer, "post", BASE, target=made["target"], text="x", start=NOON).status_code == 403
    assert viewer.delete(f"{BASE}/{made['id']}").status_code == 403


def test_files_are_served_to_be_saved_only(
    engineer: Client, viewer: Client, acme: TenantConnection, works: Works, place: str
) -> None:
    made = note(engineer, works.sensors["FT-1"])
    page = b"<script>alert(1)</script>"
    files = f"{BASE}/{made['id']}/files"
    added = engineer.post(f"{files}?name=..%2Fr%C3%A9sum%C3%A9.html", page, content_type="text/html")
    assert added.status_code == 201, added.content
    (file,) = added.json()["files"]
    assert (file["name"], file["bytes"], added.json()["revision"]) == ("résumé.html", len(page), 2)
    assert added["Location"] == f"{files}/{file['id']}"
    served = viewer.get(added["Location"])
    assert served.content == page and served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"] == "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.html"
    assert served["X-Content-Type-Options"] == "nosniff" and "sandbox" in served["Content-Security-Policy"]
    changed = send(engineer, "put", f"{BASE}/{made['id']}", target=made["target"], text="y", start=1, revision=2)
    assert changed.json()["files"] == [file]
    attachments.delete_before(acme, NOON + 10**12)  # the retention of events
    recount(acme)
    assert viewer.get(added["Location"]).content == page
    assert engineer.delete(added["Location"]).status_code == 204
    assert viewer.get(added["Location"]).status_code == 404
    assert [path for path in Path(place).rglob("*") if path.is_file()] == []


def test_files_are_bounded(engineer: Client, acme: TenantConnection, works: Works, place: str) -> None:
    files = f"{BASE}/{note(engineer, works.sensors['FT-1'])['id']}/files"

    def add(content: bytes, name: str = "a.bin") -> Any:
        return engineer.post(f"{files}?name={name}", content, content_type="application/octet-stream")

    assert add(b"").status_code == 400 and add(b"x", "..").status_code == 400
    assert engineer.post(files, b"x", content_type="application/octet-stream").status_code == 400
    assert add(b"x" * (MAX_FILE_BYTES + 1)).status_code == 413
    for _ in range(models.MAX_FILES):
        assert add(b"x").status_code == 201
    assert add(b"x").json()["type"] == "/problems/too-many-files"
    limit = acme.limits.event_attachment_bytes
    assert stores.attachment_notes().reserve(acme.prefix, "events", [], limit - models.MAX_FILES - 2, limit)
    other = f"{BASE}/{note(engineer, works.sensors['FT-1'])['id']}/files?name=a.bin"
    full = engineer.post(other, b"xxx", content_type="application/octet-stream")
    assert full.json()["type"] == "/problems/no-room"
    stores.attachment_notes().set_attached(acme.prefix, models.MAX_FILES)


def test_what_is_noted_about_something_goes_with_it(
    engineer: Client, acme: TenantConnection, works: Works, place: str
) -> None:
    bulk_upsert(acme, "sensors", [{"site": "works", "tag": "TT-9", "unit": "°C"}])
    sensor = engineer.get("/api/v1/sensors?q=TT-9").json()["results"][0]["id"]
    made = note(engineer, sensor)
    engineer.post(f"{BASE}/{made['id']}/files?name=a", b"x", content_type="application/octet-stream")
    note(engineer, works.sensors["FT-1"], text="stays")
    assert engineer.delete(f"/api/v1/sensors/{sensor}").status_code == 204
    assert texts(engineer) == ["stays"]
    assert [path for path in Path(place).rglob("*") if path.is_file()] == []


def test_a_tenant_has_a_bounded_number(engineer: Client, works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    object.__setattr__(repository.ANNOTATIONS, "maximum", 1)
    try:
        note(engineer, works.sensors["FT-1"])
        response = send(engineer, "post", BASE, target=works.schematic, text="x", start=NOON)
        assert response.status_code == 409 and response.json()["type"] == "/problems/too-many-annotations"
    finally:
        object.__setattr__(repository.ANNOTATIONS, "maximum", models.MAX_ANNOTATIONS)


def test_the_copies_in_memory_are_bounded_in_bytes(
    engineer: Client, acme: TenantConnection, rival: TenantConnection, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(engineer, works.sensors["FT-1"], text="x" * 3_000)
    for bound, kept in ((1 << 20, 2), (1_000, 1)):
        monkeypatch.setattr(repository, "MAX_KEPT_BYTES", bound)
        repository._kept.clear()
        assert [each.text for each in repository.all_of(acme)] == ["x" * 3_000]
        repository.all_of(rival)
        assert len(repository._kept) == kept
        assert len(repository.all_of(acme)) == 1
