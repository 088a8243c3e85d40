"""The script of the backup's pod adds an archive, removes the oldest, and touches no others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.charts.rendering import Manifest, given, matrix, merged, of_kind, refusal, rendered

# In place of our command, which writes the archive it is told to.
PYTHON = '#!/bin/sh\n[ "$1 $2 $3 $4" = "manage.py tenants backup harbour" ] && [ -z "$FAIL" ] && echo archive > "$5"\n'
BUCKET = {"name": "BACKUP_FOLDER", "value": "s3://backups/asked"}


def container(name: str, kind: str = "CronJob") -> Manifest:
    [job] = of_kind(rendered()["tenantstack", name], kind).values()
    spec = job["spec"]["jobTemplate"]["spec"] if kind == "CronJob" else job["spec"]
    [found] = spec["template"]["spec"]["containers"]
    assert isinstance(found, dict)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    backups = tmp_path / "backups"
    backups.mkdir()
    for day in range(1, 6):
        (backups / f"harbour-2026010{day}T021700Z.tar.gz").write_text("archive")
    (backups / "harbour-before-the-move.tar.gz").write_text("archive")
    (backups / "harbour-east-20260101T021700Z.tar.gz").write_text("archive")
    return backups


def run(folder: Path, **environment: str) -> int:
    found = container("backups on a claim of theirs")
    script = found["args"][0].replace("/backups/", f"{folder}/")
    path = {"PATH": f"{folder.parent}:{os.environ['PATH']}"}
    return subprocess.run([*found["command"], script], env={**path, **environment}).returncode


def test_an_archive_is_added_and_the_oldest_beyond_the_limit_are_removed(folder: Path) -> None:
    assert run(folder) == 0
    left = sorted(file.name for file in folder.iterdir())
    ours = [name for name in left if name.startswith("harbour-2")]
    assert ours[:2] == ["harbour-20260104T021700Z.tar.gz", "harbour-20260105T021700Z.tar.gz"] and len(ours) == 3
    assert {"harbour-before-the-move.tar.gz", "harbour-east-20260101T021700Z.tar.gz"} < set(left)


def test_no_archive_is_removed_if_none_was_written(folder: Path) -> None:
    before = sorted(folder.iterdir())
    assert run(folder, FAIL="yes") != 0
    assert sorted(folder.iterdir()) == before


def test_a_bucket_is_written_to_with_the_secret_that_was_named() -> None:
    found = container("backups to a bucket")
    assert 'manage.py tenants backup harbour "s3://backups/plants/harbour-$(date' in found["args"][0]
    assert found["envFrom"] == [{"secretRef": {"name": "backup-bucket"}}]


def test_archives_requested_over_http_go_to_a_bucket_whose_keys_only_their_workers_have() -> None:
    processes = of_kind(rendered()["plantrace", "backups to a bucket"], "Deployment")
    names, keys = set(), set()
    for process in processes.values():
        spec = process["spec"]["template"]["spec"]
        for each in [*spec["containers"], *spec.get("initContainers", [])]:
            names |= {each["name"] for entry in each.get("env", []) if entry == BUCKET}
            keys |= {
                each["name"] for entry in each.get("envFrom", []) if entry == {"secretRef": {"name": "backup-bucket"}}
            }
    assert names == keys == {"web", "jobs"}


@pytest.mark.parametrize(
    ("chart", "kinds", "who"),
    [("plantrace", ("Deployment",), {"web", "jobs", "control"}),
     ("tenantstack", ("Deployment", "CronJob"), {"api", "backup"})],
)  # fmt: skip
def test_attachments_of_events_are_in_the_bucket_of_those_who_store_read_back_up_and_delete_them(
    chart: str, kinds: tuple[str, ...], who: set[str]
) -> None:
    place = {"name": "EVENT_ATTACHMENTS", "value": "s3://attachments/events"}
    keys = {"secretRef": {"name": "backup-bucket"}}
    manifests = rendered()[chart, "attachments in a bucket"]
    found = [each for kind in kinds for each in of_kind(manifests, kind).values()]
    specs = [each["spec"].get("template") or each["spec"]["jobTemplate"]["spec"]["template"] for each in found]
    containers = [each for spec in specs for each in spec["spec"]["containers"]]
    assert {each["name"] for each in containers if keys in each.get("envFrom", ())} == who
    assert {each["name"] for each in containers if place in each.get("env", ())} >= who


def test_two_buckets_of_one_process_have_one_secret() -> None:
    backups = {"backups": {"bucket": "s3://backups/asked"}, "attachments": {"bucketSecret": "other"}}
    values = merged(matrix()["plantrace", "attachments in a bucket"], backups)
    assert "one set of AWS_ variables" in refusal("plantrace", values)


@pytest.mark.parametrize(
    "bucket", ["gs://backups", "s3://Backups/x", "s3://backups/$(id)", 's3://backups/"; rm -rf /"']
)
def test_an_invalid_bucket_is_rejected(bucket: str) -> None:
    values = merged(given("tenantstack")["minimal"], {"backup": {"destination": {"bucket": bucket}}})
    assert "bucket" in refusal("tenantstack", values)


def test_a_restore_names_the_archive_and_the_tenant() -> None:
    found = container("full", "Job")
    words = [*found["command"], *found["args"]]
    assert words == [
        "python",
        "manage.py",
        "tenants",
        "restore",
        "/backups/harbour-2026-03-14.tar.gz",
        "--into",
        "harbour",
    ]
    assert container("backups to a bucket", "Job")["args"][0].startswith("s3://backups/plants/harbour-2026")
