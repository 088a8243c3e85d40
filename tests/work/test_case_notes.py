"""Notes of cases, and their photos."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import Client

from catalog import operations as catalog
from catalog.kinds import SITES
from kernel.ids import CASE_NOTE, new_id
from kernel.tenancy import TenantConnection
from tests.work.conftest import CASES, Clock, Works, change, open_case, send
from web import stores
from web.kept_files import MAX_FILE_BYTES
from work.cases import models, notes, repository
from work.cases.models import CaseNote

pytestmark = pytest.mark.django_db
PHOTO = b"\xff\xd8\xff\xe0 a photo"


class Killed(BaseException):
    """Simulates SIGKILL between two steps: nothing handles it, and nothing is tidied up."""


def killed(*_: Any, **__: Any) -> None:
    raise Killed()


def note(client: Client, case: dict[str, Any], text: str = "Ordered a bearing", status: int = 201) -> Any:
    return send(client, "post", f"{CASES}/{case['id']}/notes", {"text": text}, status)


def add(client: Client, case: dict[str, Any], content: bytes = PHOTO, query: str = "name=photo.jpg") -> Any:
    return client.post(f"{CASES}/{case['id']}/files?{query}", content, content_type="image/jpeg")


def stored(place: str) -> list[bytes]:
    return sorted(path.read_bytes() for path in Path(place).rglob("*") if path.is_file())


def test_notes_are_kept_in_order_and_do_not_change_the_case(engineer: Client, works: Works, clock: Clock) -> None:
    made = open_case(engineer, works)
    note(engineer, made)
    clock.now += 1
    found = note(engineer, made, "It came")
    assert [(each["text"], each["by"], each["at"]) for each in found["notes"]] == [
        ("Ordered a bearing", "engineer.acme", clock.now - 1), ("It came", "engineer.acme", clock.now),
    ]  # fmt: skip
    assert found["revision"] == made["revision"]
    was = engineer.get(f"{CASES}/{made['id']}?at={clock.now - 1}").json()
    assert [each["text"] for each in was["notes"]] == ["Ordered a bearing"]
    assert change(engineer, made, title="Loud")["title"] == "Loud"
    assert len(engineer.get(f"{CASES}/{made['id']}").json()["notes"]) == 2


def test_a_photo_is_a_note_or_belongs_to_one(engineer: Client, viewer: Client, works: Works, place: str) -> None:
    made = open_case(engineer, works)
    response = add(engineer, made, b"<script>", "name=..%2Fr%C3%A9sum%C3%A9.html")
    assert response.status_code == 201, response.content
    [alone] = response.json()["notes"]
    assert alone["text"] == "" and [file["name"] for file in alone["files"]] == ["résumé.html"]
    served = viewer.get(response["Location"])
    assert served.content == b"<script>" and served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"] == "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.html"
    assert served["X-Content-Type-Options"] == "nosniff" and "sandbox" in served["Content-Security-Policy"]
    written = note(engineer, made)["notes"][-1]
    both = add(engineer, made, query=f"name=a.jpg&note={written['id']}").json()["notes"]
    assert [len(each["files"]) for each in both] == [1, 1]
    assert engineer.delete(response["Location"]).status_code == 204
    assert viewer.get(response["Location"]).status_code == 404
    left = engineer.get(f"{CASES}/{made['id']}").json()["notes"]
    assert [each["text"] for each in left] == ["Ordered a bearing"]
    assert stored(place) == [PHOTO]
    assert viewer.post(f"{CASES}/{made['id']}/files?name=a", b"x", content_type="image/png").status_code == 403


def test_notes_and_files_are_bounded(engineer: Client, works: Works, place: str, acme: TenantConnection) -> None:
    made = open_case(engineer, works)
    assert add(engineer, made, b"").status_code == 400 and add(engineer, made, query="name=..").status_code == 400
    assert add(engineer, made, query="").json()["type"] == "/problems/missing-parameter"
    assert add(engineer, made, b"x" * (MAX_FILE_BYTES + 1)).status_code == 413
    assert add(engineer, made, query="name=a&note=cn2222222222").status_code == 404
    assert note(engineer, made, "x" * 4_001, 400)["type"] == "/problems/invalid-body"
    written = note(engineer, made)["notes"][-1]["id"]
    for _ in range(models.MAX_FILES):
        assert add(engineer, made, query=f"name=a&note={written}").status_code == 201
    assert add(engineer, made, query=f"name=a&note={written}").json()["type"] == "/problems/too-many-files"
    of_others = [CaseNote(id=new_id(CASE_NOTE), at=0, by="", text="x", files=[]) for _ in range(models.MAX_NOTES - 2)]
    added = msgspec.to_builtins(of_others)
    stores.documents(acme).change(notes.NOTES, made["id"], lambda stored: {**stored, "notes": stored["notes"] + added})
    assert len(note(engineer, made, "x", 201)["notes"]) == models.MAX_NOTES
    assert note(engineer, made, "x", 409)["type"] == "/problems/too-many-notes"
    assert add(engineer, made).json()["type"] == "/problems/too-many-notes"
    assert len(stored(place)) == models.MAX_FILES, "what was refused is not stored"


def test_people_who_note_at_once_lose_nothing(engineer: Client, works: Works, acme: TenantConnection) -> None:
    made = open_case(engineer, works)

    def write(name: str) -> None:
        for number in range(5):
            notes.add(acme, made["id"], f"{name} {number}", author=name, now=0)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("anna", "ben", "cleo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notes.notes_of(acme, made["id"])) == 15


def test_files_of_killed_processes_are_removed_and_others_stay(
    engineer: Client, works: Works, place: str, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = open_case(engineer, works)
    kept = add(engineer, made, b"kept").json()["notes"][0]["files"][0]["id"]
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(notes, "_change", killed)
        notes.add_file(acme, made["id"], None, "a", b"left", author="", now=0)
    assert stored(place) == [b"kept", b"left"]
    notes.sweep(acme)
    assert stored(place) == [b"kept", b"left"], "it may still be on its way"
    notes.sweep(acme, age_s=0)
    assert stored(place) == [b"kept"]
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(type(notes.FILES), "remove", killed)
        notes.remove_file(acme, made["id"], kept)
    notes.sweep(acme, age_s=0)
    assert stored(place) == []


def test_notes_and_files_go_with_the_site_also_if_that_is_killed(
    engineer: Client, works: Works, place: str, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = open_case(engineer, works)
    add(engineer, made)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(notes, "discard", killed)
        catalog.delete(acme, SITES, works.site, cascade=True)
    assert made["id"] not in repository.all_of(acme) and stored(place) == [PHOTO]
    notes.sweep(acme, age_s=0)
    assert stored(place) == [] and notes.notes_of(acme, made["id"]) == []
    assert stores.attachment_notes().left(acme.prefix, "cases", 0) == {}
