"""Imports over HTTP: dry run, start, progress, cancel; and workers that die in between."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from ingest.imports import jobs
from ingest.imports.report.model import ImportProgress
from jobs import Outcome, Queue, attempt, work
from kernel.tenancy import TenantConnection
from runtime.home import Home
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from web.directory import directory
from web.stores import documents

CSV = (
    "time,TT-101,TT-102,other\n2024-05-01 00:00:00,1.5,2\n".replace(",2\n", ",2,x\n") + "2024-05-01 00:01:00,oops,3,y\n"
)


def now() -> int:
    return time.time_ns() // 1_000_000


def run_import(tenant: TenantConnection, id: str) -> None:
    """No Celery worker in these tests: they do its work by hand."""
    jobs.perform(tenant, id, now)


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("engineer", acme)


def upload(client: Client, plant: Plant, content: str = CSV, query: str = "", mapping: str | None = None) -> Any:
    mapping = mapping if mapping is not None else f"{{site: {plant.slug}, ignore: [other]}}"
    return client.post(
        f"/api/v1/imports{query}", {"mapping": mapping, "file": SimpleUploadedFile("log.csv", content.encode())}
    )


def files_of(tenant: TenantConnection) -> list[Path]:
    return [path for path in jobs.folder_of(tenant, "x").parent.rglob("*") if path.is_file()]


def test_an_upload_is_loaded_and_its_file_removed(plant: Plant, engineer: Client) -> None:
    response = upload(engineer, plant)
    assert response.status_code == 202, response.content
    job = response.json()
    assert job["state"] == "queued" and response["Location"] == f"/api/v1/imports/{job['id']}"
    run_import(plant.tenant, job["id"])
    done = engineer.get(f"/api/v1/imports/{job['id']}").json()
    assert done["state"] == "done", done
    assert (done["report"]["samples"], done["report"]["unreadable"]) == (3, 1)
    problem = done["report"]["problems"][0]
    assert (problem["file"], problem["line"], problem["column"], problem["text"]) == ("log.csv", 3, "TT-101", "oops")
    assert done["progress"]["samples"] == 3
    assert len(plant.stored("TT-102")) == 2
    assert files_of(plant.tenant) == []
    listed = engineer.get("/api/v1/imports").json()["results"]
    assert listed[0]["id"] == job["id"]


def test_a_dry_run_stores_nothing_until_it_is_started(plant: Plant, engineer: Client) -> None:
    id = upload(engineer, plant, query="?dry_run=1").json()["id"]
    work(Queue.long, now)
    rehearsed = engineer.get(f"/api/v1/imports/{id}").json()
    assert (rehearsed["state"], rehearsed["dry_run"], rehearsed["startable"]) == ("done", True, True)
    assert plant.stored("TT-102") == {}
    assert engineer.post(f"/api/v1/imports/{id}/start").status_code == 202
    run_import(plant.tenant, id)
    done = engineer.get(f"/api/v1/imports/{id}").json()
    assert (done["state"], done["dry_run"], done["startable"]) == ("done", False, False)
    assert len(plant.stored("TT-102")) == 2
    assert engineer.post(f"/api/v1/imports/{id}/start").status_code == 409
    assert files_of(plant.tenant) == []


def test_a_dry_run_started_at_the_moment_it_completes_keeps_its_files(
    plant: Plant, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = upload(engineer, plant, query="?dry_run=1").json()["id"]
    really = attempt

    def start_right_after(*args: Any) -> Outcome:
        outcome = really(*args)
        if not started:
            started.append(engineer.post(f"/api/v1/imports/{id}/start").status_code)
        return outcome

    started: list[int] = []
    monkeypatch.setattr("jobs.documents.attempt", start_right_after)
    assert jobs.perform(plant.tenant, id, now) is Outcome.waits
    assert started == [202]
    work(Queue.long, now)
    done = engineer.get(f"/api/v1/imports/{id}").json()
    assert (done["state"], done["error"]) == ("done", None)
    assert len(plant.stored("TT-102")) == 2


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("{site: nowhere}", "The mapping names the site 'nowhere'; the sites are:"),
        ("{site: SITE, columns: {TT-101: TT-1O1}}", "has no sensor 'TT-1O1' (nearest: 'TT-101')"),
        ("{site: SITE, layout: tall}", "Invalid enum value 'tall' - at `$.layout`"),
        ("{site: SITE, colums: {}}", "no key 'colums'; did you mean 'columns'?"),
        ("{site: SITE, time: {zone: Mars/Base}}", "There is no time zone 'Mars/Base'"),
        ("{site: SITE, time: {column: when}}", "log.csv has no column 'when'; its columns are time, TT-101"),
        ("{site: SITE, time: {format: yesterday}}", "The time format 'yesterday' is unknown"),
        ("{site: [", "neither JSON nor YAML"),
        ("", "The form has no `mapping`"),
        ("{site: &a SITE, missing: [*a, *a]}", "uses YAML aliases"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_wrong_mapping_is_refused_at_once(plant: Plant, engineer: Client, mapping: str, why: str) -> None:
    response = upload(engineer, plant, mapping=mapping.replace("SITE", plant.slug))
    assert response.status_code == 400
    assert why in response.json()["detail"]
    assert files_of(plant.tenant) == []


def test_a_form_without_files(plant: Plant, engineer: Client) -> None:
    response = engineer.post("/api/v1/imports", {"mapping": "{site: x}"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/no-files")


def test_a_cancelled_import_ends(plant: Plant, engineer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    id = upload(engineer, plant).json()["id"]
    cancelled: list[int] = []

    def run_until_cancelled(*args: Any) -> None:
        cancelled.append(engineer.post(f"/api/v1/imports/{id}/cancel").status_code)
        args[-1](ImportProgress(rows=5))

    monkeypatch.setattr(jobs, "run", run_until_cancelled)
    run_import(plant.tenant, id)
    assert cancelled == [200]
    assert engineer.get(f"/api/v1/imports/{id}").json()["state"] == "cancelled"
    assert engineer.post(f"/api/v1/imports/{id}/cancel").status_code == 409
    assert files_of(plant.tenant) == []


def test_an_import_whose_worker_died_is_done_by_the_next(
    plant: Plant, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = upload(engineer, plant).json()["id"]

    class Died(BaseException):
        """Simulates SIGKILL, except that the lock is released."""

    def die(*args: Any) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "run", die)
        with pytest.raises(Died):
            run_import(plant.tenant, id)
    assert engineer.get(f"/api/v1/imports/{id}").json()["state"] == "running"
    work(Queue.long, now)
    assert engineer.get(f"/api/v1/imports/{id}").json()["state"] == "done"


def test_uploads_lie_on_the_disk_of_the_installation(plant: Plant, engineer: Client, home: Any) -> None:
    large = CSV + "2024-05-01 00:02:00,1,2,z\n" * 120_000
    id = upload(engineer, plant, large, "?dry_run=1").json()["id"]
    (file,) = files_of(plant.tenant)
    assert file.is_relative_to(home.path) and file.stat().st_size == len(large)
    assert TemporaryUploadedFile("x", "text/csv", 1, None).temporary_file_path().startswith(str(home.path))
    jobs.purge_expired(time.time() + jobs.FILES_TTL_S + 60)
    assert files_of(plant.tenant) == []
    run_import(plant.tenant, id)
    failed = engineer.get(f"/api/v1/imports/{id}").json()
    assert failed["state"] == "failed" and "upload them again" in failed["error"]


def test_outsiders_and_viewers(plant: Plant, rival: TenantConnection, client_for: ClientFor, engineer: Client) -> None:
    id = upload(engineer, plant).json()["id"]
    outsider = client_for("engineer", rival)
    assert outsider.get(f"/api/v1/imports/{id}").status_code == 404
    assert outsider.post(f"/api/v1/imports/{id}/start").status_code == 404
    assert outsider.post(f"/api/v1/imports/{id}/cancel").status_code == 404
    assert id not in [job["id"] for job in outsider.get("/api/v1/imports").json()["results"]]
    viewer = client_for("viewer", plant.tenant)
    assert viewer.get(f"/api/v1/imports/{id}").status_code == 200
    assert upload(viewer, plant).status_code == 403
    assert viewer.post(f"/api/v1/imports/{id}/cancel").status_code == 403


def test_imports_are_in_the_audit_trail(plant: Plant, engineer: Client, client_for: ClientFor) -> None:
    id = upload(engineer, plant).json()["id"]
    trail = client_for("admin", plant.tenant).get("/api/v1/audit").json()["results"]
    assert ("import.create", id) in [(entry["action"], entry["target"]) for entry in trail]
    assert directory().by_slug("acme") is not None


OVERFLOWING = CSV.replace("1.5", "1e300").replace(",x\n", "\n").replace(",y\n", "\n").replace(",other", "")


def test_values_that_a_scale_makes_infinite_end_the_import_with_a_sentence_and_no_other_tenants(
    plant: Plant, rival: TenantConnection, plant_of: Any, client_for: ClientFor, engineer: Client
) -> None:
    mapping = f"{{site: {plant.slug}, ignore: [TT-102], columns: {{TT-101: {{sensor: TT-101, scale: 1.0e+308}}}}}}"
    first = upload(engineer, plant, OVERFLOWING, mapping=mapping)
    assert first.status_code == 202, first.content
    other, neighbour = plant_of(rival), client_for("engineer", rival)
    second = upload(neighbour, other).json()["id"]
    work(Queue.long, now)
    ended = engineer.get(f"/api/v1/imports/{first.json()['id']}").json()
    assert (ended["state"], "larger than any number" in (ended["error"] or "")) == ("failed", True)
    assert neighbour.get(f"/api/v1/imports/{second}").json()["state"] == "done"
    assert plant.stored("TT-101") == {} and len(other.stored("TT-101")) == 1
    assert files_of(plant.tenant) == []


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf"])
def test_a_state_that_is_not_a_number_is_refused_at_once(plant: Plant, engineer: Client, number: str) -> None:
    mapping = f"{{site: {plant.slug}, ignore: [TT-102], columns: {{TT-101: TT-101}}, states: {{oops: {number}}}}}"
    before = engineer.get("/api/v1/imports").json()["results"]
    refused = upload(engineer, plant, OVERFLOWING, mapping=mapping)
    assert refused.status_code == 400 and "give a finite number" in refused.json()["detail"]
    assert engineer.get("/api/v1/imports").json()["results"] == before and files_of(plant.tenant) == []


def test_an_unexpected_error_fails_the_import_with_a_sentence(
    plant: Plant, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise OverflowError("cannot convert float infinity to integer")

    monkeypatch.setattr(jobs, "run", broken)
    id = upload(engineer, plant).json()["id"]
    work(Queue.long, now)
    failed = engineer.get(f"/api/v1/imports/{id}").json()
    assert (failed["state"], failed["attempts"]) == ("failed", 1)
    assert "OverflowError: cannot convert float infinity to integer" in failed["error"]
    assert ("acme", id) not in jobs.JOBS.open_jobs().all()
    assert files_of(plant.tenant) == []


def test_two_tenants_imports_run_side_by_side(
    plant: Plant, rival: TenantConnection, plant_of: Any, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, engineer = plant_of(rival), client_for("engineer", plant.tenant)
    first = upload(engineer, plant).json()["id"]
    waiting = upload(engineer, plant).json()["id"]
    second = upload(client_for("engineer", rival), other).json()["id"]
    run, inside = jobs.run, []

    def nested(tenant: TenantConnection, *args: Any) -> Any:
        inside.append(tenant.slug)
        if len(inside) == 1:  # what another worker does while the first import runs
            assert jobs.perform(plant.tenant, waiting, now) is Outcome.busy
            assert jobs.perform(rival, second, now) is Outcome.ended
        return run(tenant, *args)

    monkeypatch.setattr(jobs, "run", nested)
    assert jobs.perform(plant.tenant, first, now) is Outcome.ended
    assert inside == ["acme", "rival"]
    assert [jobs.read(plant.tenant, id).state for id in (first, waiting)] == ["done", "queued"]
    assert jobs.read(rival, second).state == "done"


def test_an_import_stored_by_an_earlier_version_is_run(plant: Plant, engineer: Client) -> None:
    id = upload(engineer, plant).json()["id"]

    def as_it_was(document: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in document.items() if name != "attempts"}

    documents(plant.tenant).change(jobs.COLLECTION, id, as_it_was)
    work(Queue.long, now)
    assert engineer.get(f"/api/v1/imports/{id}").json()["state"] == "done"


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """As many open files as a process has by default; fewer than the files of an upload."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("few_descriptors")
def test_two_thousand_files_are_uploaded_in_one_request_and_none_stays_open(plant: Plant, engineer: Client) -> None:
    content = b"time,TT-101\n" + b"2024-05-01 00:00:00,1\n" * 70
    files = [SimpleUploadedFile(f"log-{n}.csv", content) for n in range(2_001)]
    form = {"mapping": f"{{site: {plant.slug}}}", "file": files[:2_000]}
    sent = engineer.post("/api/v1/imports?dry_run=1", form)
    assert sent.status_code == 202, sent.content[:500]
    id = sent.json()["id"]
    assert len(sent.json()["files"]) == len(files_of(plant.tenant)) == 2_000
    listed = engineer.get("/api/v1/imports").json()["results"][0]
    assert (listed["id"], listed["file_count"], len(listed["files"])) == (id, 2_000, 1)
    assert engineer.post(f"/api/v1/imports/{id}/cancel").status_code == 200
    run_import(plant.tenant, id)
    assert files_of(plant.tenant) == []
    refused = engineer.post("/api/v1/imports", {**form, "file": files})
    assert refused.status_code == 400 and "Send 1 to 2,000 files" in refused.json()["detail"]
    assert list(Home.from_environment().folder("uploads").glob("*.upload")) == []


def test_a_hundred_and_twenty_files_are_one_import(plant: Plant, engineer: Client) -> None:
    files = [
        SimpleUploadedFile(f"log-{n}.csv", f"time,TT-101\n2024-05-01 {n // 60:02d}:{n % 60:02d}:00,{n}\n".encode())
        for n in range(120)
    ]
    id = engineer.post("/api/v1/imports", {"mapping": f"{{site: {plant.slug}}}", "file": files}).json()["id"]
    run_import(plant.tenant, id)
    done = engineer.get(f"/api/v1/imports/{id}").json()
    assert (done["state"], done["report"]["samples"]) == ("done", 120), done["error"]
    assert [value for value, _ in plant.stored("TT-101").values()] == list(range(120))
