"""A tenant's nightly backup, and restore into another tenant, by the Jobs of charts/tenantstack in real containers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.bucket_server import running_bucket_server
from tests.cluster.charts import CHARTS, helm, make_secret
from tests.cluster.kube import Kube, make_container, make_pod
from tests.cluster.outside import Outside, outside
from tests.cluster.test_image import IMAGE
from tests.testbed.cluster import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]
REPOSITORY, _, TAG = IMAGE.rpartition(":")
IMAGES = {"plantrace": {"repository": REPOSITORY, "tag": TAG}}
BACKUP = {"enabled": True, "schedule": "17 2 1 1 *"}
ON_CLAIMS = {"images": IMAGES, "backup": {**BACKUP, "destination": {"size": "1Gi"}}}
FILL = """
import numpy as np
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from web.directory import directory
tenant = directory().by_slug("harbour")
bulk_upsert(tenant, "sites", [{"slug": "mill", "name": "Mühle", "timezone": "Asia/Dubai"}])
described = [{"site": "mill", "tag": "TT-1", "name": "Supply", "interval_s": 3600.0},
             {"site": "mill", "tag": "PLC.msg", "name": "Message", "kind": "text"}]
bulk_upsert(tenant, "sensors", described)
known = snapshot_of(tenant)
site = known.site("mill").id
t = 1_700_000_000_000 + 3_600_000 * np.arange(20_000, dtype=np.int64)
with BulkWriter(tenant) as writer:
    writer.add(site, known.sensor(site, "TT-1").id, t, np.round(np.sin(np.arange(20_000) / 9), 3))
    writer.add(site, known.sensor(site, "PLC.msg").id, t[:50], [f"Stück {number}" for number in range(50)])
"""
# Everything that is in a tenant, but for what is its own: its name and its users.
CONTENTS = """
import hashlib, json
from catalog.snapshot import snapshot_of
from web import stores
from web.directory import directory
tenant = directory().by_slug({slug!r})
[series] = stores.reader(tenant).read(['SELECT * FROM "raw"./.*/ GROUP BY "sensor"'])
samples = [[each.name, each.tags, list(each.columns), each.values] for each in series]
sensors = sorted(snapshot_of(tenant).sensors)
latest = stores.streams().latest.read(tenant.prefix, sensors)
documents = stores.documents(tenant)
print(json.dumps({{
    "samples": sum(len(each.values) for each in series),
    "digest": hashlib.sha256(json.dumps(samples, sort_keys=True).encode()).hexdigest(),
    "latest": {{id: [sample.ms, sample.v, sample.q] for id, sample in latest.items()}},
    "documents": {{name: sorted(map(str, documents.find(name))) for name in ("sites", "sensors")}},
}}))
"""
LADDER = """
import json, time
from historian.ladder.verify import verify
from historian.ladder.builder import LadderBuilder
from catalog.snapshot import snapshot_of
from web.directory import directory
tenant = directory().by_slug({slug!r})
ladder = LadderBuilder(tenant)
while ladder.run_once(int(time.time() * 1000)):
    pass
checked = [list(verify(tenant, sensor)) for sensor in snapshot_of(tenant).sensors.values() if sensor.kind != "text"]
print(json.dumps({{"checked": len(checked), "faults": [str(fault) for found in checked for fault in found]}}))
"""


def test_the_nightly_archive_is_restored_into_another_tenant(
    cluster: Cluster, kube: Kube, namespace: str, tmp_path: Path
) -> None:
    with outside(cluster, kube, namespace, tmp_path, ON_CLAIMS) as control:
        harbour, before = filled(control)
        back_up(kube, harbour)
        [archive] = archives_of(cluster, kube, harbour).iterdir()
        assert archive.name.startswith("harbour-2")
        copy = control.make("harbour-copy")
        hold(kube, copy["endpoints"]["namespace"], copy)
        bring(archive, archives_of(cluster, kube, copy))
        restore(cluster, kube, copy, archive.name)
        compare(control, before)


def test_the_same_by_a_bucket(cluster: Cluster, kube: Kube, namespace: str, tmp_path: Path) -> None:
    with running_bucket_server(address=kube.cluster.addresses.node) as server:
        bucket = server.make_bucket()
        destination = {
            "bucket": f"s3://{bucket}/plants",
            "bucketEgress": [{"cidr": f"{server.address}/32", "ports": [server.port]}],
        }
        values = {"images": IMAGES, "backup": {**BACKUP, "destination": destination}}
        secret = {**server.environment, "AWS_ENDPOINT_URL": server.url}
        with outside(cluster, kube, namespace, tmp_path, values) as control:
            harbour, before = filled(control)
            kube.apply(make_secret("backup-bucket", secret), namespace=harbour["endpoints"]["namespace"])
            back_up(kube, harbour)
            [archive] = server.objects(bucket)
            assert archive.startswith("plants/harbour-2")
            copy = control.make("harbour-copy")
            kube.apply(make_secret("backup-bucket", secret), namespace=copy["endpoints"]["namespace"])
            restore(cluster, kube, copy, f"s3://{bucket}/{archive}")
            compare(control, before)


def filled(control: Outside) -> tuple[dict[str, Any], Any]:
    """A tenant with its content."""
    harbour = control.make("harbour")
    control.manage("shell", "--no-imports", "-c", FILL)
    before = contents(control, "harbour")
    assert before["samples"] == 20_050 and len(before["latest"]) == 2
    return harbour, before


def back_up(kube: Kube, tenant: dict[str, Any]) -> None:
    theirs = tenant["endpoints"]["namespace"]
    kube("--namespace", theirs, "create", "job", "tonight", "--from=cronjob/backup")
    await_done(kube, theirs, "tonight")


def restore(cluster: Cluster, kube: Kube, copy: dict[str, Any], archive: str) -> None:
    mine, wanted = copy["endpoints"]["namespace"], {"restore": {"enabled": True, "archive": archive}}
    helm(cluster, mine, "upgrade", CHARTS / "tenantstack", "tenant", wanted, reuse_values=True)
    [job] = kube("--namespace", mine, "get", "jobs", "--output=name").split()
    await_done(kube, mine, job.partition("/")[2])


def compare(control: Outside, before: Any) -> None:
    assert contents(control, "harbour-copy") == before
    assert contents(control, "harbour") == before, "the first one is as it was"
    checked = control.ask(LADDER.format(slug="harbour-copy"))
    assert checked == {"checked": 1, "faults": []}
    assert ": Ready" in control.manage("tenants", "show", "harbour-copy")


def contents(control: Outside, slug: str) -> Any:
    return control.ask(CONTENTS.format(slug=slug))


def await_done(kube: Kube, namespace: str, job: str) -> None:
    """Or why it did not complete."""

    def state() -> dict[str, Any]:
        found = kube.get("job", job, namespace)
        assert found is not None
        return {each["type"]: each["status"] for each in found["status"].get("conditions", [])}

    try:
        kube.await_true(lambda: state().keys() & {"Complete", "Failed"}, f"the end of {job}", 300)
        assert "Failed" not in state()
    except AssertionError as error:
        log = kube("--namespace", namespace, "logs", f"job/{job}", "--tail=30")
        description = kube("--namespace", namespace, "describe", f"job/{job}")
        raise AssertionError(f"{error}\n{log}\n{description}") from None


def bring(archive: Path, folder: Path) -> None:
    """Onto another claim, as an operator would; it still belongs to whom our pods run as."""
    copied = shutil.copy2(archive, folder)
    os.chown(copied, archive.stat().st_uid, archive.stat().st_gid)


def archives_of(cluster: Cluster, kube: Kube, tenant: dict[str, Any]) -> Path:
    """The folder behind the claim of the tenant's archives, once a pod has asked for it."""
    claim = kube.get("pvc", f"backup-{tenant['disk']}", tenant["endpoints"]["namespace"])
    assert claim is not None and claim["status"]["phase"] == "Bound"
    return cluster.folder / "volumes" / str(claim["spec"]["volumeName"])


def hold(kube: Kube, namespace: str, tenant: dict[str, Any]) -> None:
    """A pod with the tenant's archives mounted."""
    mounts = [{"name": "backups", "mountPath": "/backups"}]
    container = make_container("holder", IMAGE, ["sleep", "3600"], volumeMounts=mounts)
    volumes = [{"name": "backups", "persistentVolumeClaim": {"claimName": f"backup-{tenant['disk']}"}}]
    pod = make_pod("holder", 10001, [container], volumes)
    pod["spec"]["terminationGracePeriodSeconds"] = 0
    kube.apply(pod, namespace=namespace)
    kube.await_ready("pod", "holder", namespace)
