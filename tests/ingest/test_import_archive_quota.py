"""What an archive unpacks to counts towards the tenant's quota, before a byte of it is on the disk."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ingest.imports import jobs, uploaded
from ingest.imports.formats import unpacking
from ingest.imports.quota import reserve_upload, stored_bytes
from kernel.errors import BadRequest, TooLarge
from kernel.tenancy import Limits, TenantConnection
from runtime.home import Home
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from tests.ingest.test_import_formats import archive
from web.clock import now_ms
from web.stores import streams

MEMBER = b"when,TT-101\n" + b"2026-03-01T00:00:00Z,1.5\n" * 40_000
QUOTA = len(MEMBER) * 3 // 2
NOW = 1_773_481_320


@pytest.fixture(autouse=True)
def nothing_uploaded(acme: TenantConnection) -> Iterator[None]:
    yield
    shutil.rmtree(Home.from_environment().folder("imports") / acme.id, ignore_errors=True)
    streams()._redis.delete(f"{acme.prefix}uploads")


@pytest.fixture
def small(tenant_rows: dict[str, Any]) -> Iterator[int]:
    row = tenant_rows["acme"]
    before, row.limits = row.limits, {**row.limits, "upload_bytes": QUOTA}
    row.save()
    yield QUOTA
    row.limits = before


def upload(client: Client, plant: Plant, *archives: bytes, mapping: Any = None) -> Any:
    files = [SimpleUploadedFile(f"{number}.zip", data) for number, data in enumerate(archives)]
    return client.post(
        "/api/v1/imports", {"mapping": mapping or f"site: {plant.slug}", "file": files, "dry_run": "true"}
    )


def left_behind(tenant: TenantConnection) -> list[Path]:
    home = Home.from_environment()
    uploads = [path for path in home.folder("uploads").iterdir() if path.is_file()]
    return [*uploads, *(home.folder("imports") / tenant.id).glob("*")]


@pytest.fixture
def nothing_before(acme: TenantConnection) -> list[Path]:
    for path in left_behind(acme):
        path.unlink() if path.is_file() else shutil.rmtree(path)
    return left_behind(acme)


def test_a_small_archive_of_a_large_file_is_refused_before_it_is_unpacked(
    plant: Plant,
    acme: TenantConnection,
    client_for: ClientFor,
    small: int,
    nothing_before: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unpacked(*_: Any) -> Any:
        raise AssertionError("it was unpacked")

    monkeypatch.setattr(uploaded, "unpack", unpacked)
    packed = archive({"a.csv": MEMBER, "b.csv": MEMBER})
    assert len(packed) < small // 20
    response = upload(client_for("engineer", acme), plant, packed)
    assert response.status_code == 413
    problem = response.json()
    assert (problem["type"], problem["limit"], problem["wanted"]) == ("/problems/upload-quota", small, 2 * len(MEMBER))
    assert problem["detail"].startswith(f"The archives unpack to {2 * len(MEMBER):,} bytes.")
    assert left_behind(acme) == nothing_before == [], "nothing stays"


def test_several_archives_count_together(
    plant: Plant, acme: TenantConnection, client_for: ClientFor, small: int
) -> None:
    one = archive({"a.csv": MEMBER})
    engineer = client_for("engineer", acme)
    assert upload(engineer, plant, one, one).status_code == 413
    assert upload(engineer, plant, one).status_code == 202
    assert stored_bytes(acme) == len(MEMBER)


def test_what_is_unpacked_counts_until_it_is_removed(
    plant: Plant, acme: TenantConnection, client_for: ClientFor, small: int
) -> None:
    engineer = client_for("engineer", acme)
    one = archive({"a.csv": MEMBER})
    first = upload(engineer, plant, one)
    assert first.status_code == 202, first.content
    assert upload(engineer, plant, one).status_code == 413
    jobs.perform(acme, first.json()["id"], now_ms)
    assert upload(engineer, plant, one).status_code == 413, "the dry run waits for its start"
    assert engineer.post(f"/api/v1/imports/{first.json()['id']}/start").status_code == 202
    jobs.perform(acme, first.json()["id"], now_ms)
    assert upload(engineer, plant, one).status_code == 202


@pytest.mark.parametrize("mapping", ["site: nowhere", "sight: x"])
def test_nothing_stays_of_an_archive_that_is_refused_for_something_else(
    plant: Plant, acme: TenantConnection, client_for: ClientFor, small: int, nothing_before: list[Path], mapping: str
) -> None:
    engineer = client_for("engineer", acme)
    for _ in range(3):
        given = SimpleUploadedFile("m.yaml", mapping.encode())
        assert upload(engineer, plant, archive({"a.csv": MEMBER}), mapping=given).status_code == 400
    assert left_behind(acme) == nothing_before == []
    assert upload(engineer, plant, archive({"a.csv": MEMBER})).status_code == 202
    assert len(left_behind(acme)) == 1, "the import's folder, and no archive"


def test_members_of_all_archives_are_counted_together(
    plant: Plant, acme: TenantConnection, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploaded, "MAX_MEMBERS", 5)
    some = archive({f"{k}.csv": b"" for k in range(3)})
    response = upload(client_for("engineer", acme), plant, some, some)
    assert response.status_code == 400
    assert "hold 6 files or more; at most 5 are accepted at once" in response.json()["detail"]


def test_an_archive_that_unpacks_to_more_than_the_disk_has(
    plant: Plant, acme: TenantConnection, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage(Home.from_environment().path).free
    monkeypatch.setattr("ingest.imports.quota.MIN_FREE_BYTES", free - len(MEMBER) // 2)
    response = upload(client_for("engineer", acme), plant, archive({"a.csv": MEMBER}))
    assert response.status_code == 413 and response.json()["type"] == "/problems/disk-full"


def test_of_uploads_that_are_measured_at_the_same_time_one_passes(acme: TenantConnection, tmp_path: Path) -> None:
    """While one measures the disk, the other moves its files into place and gives its room back."""
    tenant = replace(acme, limits=Limits(upload_bytes=100))
    folder = jobs.folder_of(tenant, "i1234567890")
    passed: list[str] = []
    inside, measured = threading.Event(), threading.Event()

    def first() -> None:
        with reserve_upload(tenant, 60, NOW):
            inside.set()
            assert measured.wait(60)
            folder.mkdir(parents=True)
            (folder / "a.csv").write_bytes(bytes(60))
        passed.append("first")

    def measure(of: TenantConnection) -> int:
        before = stored_bytes(of)
        measured.set()
        thread.join()
        return before

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(60)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.imports.quota.stored_bytes", measure)
        with pytest.raises(TooLarge), reserve_upload(tenant, 60, NOW):
            passed.append("second")
    assert passed == ["first"]
    with pytest.raises(TooLarge, match="60 are in use"), reserve_upload(tenant, 60, NOW):
        raise AssertionError("what is in place counts")


def test_a_member_that_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    data = archive({"a.csv": MEMBER})
    size = len(MEMBER).to_bytes(4, "little")
    path = tmp_path / "lies.zip"
    path.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    assert unpacking.member_sizes(path, "lies.zip") == [10]
    with pytest.raises(BadRequest):
        list(unpacking.unpack(path, "lies.zip", tmp_path / "out"))
    assert sum(found.stat().st_size for found in (tmp_path / "out").rglob("*.csv")) <= 10
