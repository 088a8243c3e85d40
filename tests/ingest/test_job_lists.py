"""Lists of imports and corrections: by the page, of small records; and what becomes of old ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import bson
import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config import environment
from ingest.changes import journal_of
from ingest.corrections import jobs as corrections
from ingest.imports import jobs as imports
from ingest.imports.quota import uploads_of
from ingest.imports.records import DETAILS, RANGES
from ingest.imports.report.model import ImportProgress
from ingest.tasks import clear_jobs
from jobs import Retention
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import World, now
from tests.ingest.test_corrections import START, series
from tests.ingest.test_imports_api import CSV, run_import, upload
from web.stores import documents

KINDS = (imports, corrections)


@pytest.fixture(autouse=True)
def empty(plant: Plant) -> Iterator[None]:
    for kind in KINDS:
        for collection in (kind.JOBS.collection, *kind.JOBS.parts):
            documents(plant.tenant).delete_many(collection, {})
    yield
    shutil.rmtree(uploads_of(plant.tenant), ignore_errors=True)  # other tests count what lies there


@pytest.fixture
def engineer(plant: Plant, client_for: ClientFor) -> Client:
    return client_for("engineer", plant.tenant)


def ids_by_page(client: Client, path: str, limit: int) -> list[list[str]]:
    pages, where = [], f"{path}?limit={limit}"
    while where:
        answer = client.get(where).json()
        pages.append([each["id"] for each in answer["results"]])
        where = answer["next"]
    return pages


def stored_size(tenant: TenantConnection, collection: str, id: str) -> int:
    return len(bson.encode(documents(tenant).get(collection, id) or {}))


def make_old(tenant: TenantConnection, collection: str, id: str, days: int) -> None:
    documents(tenant).change(collection, id, lambda each: {**each, "created": now() - days * DAY})


def test_a_list_comes_by_the_page_also_where_several_were_made_at_once(plant: Plant, engineer: Client) -> None:
    ids = []
    for number in range(9):
        ids.append(upload(engineer, plant, CSV, "?dry_run=1").json()["id"])
        created = START + number // 3
        documents(plant.tenant).change("imports", ids[-1], lambda each, at=created: {**each, "created": at})
    expected = sorted(ids, key=lambda id: (ids.index(id) // 3, id), reverse=True)
    for limit in (1, 2, 4, 9, 100):
        pages = ids_by_page(engineer, "/api/v1/imports", limit)
        assert [id for page in pages for id in page] == expected
        assert {len(page) for page in pages[:-1]} <= {limit}
    for id in ids:
        engineer.post(f"/api/v1/imports/{id}/cancel")


@pytest.mark.parametrize("path", ["/api/v1/imports", "/api/v1/corrections", "/api/v1/jobs"])
def test_a_wrong_cursor_is_refused(engineer: Client, path: str) -> None:
    response = engineer.get(path, {"cursor": "nonsense"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/bad-cursor")


def test_the_record_of_an_import_stays_small_whatever_it_holds(plant: Plant, engineer: Client) -> None:
    rows = "".join(f"2024-05-01 00:{n // 60:02d}:{n % 60:02d},oops,{n},y\n" for n in range(600))
    files = [SimpleUploadedFile(f"{n}.csv", b"time,TT-101,TT-102,other\n" + rows.encode()) for n in range(50)]
    mapping = f"# {'long' * 10_000}\n{{site: {plant.slug}, ignore: [other]}}"
    created = engineer.post("/api/v1/imports?dry_run=1", {"mapping": mapping, "file": files}).json()
    run_import(plant.tenant, created["id"])
    whole = engineer.get(f"/api/v1/imports/{created['id']}").json()
    assert (len(whole["files"]), whole["mapping"]) == (50, mapping)
    assert whole["report"]["problems"] and whole["report"]["preview"]
    (listed,) = engineer.get("/api/v1/imports").json()["results"]
    assert (listed["file_count"], len(listed["files"]), listed["mapping"]) == (50, 1, "")
    assert listed["report"]["rows"] == whole["report"]["rows"] == 30_000
    assert [listed["report"][name] for name in ("sensors", "problems", "preview", "files")] == [[]] * 4
    assert stored_size(plant.tenant, "imports", created["id"]) < 5_000


def test_an_import_that_an_earlier_version_stored_is_listed_shown_and_run(plant: Plant, engineer: Client) -> None:
    id = upload(engineer, plant).json()["id"]
    details = documents(plant.tenant).delete(DETAILS, id)

    def as_it_was(record: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in record.items() if name != "file_count"}
        return {**kept, "files": details["files"], "mapping": details["mapping"]}

    documents(plant.tenant).change("imports", id, as_it_was)
    run_import(plant.tenant, id)
    whole = engineer.get(f"/api/v1/imports/{id}").json()
    assert whole["state"] == "done" and whole["report"]["sensors"] and whole["mapping"]
    (listed,) = engineer.get("/api/v1/imports").json()["results"]
    assert (listed["id"], listed["report"]["sensors"], listed["mapping"]) == (id, [], "")


def test_a_correction_is_listed_with_totals_only(plant: Plant, engineer: Client) -> None:
    world = World(plant)
    world.write("TT-101", series(0, 5))
    done = world.correct("delete", "TT-101", start=START, end=START + MINUTE * 3)
    (listed,) = engineer.get("/api/v1/corrections").json()["results"]
    assert (listed["id"], listed["result"]["removed"], listed["result"]["sensors"]) == (done.id, 3, [])
    one = engineer.get(f"/api/v1/corrections/{done.id}").json()
    assert one["result"]["sensors"][0]["removed"] == 3


def test_old_jobs_go_and_what_can_be_undone_or_is_open_stays(plant: Plant, engineer: Client, settings: Any) -> None:
    tenant, world = plant.tenant, World(plant)
    settings.JOB_RETENTION_DAYS, settings.JOB_RETENTION_COUNT = 100, 1000
    created = {name: upload(engineer, plant).json()["id"] for name in ("old", "undoable", "young")}
    for id in created.values():
        run_import(tenant, id)
    created["open"] = upload(engineer, plant, CSV, "?dry_run=1").json()["id"]
    world.write("TT-101", series(0, 5))
    corrected = [world.correct("delete", "TT-101", start=START, end=START + 1).id for _ in range(2)]
    for name in ("old", "undoable", "open"):
        make_old(tenant, "imports", created[name], 101)
    make_old(tenant, "imports", created["young"], 99)
    make_old(tenant, "corrections", corrected[0], 101)
    for id in (created["old"], created["young"], *corrected):
        journal_of(tenant, id).clear()
    clear_jobs()
    assert {each["id"] for each in engineer.get("/api/v1/imports").json()["results"]} == set(created.values()) - {
        created["old"]
    }
    assert [each["id"] for each in engineer.get("/api/v1/corrections").json()["results"]] == corrected[1:]
    assert engineer.get(f"/api/v1/imports/{created['old']}").status_code == 404
    for part in (DETAILS, RANGES):
        assert documents(tenant).get(part, created["old"]) is None
        assert documents(tenant).get(part, created["young"]) is not None
    engineer.post(f"/api/v1/imports/{created['open']}/cancel")


def test_of_many_jobs_the_newest_stay(plant: Plant, engineer: Client) -> None:
    ids = []
    for number in range(6):
        ids.append(upload(engineer, plant).json()["id"])
        run_import(plant.tenant, ids[-1])
        journal_of(plant.tenant, ids[-1]).clear()
        make_old(plant.tenant, "imports", ids[-1], 40 - number)
    imports.purge(plant.tenant, now(), Retention(365 * DAY, 2))
    assert [each["id"] for each in engineer.get("/api/v1/imports").json()["results"]] == [ids[5], ids[4]]


def test_a_month_is_kept_whatever_the_count(plant: Plant, engineer: Client) -> None:
    for _ in range(3):
        run_import(plant.tenant, upload(engineer, plant).json()["id"])
    imports.purge(plant.tenant, now(), Retention(365 * DAY, 1))
    assert len(engineer.get("/api/v1/imports").json()["results"]) == 3


def test_the_simulators_record_is_kept_and_never_worked_on(plant: Plant) -> None:
    job = imports.ImportJob(
        id=World(plant).new_import(), state="running", dry_run=False, files=[], mapping="", created=START,
        created_by="simulator", progress=ImportProgress(), source="simulator",
    )  # fmt: skip
    imports.save(plant.tenant, job)
    assert (plant.tenant.slug, job.id) not in imports.JOBS.open_jobs().all()
    imports.save(plant.tenant, msgspec.structs.replace(job, state="done", finished=START))
    imports.purge(plant.tenant, now(), Retention(DAY, 0))
    assert [each.state for each in imports.of_simulator(plant.tenant)] == ["done"]


@pytest.mark.parametrize(("name", "value"), [("DAYS", "29"), ("DAYS", "long"), ("COUNT", "0"), ("COUNT", "-1")])
def test_a_retention_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert environment.job_retention() == (365, 1000)
    monkeypatch.setenv(f"JOB_RETENTION_{name}", value)
    with pytest.raises(ImproperlyConfigured, match=f"JOB_RETENTION_{name}"):
        environment.job_retention()


def test_an_import_that_cannot_be_noted_leaves_nothing(
    plant: Plant, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable("Redis is away.")

    with monkeypatch.context() as patch:
        patch.setattr("jobs.documents.note_open", away)
        assert upload(engineer, plant).status_code == 503
    database = documents(plant.tenant)
    assert [database.find(collection) for collection in (imports.COLLECTION, DETAILS)] == [[], []]
