"""Backup to a bucket and restore from it, by command and over HTTP, on a real S3 server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from kernel.errors import Unavailable
from runtime.archives import BadArchive
from runtime.home import Home
from stores.objects import Address, Objects
from tenants import operations, reconciler
from tenants.backups import operations as backups
from tenants.backups.location import location_of
from tenants.backups.restore import restore
from tenants.backups.take import back_up
from tenants.models import Backup, Tenant
from tests.bucket_server import BucketServer
from tests.conftest import ClientFor
from tests.tenants.conftest import MakeTenant, work_on_backups
from tests.tenants.filled import contents
from tests.tenants.test_backups import tenants


@pytest.fixture
def original(kept_original: Tenant) -> Tenant:
    """One for all tests of this file."""
    return kept_original


@pytest.fixture
def operator(client_for: ClientFor) -> Client:
    return client_for("operator")


@pytest.fixture
def backup_folder(bucket: str, settings: Any) -> str:
    settings.BACKUP_FOLDER = f"s3://{bucket}/asked for"
    return str(settings.BACKUP_FOLDER)


def left_behind(home: Home) -> list[Path]:
    return list(home.run.glob("scratch-*"))


def never(*_: Any) -> None:
    raise AssertionError("the samples were read")


# From the command line


def test_a_tenant_is_backed_up_to_a_bucket_and_restored(
    original: Tenant, make_tenant: MakeTenant, bucket_server: BucketServer, bucket: str, home: Home
) -> None:
    before = contents(original.connection())
    archive = f"s3://{bucket}/plants/original.tar.gz"
    output = tenants("backup", "original", archive)
    assert "Uploading to the bucket: " in output and f"{archive}: " in output
    assert bucket_server.objects(bucket) == ["plants/original.tar.gz"]
    make_tenant("copy")
    output = tenants("restore", archive, "--into", "copy")
    assert "Downloading from the bucket: " in output and "copy was restored from a backup of original" in output
    assert contents(Tenant.objects.get(slug="copy").connection()) == before
    assert left_behind(home) == []
    with pytest.raises(CommandError, match=f"{archive} exists; name another object"):
        tenants("backup", "original", archive)
    with pytest.raises(CommandError, match="has data already"):
        tenants("restore", archive, "--into", "copy")


def test_the_object_equals_the_file(original: Tenant, bucket_server: BucketServer, bucket: str, tmp_path: Path) -> None:
    about = back_up(original, location_of(f"s3://{bucket}/original.tar.gz"))
    assert location_of(f"s3://{bucket}/original.tar.gz").about() == about
    Objects(bucket_server.url).download(Address(bucket, "original.tar.gz"), tmp_path / "original.tar.gz")
    assert location_of(tmp_path / "original.tar.gz").about() == about


def test_a_destination_that_is_refused_is_found_before_the_samples_are_read(
    original: Tenant, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.backups.take.save_samples", never)
    with pytest.raises(CommandError, match="There is no bucket nowhere"):
        tenants("backup", "original", "s3://nowhere/original.tar.gz")
    with pytest.raises(Unavailable, match="There is no bucket nowhere"):
        back_up(original, location_of("s3://nowhere/original.tar.gz"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(CommandError, match="refuses our credentials"):
        tenants("backup", "original", f"s3://{bucket}/original.tar.gz")


def test_restore_errors_name_the_object(
    original: Tenant, make_tenant: MakeTenant, bucket: str, bucket_server: BucketServer, home: Home, tmp_path: Path
) -> None:
    archive = f"s3://{bucket}/original.tar.gz"
    with pytest.raises(CommandError, match=f"There is no object {archive}"):
        tenants("restore", archive, "--into", "copy")
    with pytest.raises(CommandError, match="There is no bucket nowhere"):
        tenants("restore", "s3://nowhere/original.tar.gz", "--into", "copy")
    assert not Tenant.objects.filter(slug="copy").exists()
    path = tmp_path / "original.tar.gz"
    back_up(original, location_of(path))
    content = path.read_bytes()
    copy = make_tenant("copy")
    for wrong, says in (
        (content[:-30], "is damaged|was cut off|is not signed"),
        (b"a letter", "is not a backup of a tenant|is not signed"),
    ):
        path.write_bytes(wrong)
        with Objects(bucket_server.url).upload(Address.parse(archive)) as upload:
            upload.send(path)
        with pytest.raises(BadArchive, match=f"{archive} ({says})"):
            restore(copy, location_of(archive))
        assert Tenant.objects.get(pk=copy.pk).state == "ready"
    assert left_behind(home) == []


BACK_UP = """
import sys
from tenants.backups import take
from tenants.backups.location import location_of
from tenants.models import Tenant
real = take.write_archive
def large(tenant, path, id, report):
    about = real(tenant, path, id, report)
    with path.open("ab") as file:
        file.truncate(400_000_000)
    print("packed", flush=True)
    return about
take.write_archive = large
take.back_up(Tenant.objects.get(slug="original"), location_of(sys.argv[-1]), lambda line: print(line, flush=True))
"""


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_is_killed_while_it_is_sent_leaves_nothing(
    original: Tenant, bucket: str, bucket_server: BucketServer, home: Home
) -> None:
    archive = f"s3://{bucket}/original.tar.gz"
    code = f"import sys; sys.argv.append({archive!r})\n{BACK_UP}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        env={**os.environ, "AWS_ENDPOINT_URL": bucket_server.url, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Uploading"):
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    time.sleep(1)
    assert bucket_server.objects(bucket) == []
    assert len(left_behind(home)) == 1
    Tenant.objects.filter(pk=original.pk).update(lease_until=None)  # as it is after 30 s
    back_up(original, location_of(archive))
    assert bucket_server.objects(bucket) == ["original.tar.gz"]
    assert left_behind(home) == []


def database_url() -> str:
    from django.db import connection

    return f"sqlite:///{connection.settings_dict['NAME']}"


# Over HTTP


def test_a_backup_requested_over_http_is_stored_in_the_bucket(
    operator: Client,
    original: Tenant,
    make_tenant: MakeTenant,
    bucket_server: BucketServer,
    bucket: str,
    backup_folder: str,
) -> None:
    url = "/api/v1/tenants/original/backups"
    requested = operator.post(url)
    assert requested.status_code == 202
    work_on_backups()
    done = operator.get(requested["Location"]).json()
    assert (done["state"], done["error"], done["there"]) == ("done", "", True)
    assert bucket_server.objects(bucket) == [f"asked for/{done['id']}.tar.gz"]
    assert done["bytes"] == location_of(f"{backup_folder}/{done['id']}.tar.gz").size()
    assert [each["there"] for each in operator.get(url).json()["results"]] == [True]

    body = {"slug": "second", "restore": done["id"]}
    assert operator.post("/api/v1/tenants", body, content_type="application/json").status_code == 202
    reconciler.reconcile()
    work_on_backups()
    second = Tenant.objects.get(slug="second")
    assert second.state == "ready", second.error
    assert contents(second.connection()) == contents(original.connection())
    operations.delete("second", "second")
    reconciler.reconcile()

    assert operator.delete(requested["Location"]).status_code == 204
    assert bucket_server.objects(bucket) == []
    assert operator.get(url).json()["results"] == []


def test_archives_missing_from_the_bucket_are_shown(
    operator: Client, original: Tenant, bucket: str, bucket_server: BucketServer, backup_folder: str
) -> None:
    for _ in range(2):
        backups.request(original, "olga")
        work_on_backups()
    first, second = Backup.objects.order_by("created")
    (bucket_server.folder / "buckets" / bucket / "asked for" / f"{first.pk}.tar.gz").unlink()
    shown = operator.get("/api/v1/tenants/original/backups").json()["results"]
    assert {each["id"]: each["there"] for each in shown} == {first.pk: False, second.pk: True}
    body = {"slug": "second", "restore": first.pk}
    refused = operator.post("/api/v1/tenants", body, content_type="application/json")
    assert refused.status_code == 400
    assert f"is not at {backup_folder}/{first.pk}.tar.gz any more" in refused.json()["detail"]
    assert operator.delete(f"/api/v1/tenants/original/backups/{first.pk}").status_code == 204
    operations.create(operations.NewTenant(slug="waiting", restore=second.pk))
    reconciler.reconcile()
    Objects(bucket_server.url).remove(Address.parse(f"{backup_folder}/{second.pk}.tar.gz"))
    work_on_backups()
    waiting = Tenant.objects.get(slug="waiting")
    assert waiting.state == "failed" and f"There is no object {backup_folder}/{second.pk}" in waiting.error
    assert "There is no object" in waiting.steps.get(name="unpack").message
    operations.delete("waiting", "waiting")
    reconciler.reconcile()


def test_an_unreachable_bucket_is_reported(
    operator: Client, original: Tenant, backup_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = backups.request(original, "olga")
    work_on_backups()
    with monkeypatch.context() as patch:
        patch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        failed = backups.request(original, "olga")
        work_on_backups()
        failed.refresh_from_db()
        assert failed.state == "failed" and "refuses our credentials" in failed.error
        url = f"/api/v1/tenants/original/backups/{done.pk}"
        for response in (operator.get(url), operator.delete(url), operator.get("/api/v1/tenants/original/backups")):
            assert response.status_code == 503
            assert "Check AWS_ACCESS_KEY_ID" in response.json()["detail"]
        operations.create(operations.NewTenant(slug="waiting"))
        reconciler.reconcile()
        waiting = Tenant.objects.filter(slug="waiting")
        waiting.update(restoring=done.pk, state="provisioning", plan="")
        work_on_backups()
        assert waiting.get().state == "provisioning" and "refuses our credentials" in waiting.get().error
    work_on_backups()
    assert waiting.get().state == "ready", "it was tried again"
    operations.delete("waiting", "waiting")
    reconciler.reconcile()
