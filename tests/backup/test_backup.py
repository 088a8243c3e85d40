"""A backup of a running installation, restored into an empty folder, shows the same on all pages."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.home import Home
from runtime.supervisor import Supervisor
from tests.installation import Platform
from tests.isolation import ROOT
from tests.waiting import wait_until

START = 1_700_000_000_000  # ms
MINUTES = 300
YEARS = 1_400_000_000_000  # from 2014 on, a shard for each year
SLUGS = ("running", "paused", "archived")
SHOWN: dict[str, Any] = {}  # by slug, before the backup


def fill(platform: Platform, slug: str, offset: float) -> None:
    """A tenant with a site, three sensors, a schematic in two versions, and samples."""
    platform.ensure_tenant(slug)
    person = engineer(slug)
    platform.ensure_person(person, slug, "admin")
    site = post(platform, person, "/api/v1/sites", slug="mill", name="Mill", timezone="Europe/Oslo")
    kinds = {"TT-1": "continuous", "P-1": "discrete", "NOTE": "text"}
    sensors = {
        tag: post(platform, person, "/api/v1/sensors", site=site["id"], tag=tag, name=tag, kind=kind, **states(kind))
        for tag, kind in kinds.items()
    }
    drawing = {"width": 400, "height": 300, "placements": [{"id": "p", "symbol": "pump", "x": 50, "y": 50}]}
    drawing["tags"] = [{"id": "t", "sensor": sensors["TT-1"]["id"], "x": 10, "y": 10}]
    created = post(platform, person, "/api/v1/schematics", site=site["id"], name="Loop", drawing=drawing)
    changed = {**drawing, "texts": [{"id": "x", "x": 5, "y": 5, "text": "Second version"}]}
    put = {"drawing": changed, "valid_from": START + 60_000 * 100, "revision": created["revision"]}
    response = platform.call("PUT", f"/api/v1/schematics/{created['id']}", person, json=put)
    assert response.ok, response.text
    lines = [
        line
        for minute in range(MINUTES)
        for line in (
            f"mill,sensor=TT-1 value={20 + offset + minute % 7 / 2} {START + minute * 60_000}",
            f"mill,sensor=P-1 value={minute // 50 % 2} {START + minute * 60_000}",
            f'mill,sensor=NOTE text="note {minute}" {START + minute * 60_000}',
        )
    ]
    sent = [{"ts": START + k, "type": "step", "device": "M-1", "log": f"{slug} {k}\n" * 2_000} for k in (0, 86_400_000)]
    response = platform.call("POST", "/api/v1/events", person, json=sent)
    assert response.status_code == 202 and response.json()["accepted"] == 2, response.text
    fill_work(platform, person, site["id"])
    long_ago = [f"mill,sensor=TT-1 value={offset + year} {YEARS + year * 31_536_000_000}" for year in range(8)]
    write(platform, person, long_ago + lines)


def fill_work(platform: Platform, person: str, site: str) -> None:
    """A case with a past and a photo, a plan, a campaign, whom alarms are told and where they are published."""
    asset = post(platform, person, "/api/v1/assets", site=site, tag="PUMP", name="Pump", type="pump")["id"]
    case = post(platform, person, "/api/v1/cases", title="Seal leaks", asset=asset)
    change = {"title": "Seal is worn", "asset": asset, "state": "done", "revision": 1}
    assert platform.call("PUT", f"/api/v1/cases/{case['id']}", person, json=change).ok
    response = platform.call("POST", f"/api/v1/cases/{case['id']}/files?name=seal.png", person, data=b"a picture")
    assert response.ok, response.text
    every = {"calendar": {"count": 6, "unit": "months"}}
    post(platform, person, "/api/v1/maintenance-plans", name="Grease", target={"assets": [asset]}, every=every)
    post(platform, person, "/api/v1/campaigns", name="Seals", query={"names": ["M-*"]})
    hook = {"kind": "webhook", "url": "https://example.com/hook", "secret": "0123456789abcdef"}
    channel = post(platform, person, "/api/v1/notification/channels", name="Hook", settings=hook)["id"]
    me = platform.get("/api/v1/cases/people", person).json()["me"]
    nights = [{"days": [1], "from": "22:00", "to": "06:00", "people": [me]}]
    post(platform, person, "/api/v1/notification/shifts", name="Operators", zone="UTC", entries=nights)
    post(platform, person, "/api/v1/notification/routes", name="All", steps=[{"channels": [channel]}])
    bus = {"kind": "mqtt", "host": "broker.example", "username": "plantrace", "password": "s3cret"}
    post(platform, person, "/api/v1/alarm-sinks", name="Bus", enabled=False, settings=bus)


def engineer(slug: str) -> str:
    return f"engineer-of-{slug}"


def states(kind: str) -> dict[str, Any]:
    return {"states": {"0": "Stopped", "1": "Running"}} if kind == "discrete" else {}


def post(platform: Platform, person: str, path: str, **body: Any) -> Any:
    response = platform.call("POST", path, person, json=body)
    assert response.ok, response.text
    return response.json()


def write(platform: Platform, person: str, lines: list[str]) -> None:
    response = platform.call("POST", "/write?precision=ms", person, data="\n".join(lines).encode())
    assert response.status_code == 204, response.text


def shown(platform: Platform, slug: str) -> dict[str, Any]:
    """Everything that a tenant's pages show, as returned by the API."""
    person = engineer(slug)

    def get(path: str, **params: Any) -> Any:
        response = platform.get(path, person, **params)
        assert response.ok, (path, response.text)
        return response.json()

    sensors = get("/api/v1/sensors")["results"]
    schematics = get("/api/v1/schematics")["results"]
    events = get("/api/v1/events")["results"]
    end, ids = START + MINUTES * 60_000, ",".join(sensor["id"] for sensor in sensors)
    values = get("/api/v1/values", at=end, sensors=ids)["values"]
    [case] = get("/api/v1/cases")["results"]
    [photo] = get(f"/api/v1/cases/{case['id']}")["notes"][0]["files"]
    [plan] = get("/api/v1/maintenance-plans")["results"]
    work = ("maintenance-plans", "campaigns", "notification/channels", "notification/routes", "notification/shifts")
    return {
        "case": [get(f"/api/v1/cases/{case['id']}", at=at) for at in (case["opened"], case["changed"] + 60_000)],
        "photo": platform.get(f"/api/v1/cases/{case['id']}/files/{photo['id']}", person).content,
        "plan": get(f"/api/v1/maintenance-plans/{plan['id']}", at=plan["created"]),
        "work": [get(f"/api/v1/{path}")["results"] for path in (*work, "alarm-sinks")],
        "sites": get("/api/v1/sites"),
        "events": events,
        "logs": [platform.get(each["attachments"]["log"]["address"], person).text for each in events],
        "sensors": sensors,
        "samples": [get(f"/api/v1/sensors/{s['id']}/samples", start=YEARS, end=end, method="raw") for s in sensors],
        "values": values,
        "schematics": schematics,
        "drawings": [get(f"/api/v1/schematics/{s['id']}", at=at) for s in schematics for at in (START, end)],
        "frames": [get(f"/api/v1/schematics/{s['id']}/frame", at=START + 60_000) for s in schematics],
    }


def wait_written(platform: Platform, slug: str) -> None:
    """Wait until the ingest writer has stored every sample (they arrived as one batch)."""
    wait_until(lambda: any(len(series["t"]) == MINUTES for series in shown(platform, slug)["samples"]))


def wait_built(platform: Platform, slug: str) -> None:
    """Wait until the ladder worker has nothing left to do."""
    wait_until(lambda: platform.command("ladder", "status", slug).startswith("complete"))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("original") / "home")
    try:
        platform.start()
        for number, slug in enumerate(SLUGS):
            fill(platform, slug, number * 10.0)
        platform.ensure_tenant("empty")
        for slug in SLUGS:
            wait_written(platform, slug)
            SHOWN[slug] = shown(platform, slug)
        platform.command("tenants", "suspend", "paused")
        platform.command("tenants", "delete", "archived", "--confirm", "archived", "--keep-disk")
        yield platform
    finally:
        platform.stop()


@pytest.fixture(scope="module")
def archive(original: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    print(original.manage("backup", str(folder / "backup.tar.gz")))
    assert [path.name for path in folder.iterdir()] == ["backup.tar.gz"]
    return folder / "backup.tar.gz"


def test_a_backup_restores_what_the_pages_show(original: Platform, archive: Path, tmp_path: Path) -> None:
    assert SHOWN["running"]["samples"] != SHOWN["paused"]["samples"]
    assert [each["title"] for each in SHOWN["running"]["case"]] == ["Seal leaks", "Seal is worn"]
    assert [log[:9] for log in SHOWN["running"]["logs"]] == ["running 8", "running 0"]
    assert archive.stat().st_mode & 0o077 == 0

    restored = Platform(tmp_path / "restored", original.people)
    try:
        assert "signed by another installation" in refused(restored.path, "restore", archive)
        restored.environment["FERNET_KEYS"] = original.home.secret("fernet")  # which its owner keeps apart
        assert "Restored 3 tenants" in restored.manage("restore", str(archive))
        del restored.environment["FERNET_KEYS"]  # it is in the archive
        restored.start()
        restored.ensure_tenant("running")
        restored.ensure_tenant("empty")
        assert shown(restored, "running") == SHOWN["running"]
        wait_built(restored, "running")
        assert "0 buckets of 0" in restored.command("ladder", "verify", "running")
        assert shown(restored, "running") == SHOWN["running"], "also from the ladder that was rebuilt"
        assert restored.get("/api/v1/sites", engineer("paused")).status_code == 403
        restored.command("tenants", "resume", "paused")
        assert shown(restored, "paused") == SHOWN["paused"]
        [disk] = restored.get("/api/v1/tenants", "operator").json()["kept_disks"]
        assert disk["slug"] == "archived"
        restored.command("tenants", "create", "archived", "--adopt-disk", disk["id"])
        restored.people.pop(engineer("archived"))  # the old token died with the old tenant
        restored.ensure_person(engineer("archived"), "archived", "admin")
        assert shown(restored, "archived") == SHOWN["archived"]

        write(restored, engineer("running"), [f"mill,sensor=TT-1 value=99 {START + MINUTES * 60_000 + 1}"])
        assert shown(original, "running") == SHOWN["running"], "the original knows nothing of it"
    finally:
        restored.stop()


def test_a_backup_that_is_killed_leaves_no_half_file(original: Platform, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    command = [sys.executable, str(ROOT / "manage.py"), "backup", str(archive)]
    environment = {**os.environ, "PLANTRACE_HOME": str(original.path)}
    backup = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    while not (tmp_path / ".backup.tar.gz.part").exists():
        assert backup.poll() is None
        time.sleep(0.002)
    os.killpg(backup.pid, signal.SIGKILL)
    backup.wait()
    assert not archive.exists()
    left = [path.name for path in tmp_path.iterdir()]
    assert left and all(name.startswith(".backup.tar.gz.") for name in left)

    original.manage("backup", str(archive))  # waits until the leases of the one that was killed are over
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar.gz"]


def test_a_restore_rejects_what_it_cannot_restore(original: Platform, archive: Path, tmp_path: Path) -> None:
    assert "exists" in refused(original.path, "backup", archive)

    assert "An installation runs" in refused(original.path, "restore", archive)
    full = tmp_path / "full"
    Home(full).folder("disks", "something")
    assert "is not empty" in refused(full, "restore", archive)
    another = {"FERNET_KEYS": "x" * 43 + "="}
    assert "signed by another installation" in refused(tmp_path / "keys", "restore", archive, **another)
    assert not (tmp_path / "keys" / "restoring").exists(), "nothing was unpacked"
    assert "FERNET_KEYS" in refused(tmp_path / "keys", "restore", archive, "--unauthenticated", **another)
    assert "was interrupted" in refused(tmp_path / "keys", "up")
    for home in ("keys", "full"):
        assert not Supervisor(Home(tmp_path / home)).is_up()
        shutil.rmtree(tmp_path / home)


def refused(home: Path, command: str, *arguments: object, **environment: str) -> str:
    """The command's error message."""
    result = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), command, *map(str, arguments)],
        env={**os.environ, "PLANTRACE_HOME": str(home), **environment}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode != 0
    assert "Traceback" not in result.stderr, result.stderr
    return result.stderr
