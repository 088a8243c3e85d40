"""Large archives are unpacked by the job of their import, never by the request that brought them."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from ingest.imports import jobs, uploaded
from ingest.imports.formats import unpacking
from ingest.imports.quota import reserve_upload, stored_bytes
from jobs import Outcome
from kernel.tenancy import Limits, TenantConnection
from runtime.home import Home
from stores.redis.client import redis_client
from stores.request_scope import current_request
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from tests.ingest.test_import_archive_quota import upload
from tests.ingest.test_import_files import at
from tests.ingest.test_import_formats import archive
from web.clock import now_ms
from web.stores import documents, streams

HEAD = b"when,TT-101\n"
MEMBERS = {
    f"{day:02}.csv": HEAD + b"".join(b"2026-03-%02dT00:%02d:00Z,%d.5\n" % (day, minute, day) for minute in range(40))
    for day in (1, 2, 3)
}
SIZES = {name: len(data) for name, data in MEMBERS.items()}
LATER = 3_600_000  # ms, beyond any back-off


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch, acme: TenantConnection) -> Iterator[None]:
    monkeypatch.setattr(uploaded, "MAX_BYTES_AT_ONCE", 1_000)
    yield
    shutil.rmtree(Home.from_environment().folder("imports") / acme.id, ignore_errors=True)
    streams()._redis.delete(f"{acme.prefix}uploads")


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


def uploaded_id(engineer: Client, plant: Plant, mapping: str | None = None) -> str:
    answer = upload(engineer, plant, archive(MEMBERS), mapping=mapping)
    assert answer.status_code == 202, answer.content
    assert [file["name"] for file in answer.json()["files"]] == ["0.zip"]
    return str(answer.json()["id"])


def named(job: jobs.ImportJob) -> dict[str, int]:
    return {file.name: file.size for file in job.files}


@pytest.mark.parametrize("bound", ["MAX_BYTES_AT_ONCE", "MAX_MEMBERS_AT_ONCE"])
def test_the_job_unpacks_what_is_large(
    plant: Plant, acme: TenantConnection, engineer: Client, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    by_requests: list[bool] = []
    really = unpacking._copy

    def copy(*args: Any) -> None:
        by_requests.append(current_request() is not None)
        really(*args)

    monkeypatch.setattr(unpacking, "_copy", copy)
    monkeypatch.setattr(uploaded, "MAX_BYTES_AT_ONCE", 1 << 20)
    assert upload(engineer, plant, archive(MEMBERS)).status_code == 202
    assert by_requests == [True] * 3, "small ones are unpacked at once"
    by_requests.clear()

    monkeypatch.setattr(uploaded, bound, 2)
    id = uploaded_id(engineer, plant)
    assert by_requests == []
    before = stored_bytes(acme)
    assert jobs.perform(acme, id, now_ms) is Outcome.ended
    assert by_requests == [False] * 3
    job = jobs.read(acme, id)
    assert (job.state, named(job), job.file_count) == ("done", SIZES, 3)
    assert job.report is not None and [file.file for file in job.report.files] == list(MEMBERS)
    assert stored_bytes(acme) > before, "the members took the archive's place"
    assert sum(SIZES.values()) == sum(
        path.stat().st_size for path in jobs.folder_of(acme, id).rglob("*") if path.is_file()
    )

    assert engineer.post(f"/api/v1/imports/{id}/start").status_code == 202
    assert jobs.perform(acme, id, now_ms) is Outcome.ended
    assert len(plant.stored("TT-101")) == 120
    assert not jobs.folder_of(acme, id).exists()


def test_files_beside_an_archive_keep_their_order(plant: Plant, acme: TenantConnection, tmp_path: Path) -> None:
    given = {"z.csv": b"when,TT-101\n2026-03-02T00:00:00Z,7\n", "some.zip": archive(MEMBERS), "a.csv": HEAD}
    files = []
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
        files.append((name, tmp_path / name))
    job = jobs.queue(acme, files, f"site: {plant.slug}", False, "erika", now_ms())
    assert jobs.perform(acme, job.id, now_ms) is Outcome.ended
    assert list(named(jobs.read(acme, job.id))) == ["z.csv", *MEMBERS, "a.csv"]
    assert plant.stored("TT-101")[at("2026-03-02")] == (2.5, 0), "the later file wins"


STEPS: dict[str, tuple[Any, str]] = {
    "a member is unpacked": (unpacking, "_copy"),
    "a file is moved": (shutil, "move"),
    "all are in place": (Path, "rename"),
    "their names are stored": (jobs, "store_files"),
    "the archive is removed": (shutil, "rmtree"),
}


def killed_at(step: str, after: bool, acme: TenantConnection, id: str) -> bool:
    child = os.fork()
    if child == 0:
        try:
            owner, name = STEPS[step]
            real = getattr(owner, name)

            def deadly(*args: Any, **kwargs: Any) -> None:
                if after:
                    real(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGKILL)

            setattr(owner, name, deadly)
            jobs.perform(acme, id, now_ms)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    client = redis_client(settings.REDIS_URL)
    for key in (*client.scan_iter("pt:*:jobs:long"), *client.scan_iter("pt:*:lock:*")):
        client.delete(key)  # as they end by themselves after 15 s
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_of_unpacking_costs_nothing(
    plant: Plant, acme: TenantConnection, engineer: Client, step: str, after: bool
) -> None:
    id = uploaded_id(engineer, plant)
    assert killed_at(step, after, acme, id)
    assert jobs.perform(acme, id, lambda: now_ms() + LATER) is Outcome.ended
    job = jobs.read(acme, id)
    assert (job.state, named(job)) == ("done", SIZES), job.error
    assert job.report is not None and job.report.samples == 120


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_attempt_takes_no_room_from_the_next_one_nor_from_other_uploads(
    plant: Plant, acme: TenantConnection, engineer: Client, step: str, after: bool
) -> None:
    id = uploaded_id(engineer, plant)
    quota = stored_bytes(acme) + sum(SIZES.values())
    tight = replace(acme, limits=Limits(upload_bytes=quota))
    assert killed_at(step, after, tight, id)
    assert jobs.perform(tight, id, lambda: now_ms() + LATER) is Outcome.ended
    job = jobs.read(acme, id)
    assert (job.state, named(job)) == ("done", SIZES), job.error
    with reserve_upload(tight, quota - stored_bytes(tight), now_ms() // 1000):
        pass


def test_an_import_that_is_cancelled_after_a_kill_gives_its_room_back(
    plant: Plant, acme: TenantConnection, engineer: Client
) -> None:
    id = uploaded_id(engineer, plant)
    quota = stored_bytes(acme) + sum(SIZES.values())
    tight = replace(acme, limits=Limits(upload_bytes=quota))
    assert killed_at("a member is unpacked", True, tight, id)
    jobs.cancel(tight, id, now_ms())
    assert jobs.perform(tight, id, lambda: now_ms() + LATER) is Outcome.ended
    with reserve_upload(tight, quota, now_ms() // 1000):
        pass


def test_where_there_is_no_room_any_more_the_job_says_so(
    plant: Plant, acme: TenantConnection, engineer: Client
) -> None:
    id = uploaded_id(engineer, plant)
    smaller = replace(acme, limits=Limits(upload_bytes=sum(SIZES.values())))
    assert jobs.perform(smaller, id, now_ms) is Outcome.ended
    job = jobs.read(acme, id)
    assert job.state == "failed" and (job.error or "").startswith("The archives unpack to ")
    assert not jobs.folder_of(acme, id).exists()


def test_a_mapping_that_does_not_fit_is_told_by_the_job(plant: Plant, acme: TenantConnection, engineer: Client) -> None:
    id = uploaded_id(engineer, plant, f"{{site: {plant.slug}, columns: {{TT-999: TT-101}}}}")
    assert jobs.perform(acme, id, now_ms) is Outcome.ended
    job = jobs.read(acme, id)
    assert (job.state, named(job)) == ("failed", SIZES) and "01.csv: none of its columns" in (job.error or "")


def test_an_import_is_cancelled_while_it_unpacks(
    plant: Plant, acme: TenantConnection, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "REPORT_INTERVAL_S", 0.0)
    id = uploaded_id(engineer, plant)
    really = unpacking._copy

    def copy(*args: Any) -> None:
        if jobs.read(acme, id).state == "running":
            jobs.cancel(acme, id, now_ms())
        really(*args)

    monkeypatch.setattr(unpacking, "_copy", copy)
    assert jobs.perform(acme, id, now_ms) is Outcome.ended
    assert jobs.read(acme, id).state == "cancelled"
    assert not jobs.folder_of(acme, id).exists()
    assert documents(acme).get("import_details", id)["files"][0]["name"] == "0.zip"  # type: ignore[index]
