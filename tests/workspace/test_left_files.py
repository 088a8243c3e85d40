"""Files of annotations whose process was killed before an annotation named them, or before they were removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from tests.twin.conftest import NOON
from tests.workspace.conftest import Works
from tests.workspace.test_annotations import note
from web import stores
from web.attachments import root_of
from web.kept_files import digest_of
from workspace.annotations import files, operations
from workspace.annotations.repository import ANNOTATIONS


class Killed(BaseException):
    """Simulates SIGKILL between two steps: nothing handles it, and nothing is tidied up."""


def killed(*_: Any, **__: Any) -> None:
    raise Killed()


@pytest.fixture
def noted(engineer: Client, acme: TenantConnection, works: Works, place: str) -> str:
    """The id of an annotation, with nothing attached in the tenant."""
    stores.attachment_notes().set_attached(acme.prefix, 0)
    return str(note(engineer, works.sensors["FT-1"])["id"])


def stored(place: str) -> list[bytes]:
    return sorted(path.read_bytes() for path in Path(place).rglob("*") if path.is_file())


def add(tenant: TenantConnection, id: str, content: bytes) -> str:
    return operations.add_file(tenant, id, "a.txt", content, author="", now=NOON)[1].id


def room_is(tenant: TenantConnection, used: int) -> bool:
    """Whether so many bytes count."""
    kept = stores.attachment_notes()
    exact = not kept.reserve(tenant.prefix, "none", [], 1, used) and kept.reserve(tenant.prefix, "none", [], 0, used)
    return exact


def test_a_file_that_no_annotation_came_to_name_is_removed(
    acme: TenantConnection, noted: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(acme, noted, b"kept")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(type(ANNOTATIONS), "change", killed)
        add(acme, noted, b"left")
    assert stored(place) == [b"kept", b"left"] and room_is(acme, 8)
    files.sweep(acme)
    assert stored(place) == [b"kept", b"left"], "it may still be on its way"
    files.sweep(acme, age_s=0)
    assert stored(place) == [b"kept"] and room_is(acme, 4)


def test_a_file_is_removed_whose_annotation_is_gone(
    acme: TenantConnection, works: Works, noted: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add(acme, noted, b"one")
    add(acme, noted, b"two")
    with monkeypatch.context() as patch:
        patch.setattr(files, "remove", killed)
        with pytest.raises(Killed):
            operations.remove_file(acme, noted, first)
        files.sweep(acme, age_s=0)
        assert stored(place) == [b"two"]
        with pytest.raises(Killed):
            operations.delete_of(acme, [works.sensors["FT-1"]], [])
        files.sweep(acme, age_s=0)
    assert stored(place) == [] and room_is(acme, 0)


def test_a_deletion_that_was_refused_leaves_the_file_where_it_is(
    acme: TenantConnection, noted: str, place: str, engineer: Client
) -> None:
    add(acme, noted, b"kept")
    assert engineer.delete(f"/api/v1/annotations/{noted}", HTTP_IF_MATCH='"1"').status_code == 409
    files.sweep(acme, age_s=0)
    assert stored(place) == [b"kept"]
    assert stores.attachment_notes().left(acme.prefix, "annotations", 0) == {}


def test_a_tenant_s_pod_leaves_the_file_to_the_control_plane(
    acme: TenantConnection, works: Works, noted: str, place: str, settings: Any
) -> None:
    add(acme, noted, b"one")
    settings.EVENT_ATTACHMENTS = ""
    stores.attachments.cache_clear()
    operations.delete_of(acme, [works.sensors["FT-1"]], [])
    files.sweep(acme, age_s=0)
    settings.EVENT_ATTACHMENTS = place
    stores.attachments.cache_clear()
    assert stored(place) == [b"one"]
    files.sweep(acme, age_s=0)
    assert stored(place) == []


def test_what_was_restored_is_left_alone(acme: TenantConnection, noted: str, place: str) -> None:
    blobs = stores.attachments()
    assert blobs is not None
    blobs.put(f"{root_of(acme)}/n2222222222/{digest_of(b'x')}", b"x")  # before its annotation
    files.sweep(acme, age_s=0)
    assert stored(place) == [b"x"]
    blobs.remove(f"{root_of(acme)}/n2222222222")


def test_what_is_being_removed_is_not_stored_meanwhile(acme: TenantConnection, place: str) -> None:
    kept = stores.attachment_notes()
    kept.note(acme.prefix, "events", ["20260314/abc"])
    assert not kept.claim(acme.prefix, "events", "20260314/abc", age_s=60)
    assert kept.claim(acme.prefix, "events", "20260314/abc", age_s=0)
    with pytest.raises(Unavailable, match="being removed"):
        kept.reserve(acme.prefix, "events", ["20260314/abc"], 0, 10**9)
    assert kept.left(acme.prefix, "events", age_s=0), "a removal that was interrupted is finished"
    kept.settle(acme.prefix, "events", ["20260314/abc"])
    assert kept.reserve(acme.prefix, "events", ["20260314/abc"], 0, 10**9)
    assert not kept.claim(acme.prefix, "events", "20260314/abc", age_s=60), "somebody stores it"
    kept.settle(acme.prefix, "events", ["20260314/abc"])
