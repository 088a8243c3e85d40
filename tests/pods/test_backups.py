"""A tenant's own process takes its backup and restores one into a new tenant, without the platform's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.installation import Platform
from tests.pods.pod import Pod
from tests.pods.test_writer import T, stored, write
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def archive(plants: Platform, pod: Pod, tmp_path_factory: pytest.TempPathFactory) -> Path:
    write(plants, T + 700, 70.0)
    path = tmp_path_factory.mktemp("archives") / "podded.tar.gz"
    answer = pod.manage("tenants", "backup", "podded", str(path))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return path


@pytest.fixture
def fresh(plants: Platform, tmp_path: Path, request: pytest.FixtureRequest) -> Pod:
    """A new tenant of the test's own, and its pods."""
    slug = f"new-{abs(hash(request.node.name)) % 10_000}"
    plants.ensure_tenant(slug)
    plants.ensure_person(f"engineer-{slug}", slug)
    return Pod.of(plants, slug, tmp_path / "home")


def row(platform: Platform, slug: str) -> dict[str, Any]:
    answer: dict[str, Any] = platform.get(f"/api/v1/tenants/{slug}", "operator").json()
    return answer


def test_the_archive_is_signed_as_the_tenant_s(plants: Platform, archive: Path) -> None:
    code = "from pathlib import Path; from tenants.backups.archive import authenticate; authenticate(Path({!r}))"
    plants.shell(code.format(str(archive)))


def test_it_fills_a_new_tenant_whose_limits_stay_its_own(plants: Platform, archive: Path, fresh: Pod) -> None:
    change = f"Tenant.objects.filter(slug={fresh.slug!r}).update(limits={{'sensors': 7000}})"
    plants.shell(f"from tenants.models import Tenant; {change}")
    answer = fresh.manage("tenants", "restore", str(archive), "--into", fresh.slug)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    now = row(plants, fresh.slug)
    assert (now["state"], now["restoring"], now["limits"]["sensors"]) == ("ready", "", 7000)
    assert [step["state"] for step in now["steps"][-3:]] == ["done"] * 3
    wait_until(lambda: stored(plants, f"engineer-{fresh.slug}").get(700) == 70.0)
    trail = plants.get("/api/v1/audit?action=tenant.restore", "operator").json()["results"]
    assert trail[0]["target"] == fresh.credentials["id"]


def test_one_that_was_changed_is_refused_and_the_tenant_stays_open(
    plants: Platform, archive: Path, fresh: Pod, tmp_path: Path
) -> None:
    content = archive.read_bytes()
    forged = tmp_path / "forged.tar.gz"
    middle = len(content) // 2
    forged.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    answer = fresh.manage("tenants", "restore", str(forged), "--into", fresh.slug)
    assert answer.returncode != 0 and "was changed, or is damaged" in answer.stderr + answer.stdout
    assert row(plants, fresh.slug)["state"] == "ready"


def test_a_tenant_with_data_is_not_restored_into(plants: Platform, archive: Path, pod: Pod) -> None:
    answer = pod.manage("tenants", "restore", str(archive), "--into", "podded")
    assert answer.returncode != 0 and "has data already" in answer.stderr
    assert row(plants, "podded")["state"] == "ready"


def test_it_cannot_reach_another_tenant(pod: Pod, tmp_path: Path) -> None:
    answer = pod.manage("tenants", "backup", "beside", str(tmp_path / "theirs.tar.gz"))
    assert answer.returncode != 0 and "knows no tenant beside" in answer.stderr
    assert list(tmp_path.iterdir()) == []
    for action in (["list"], ["rotate-keys"], ["delete", "beside", "--confirm", "beside"]):
        answer = pod.manage("tenants", *action)
        assert answer.returncode != 0 and "can only do backup and restore" in answer.stderr


def test_its_key_signs_for_no_other_tenant(plants: Platform, pod: Pod) -> None:
    """And the control plane says of a signature whether it is ours, without giving the key away."""

    def ask(method: str, path: str, **body: str) -> Any:
        headers = {"Authorization": f"Bearer {pod.credentials['token']}"}
        return requests.request(
            method, f"{plants.url}/internal/v1/{path}", json=body or None, headers=headers, timeout=10
        )

    key = ask("GET", "archive-key").json()
    out = plants.shell(
        """
import base64, json
from tenants import archive_keys
from tenants.models import Tenant
ids = {slug: Tenant.objects.get(slug=slug).id for slug in ("podded", "beside")}
keys = {slug: archive_keys.signing_key(archive_keys.of_tenant(id)) for slug, id in ids.items()}
digest = "ab" * 32
told = {slug: [ids[slug], base64.b64encode(k.secret).decode(), k.sign(digest)] for slug, k in keys.items()}
print("keys=" + json.dumps(told))
"""
    )
    keys = json.loads(out.split("keys=")[-1])
    assert key["secret"] == keys["podded"][1] != keys["beside"][1]
    for slug, signed_as, right in (("beside", "beside", True), ("beside", "podded", False), ("podded", "podded", True)):
        verdict = ask(
            "POST",
            "archive-signature",
            tenant=keys[slug][0],
            key_id=key["id"],
            said=keys[signed_as][2],
            digest="ab" * 32,
        )
        assert (verdict.json()["why"] == "") is right
