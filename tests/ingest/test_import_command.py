"""Imports by command are in the tenant's list like those of the page, and can be cancelled and undone there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from ingest.corrections import jobs as corrections
from ingest.imports import command, jobs
from jobs import Queue, work
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Step
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from web.stores import alarms, second_reader

Load = Callable[..., None]


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def load(plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    def run(content: str = "time,TT-101\n2024-05-01 00:00:00,1.5\n", **options: Any) -> None:
        file, mapping = tmp_path / "log.csv", tmp_path / "mapping.yaml"
        file.write_text(content)
        mapping.write_text(options.pop("mapping", f"site: {plant.slug}\n"))
        call_command("import_history", str(file), tenant=plant.tenant.slug, mapping=mapping, **options)

    return run


def newest(client: Client) -> dict[str, Any]:
    return dict(client.get("/api/v1/imports").json()["results"][0])


def test_it_is_in_the_list_and_can_be_undone(plant: Plant, engineer: Client, load: Load) -> None:
    load()
    listed = newest(engineer)
    assert (listed["source"], listed["state"], listed["file_count"]) == ("command", "done", 1)
    job = engineer.get(f"/api/v1/imports/{listed['id']}").json()
    assert (job["files"][0]["name"], job["report"]["samples"]) == ("log.csv", 1)
    assert job["mapping"] == f"site: {plant.slug}\n" and job["created_by"].endswith("command)")
    assert engineer.get(f"/api/v1/imports/{job['id']}/ranges").json()["undoable"]
    assert len(plant.stored("TT-101")) == 1
    undo = engineer.post(f"/api/v1/imports/{job['id']}/undo", content_type="application/json")
    assert undo.status_code == 202, undo.content
    corrections.perform(plant.tenant, undo.json()["id"], now)
    assert plant.stored("TT-101") == {}


def test_alarms_are_told_of_what_was_imported(plant: Plant, load: Load) -> None:
    prefix = plant.tenant.prefix
    load()
    assert alarms().late(prefix) == [], "no rule is enabled"
    second_reader().start(prefix)
    load("time,TT-102\n2024-05-01 00:00:00,1.5\n2024-05-01 00:10:00,2.5\n")
    found = alarms().late(prefix)
    second_reader().stop(prefix)
    alarms().commit(prefix, Step(evaluated=found))
    first = 1_714_521_600_000
    assert [(each.target, each.start, each.end) for each in found] == [
        (f"past:{plant.sensor('TT-102').id}", first, first + 600_000)
    ]


def test_a_dry_run_and_a_wrong_mapping_leave_no_record(plant: Plant, engineer: Client, load: Load) -> None:
    before = len(engineer.get("/api/v1/imports").json()["results"])
    load(dry_run=True)
    with pytest.raises(CommandError, match="has no sensor"):
        load(mapping=f"{{site: {plant.slug}, columns: {{TT-101: nobody}}}}")
    assert len(engineer.get("/api/v1/imports").json()["results"]) == before


def test_cancelled_from_the_page_it_ends(
    plant: Plant, engineer: Client, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = command.run

    def cancelled_meanwhile(*args: Any) -> Any:
        assert engineer.post(f"/api/v1/imports/{newest(engineer)['id']}/cancel").status_code == 200
        return run(*args)

    monkeypatch.setattr(command, "run", cancelled_meanwhile)
    with pytest.raises(CommandError, match="was cancelled"):
        load()
    assert newest(engineer)["state"] == "cancelled"


def test_a_command_that_is_killed_or_interrupted_does_not_stay_running(
    plant: Plant, engineer: Client, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load()
    interrupted = newest(engineer)
    assert interrupted["state"] == "failed" and "was interrupted" in interrupted["error"]

    with monkeypatch.context() as killed:  # simulates SIGKILL
        killed.setattr(command, "_fail", lambda *args: None)
        killed.setattr(jobs, "finish_command", lambda *args: None)
        with pytest.raises(KeyboardInterrupt):
            load()
    left = newest(engineer)
    assert left["state"] == "running"
    slot = jobs.JOBS.slot(plant.tenant)
    assert slot.acquire()
    with slot:  # as long as the command lives
        work(Queue.long, now)
        assert newest(engineer)["state"] == "running"
    work(Queue.long, now)
    settled = newest(engineer)
    assert (settled["id"], settled["state"]) == (left["id"], "failed") and "was killed" in settled["error"]
    assert (plant.tenant.slug, left["id"]) not in jobs.JOBS.open_jobs().all()


def test_it_waits_for_another_import_of_the_tenant(
    plant: Plant, load: Load, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slot = jobs.JOBS.slot(plant.tenant)
    assert slot.acquire()
    slot.__enter__()
    monkeypatch.setattr(command, "sleep", lambda seconds: slot.__exit__(None, None, None))
    load()
    assert "this one waits for it" in capsys.readouterr().err
    assert len(plant.stored("TT-101")) == 1
