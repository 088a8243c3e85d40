"""Backups requested over HTTP and taken by a worker, and tenants restored from them, on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from tenants import operations, reconciler
from tenants.backups import operations as backups
from tenants.backups.archive import read_about
from tenants.backups.jobs import BackupRecord
from tenants.interfaces import data_plane
from tenants.lifecycle import State
from tenants.models import Backup, Tenant
from tests.conftest import ClientFor
from tests.tenants.conftest import MakeTenant, work_on_backups
from tests.tenants.filled import contents
from web import stores


@pytest.fixture
def operator(client_for: ClientFor) -> Client:
    return client_for("operator")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.BACKUP_FOLDER = str(tmp_path / "backups")
    yield tmp_path / "backups"


def test_a_backup_is_requested_taken_and_restored(
    operator: Client, original: Tenant, folder: Path, make_tenant: MakeTenant
) -> None:
    url = "/api/v1/tenants/original/backups"
    requested = operator.post(url)
    assert requested.status_code == 202
    body = requested.json()
    assert (body["state"], body["created_by"]) == ("requested", "operator")
    assert operator.post(url).status_code == 409, "one at a time"
    work_on_backups()
    done = operator.get(requested["Location"]).json()
    assert (done["state"], done["error"]) == ("done", "")
    assert done["bytes"] == (folder / f"{body['id']}.tar.gz").stat().st_size
    assert read_about(folder / f"{body['id']}.tar.gz").id == body["id"]
    listed = operator.get(url).json()
    assert ([each["id"] for each in listed["results"]], listed["total"], listed["next"]) == ([body["id"]], 1, None)
    assert (done["there"], done["doing"], body["there"]) == (True, "", False)

    created = operator.post(
        "/api/v1/tenants", {"slug": "second", "restore": body["id"]}, content_type="application/json"
    )
    assert created.status_code == 202, created.content
    reconciler.reconcile()
    second = Tenant.objects.get(slug="second")
    assert (second.state, second.plan) == ("provisioning", ""), "it opens once it is filled"
    shown = operator.get("/api/v1/tenants/second").json()
    assert shown["restoring"] == body["id"]
    assert [each["state"] for each in shown["steps"]] == ["done"] * 7 + ["waiting"] * 3
    assert shown["status"] == "Provisioning: Check and unpack the backup (8 of 10)"
    assert operator.delete(requested["Location"]).status_code == 409
    work_on_backups()
    second.refresh_from_db()
    assert second.state == "ready", second.error
    [shown] = operator.get("/api/v1/tenants?q=second").json()["results"]
    assert (shown["restoring"], {each["state"] for each in shown["steps"]}) == ("", {"done"})
    assert all(each["seconds"] is not None for each in shown["steps"])
    assert contents(second.connection()) == contents(original.connection())
    assert operator.delete(requested["Location"]).status_code == 204
    assert list(folder.iterdir()) == []
    assert operator.get(requested["Location"]).status_code == 404
    assert AuditEntry.objects.filter(action="tenant.backup", tenant_slug="original").exists()
    assert AuditEntry.objects.get(action="tenant.create", tenant_slug="second").detail["restore"] == body["id"]
    operations.delete("second", "second")
    reconciler.reconcile()


def test_what_cannot_be_backed_up_or_restored_is_refused(operator: Client, original: Tenant, folder: Path) -> None:
    url = "/api/v1/tenants/original/backups"
    wrong = operator.post("/api/v1/tenants", {"slug": "x2", "restore": "bnone"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "restore")
    assert operator.post("/api/v1/tenants/nobody/backups").status_code == 404
    assert operator.get(f"{url}/bnone").status_code == 404
    operations.suspend("original")
    reconciler.reconcile()
    assert operator.post(url).status_code == 409


def test_restore_failures_have_a_reason_and_a_remedy(operator: Client, original: Tenant, folder: Path) -> None:
    backup = backups.request(original, "olga")

    def restored() -> str:
        body = {"slug": "x2", "restore": backup.pk}
        response = operator.post("/api/v1/tenants", body, content_type="application/json")
        assert (response.status_code, response.json()["field"]) == (400, "restore")
        return str(response.json()["detail"])

    assert "choose one that is done" in restored()
    work_on_backups()
    (folder / f"{backup.pk}.tar.gz").unlink()
    assert "Put it back there" in restored()
    assert operator.get(f"/api/v1/tenants/original/backups/{backup.pk}").json()["there"] is False


def test_backups_are_listed_by_page_with_a_count(operator: Client, tenant_rows: dict[str, Any]) -> None:
    rows = [Backup.objects.create(tenant=tenant_rows["acme"].pk, slug="acme", name="Acme") for _ in range(5)]
    Backup.objects.create(tenant=tenant_rows["rival"].pk, slug="rival", name="Rival")
    url, found = "/api/v1/tenants/acme/backups?limit=2", []
    while url:
        page = operator.get(url).json()
        assert page["total"] == 5
        found += [each["id"] for each in page["results"]]
        url = page["next"]
    assert found == [row.pk for row in reversed(rows)]


def test_the_progress_of_a_backup_is_shown(
    operator: Client, original: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, real = [], BackupRecord.save
    backup = backups.request(original, "olga")

    def seeing(record: BackupRecord, **fields: Any) -> None:
        real(record, **fields)
        if fields.get("doing"):
            seen.append(operator.get(f"/api/v1/tenants/original/backups/{backup.pk}").json())

    monkeypatch.setattr(BackupRecord, "save", seeing)
    work_on_backups()
    assert {each["state"] for each in seen} == {"running"}
    assert [each["doing"].split()[0] for each in seen] == ["Waiting", "Reading", "Reading", "Reading", "Packing"]


def test_a_failure_is_written_down(original: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.backups.take.WRITTEN_WITHIN_S", 0.2)
    stores.streams().append(original.connection(), [(1, b"p1,sensor=s1 value=1,quality=0i 1")])
    backup = backups.request(original, "olga")
    work_on_backups()
    backup.refresh_from_db()
    assert backup.state == "failed"
    assert "ingest writer" in backup.error
    data_plane().drop_keys(original.connection())


@pytest.mark.parametrize("moment", ["Waiting", "Packing", "the last byte"])
def test_a_backup_is_cancelled_at_any_moment_and_leaves_nothing(
    operator: Client, original: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    backup, real = backups.request(original, "olga"), BackupRecord.save
    url = f"/api/v1/tenants/original/backups/{backup.pk}"

    def cancelling(record: BackupRecord, **fields: Any) -> None:
        doing = "the last byte" if fields.get("state") == "done" else fields.get("doing", "")
        if doing.startswith(moment):
            response = operator.post(f"{url}/cancel")
            assert (response.status_code, response.json()["state"]) == (200, "cancelled")
        real(record, **fields)

    monkeypatch.setattr(BackupRecord, "save", cancelling)
    work_on_backups()
    backup.refresh_from_db()
    assert (backup.state, backup.doing, backup.error) == ("cancelled", "", "")
    assert list(folder.iterdir()) == []
    assert operator.post(f"{url}/cancel").status_code == 409
    monkeypatch.setattr(BackupRecord, "save", real)
    again = backups.request(original, "olga")
    work_on_backups()
    again.refresh_from_db()
    assert again.state == "done", "the tenant's slot is free"
    assert operator.delete(url).status_code == 204


def test_a_backup_that_has_not_started_is_cancelled(operator: Client, original: Tenant, folder: Path) -> None:
    backup = backups.request(original, "olga")
    url = f"/api/v1/tenants/original/backups/{backup.pk}/cancel"
    assert operator.post("/api/v1/tenants/nobody/backups/bnone/cancel").status_code == 404
    assert operator.post(url).json()["state"] == "cancelled"
    work_on_backups()
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_backup_whose_worker_died_is_taken_by_another(original: Tenant, folder: Path) -> None:
    backup = backups.request(original, "olga")
    Backup.objects.filter(pk=backup.pk).update(state="running")  # as a worker that was killed leaves it
    work_on_backups()
    backup.refresh_from_db()
    assert backup.state == "done"


def test_a_missing_archive_is_reported_and_a_retry_resumes(
    original: Tenant, folder: Path, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    backup = backups.request(original, "olga")
    work_on_backups()
    path = folder / f"{backup.pk}.tar.gz"
    operations.create(operations.NewTenant(slug="waiting", restore=backup.pk))
    reconciler.reconcile()
    path.rename(tmp_path / "elsewhere")
    work_on_backups()
    waiting = Tenant.objects.get(slug="waiting")
    assert (waiting.state, waiting.plan) == ("failed", "provision")
    assert "There is no file" in waiting.error
    stopped = waiting.steps.get(name="unpack")
    assert stopped.state == "failed"
    assert "There is no file" in stopped.message
    (tmp_path / "elsewhere").rename(path)
    operations.retry("waiting")
    reconciler.reconcile()
    work_on_backups()
    waiting.refresh_from_db()
    assert waiting.state == State.ready
    operations.delete("waiting", "waiting")
    reconciler.reconcile()
