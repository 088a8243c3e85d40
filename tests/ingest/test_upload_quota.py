"""A tenant's upload quota: space is reserved before a byte is read, and released, after a crash by expiry."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from redis.exceptions import TimeoutError

from ingest.imports import jobs
from ingest.imports.quota import UPLOAD_TTL_S, reserve_upload, stored_bytes
from kernel.errors import TooLarge, Unavailable
from kernel.tenancy import Limits, TenantConnection
from runtime.home import Home
from stores.redis.reservations import Quota, QuotaExceeded, Reservations
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant
from tests.input.test_bodies import Unread, ask
from web.clock import now_ms
from web.stores import streams

NOW = 1_773_481_320
FILE = b"when,TT-101\n" + b"2026-03-01T00:00:00Z,1.5\n" * 400


@pytest.fixture(autouse=True)
def nothing_uploaded(acme: TenantConnection) -> Iterator[None]:
    yield
    shutil.rmtree(Home.from_environment().folder("imports") / acme.id, ignore_errors=True)
    streams()._redis.delete(f"{acme.prefix}uploads")


@pytest.fixture
def small(tenant_rows: dict[str, Any]) -> Iterator[int]:
    """The tenant's quota: a file and a half."""
    row, limit = tenant_rows["acme"], len(FILE) * 3 // 2
    before, row.limits = row.limits, {**row.limits, "upload_bytes": limit}
    row.save()
    yield limit
    row.limits = before


def upload(client: Client, plant: Plant, dry_run: bool = True, **headers: str) -> Any:
    form = {"mapping": f"site: {plant.slug}", "file": SimpleUploadedFile("history.csv", FILE), "dry_run": str(dry_run)}
    return client.post("/api/v1/imports", form, headers=headers)


def test_the_files_of_dry_runs_count_and_usage_is_reported(
    plant: Plant, acme: TenantConnection, client_for: ClientFor, small: int
) -> None:
    engineer = client_for("engineer", acme)
    first = upload(engineer, plant)
    assert first.status_code == 202, first.content
    assert stored_bytes(acme) == len(FILE)
    second = upload(engineer, plant)
    assert second.status_code == 413
    problem = second.json()
    assert problem["type"] == "/problems/upload-quota"
    assert (problem["limit"], problem["used"]) == (small, len(FILE))
    assert "dry runs that were not started" in problem["detail"] and "go after a day" in problem["detail"]
    assert stored_bytes(acme) == len(FILE), "nothing of the second is kept"
    jobs.perform(acme, first.json()["id"], now_ms)
    assert upload(engineer, plant).status_code == 413, "a dry run that is done waits for its start"
    assert engineer.post(f"/api/v1/imports/{first.json()['id']}/start").status_code == 202
    jobs.perform(acme, first.json()["id"], now_ms)
    assert stored_bytes(acme) == 0
    assert upload(engineer, plant).status_code == 202, "what was loaded gives its room back"


def test_an_upload_beyond_the_quota_is_refused_before_it_is_read(
    acme: TenantConnection, client_for: ClientFor, small: int
) -> None:
    body = Unread(small + 1, 0)
    environ = {"CONTENT_LENGTH": str(small + 1), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    response = ask(client_for("engineer", acme), "post", "/api/v1/imports", body, **environ)
    assert (response.status_code, json.loads(response.content)["type"]) == (413, "/problems/upload-quota")
    assert body.taken == 0


def test_another_tenant_has_its_own_room(
    plant: Plant, acme: TenantConnection, rival: TenantConnection, client_for: ClientFor, small: int
) -> None:
    assert upload(client_for("engineer", acme), plant).status_code == 202
    other = upload(client_for("engineer", rival), plant)
    assert other.json().get("type") != "/problems/upload-quota", "it fails for the site that it does not have"


def test_a_rejected_upload_releases_its_reservation(
    plant: Plant, acme: TenantConnection, client_for: ClientFor, small: int
) -> None:
    engineer = client_for("engineer", acme)
    for _ in range(3):
        form = {"mapping": "site: nowhere", "file": SimpleUploadedFile("history.csv", FILE)}
        assert engineer.post("/api/v1/imports", form).status_code == 400
    assert upload(engineer, plant).status_code == 202


def test_uploads_side_by_side_share_the_room(acme: TenantConnection) -> None:
    tenant = replace(acme, limits=Limits(upload_bytes=100))
    with reserve_upload(tenant, 60, NOW):
        with pytest.raises(TooLarge, match="60 are in use"), reserve_upload(tenant, 41, NOW):
            raise AssertionError("it was let in")
        with reserve_upload(tenant, 40, NOW):
            pass
    with reserve_upload(tenant, 100, NOW):
        pass


def test_the_reservation_of_a_killed_process_expires(acme: TenantConnection) -> None:
    now = int(time.time())
    reservations = Reservations(settings.REDIS_URL, acme.prefix, UPLOAD_TTL_S)
    killed = reservations.hold(80, Quota(100, int), now)
    killed.__enter__()  # and never left
    with pytest.raises(QuotaExceeded), reservations.hold(30, Quota(100, int), now + UPLOAD_TTL_S - 1):
        pass
    with reservations.hold(30, Quota(100, int), now + UPLOAD_TTL_S):
        pass


def test_a_reservation_whose_answer_came_too_late_is_released(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    reservations = Reservations(settings.REDIS_URL, acme.prefix, UPLOAD_TTL_S)
    really = reservations._reserve

    def late(**arguments: Any) -> Any:
        really(**arguments)
        raise TimeoutError("Timeout reading from socket")

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(reservations, "_reserve", late)
        with reservations.hold(80, Quota(100, int), NOW):
            raise AssertionError("it was let in")
    with reservations.hold(100, Quota(100, int), NOW):
        pass
