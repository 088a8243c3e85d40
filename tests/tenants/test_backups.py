"""One tenant in one archive, and back into a new one, on real servers."""

from __future__ import annotations

import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from access.models import AuditEntry
from kernel.errors import Conflict, Unavailable
from kernel.tenancy import TenantConnection
from runtime.archives import BadArchive
from stores.streams import Latest
from stores.timeseries import RefusedCredentials, Timeseries
from tenants import influx, operations, queries, reconciler
from tenants.backups import operations as backups
from tenants.backups import restore as restoring
from tenants.backups.archive import read_about
from tenants.backups.take import back_up
from tenants.interfaces import data_plane
from tenants.lifecycle import State
from tenants.models import Backup, Tenant
from tenants.steps import FILLING
from tests.conftest import ClientFor
from tests.tenants.conftest import MakeTenant
from web import stores

YEAR_NS = 31_536_000_000_000_000
START_NS = 1_400_000_000_000_000_000
WHEN = datetime(2026, 3, 14, 9, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.steps.SETTLE_S", 0.1)  # nobody is inside here


def fill(tenant: Tenant) -> TenantConnection:
    """Samples in eight shards and both policies, documents with all that is hard to keep."""
    connection = tenant.connection()
    writer = Timeseries(connection.influx_url, connection.writer)
    lines = [
        f"p1,sensor=s{sensor} value={year + sensor / 10},quality=0i {START_NS + year * YEAR_NS + sensor}"
        for year in range(8)
        for sensor in range(40)
    ]
    writer.write_lines("raw", "\n".join(lines).encode())
    writer.write_lines("ladder", f"p1.1h,sensor=s1 min=1,max=2,n=5i {START_NS}".encode())
    documents = stores.documents(connection)
    hard = {"when": WHEN, "nested": [[1, 2], [3]], "dotted": {"a.b": {"c.d": None}}}
    documents.insert("sites", {"_id": "p1", "slug": "mill", "name": "Mühle", "timezone": "UTC", **hard})
    sensor = {"site": "p1", "name": "Flow", "interval_s": 60.0, "big": "x" * 500}
    documents.insert_many("sensors", [{"_id": f"s{n}", "tag": f"TT-{n}", **sensor} for n in range(1500)])
    documents.change("sites", "p1", lambda before: {**before, "name": "Mill"})
    return connection


def contents(connection: TenantConnection) -> dict[str, Any]:
    """All that is in a tenant."""
    reader = Timeseries(connection.influx_url, connection.reader)
    documents = stores.documents(connection)
    statements = ['SELECT * FROM raw./.*/ GROUP BY "sensor"', 'SELECT * FROM ladder./.*/ GROUP BY "sensor"']
    found = reader.read(statements)
    return {
        "samples": [[(each.name, each.tags, each.columns, each.values) for each in series] for series in found],
        "documents": {
            name: sorted(documents.find(name), key=lambda each: str(each["_id"])) for name in documents.collections()
        },
    }


@pytest.fixture
def original(make_tenant: MakeTenant) -> Tenant:
    tenant = make_tenant("original", name="Original Ltd", limits={"sensors": 77})
    fill(tenant)
    return tenant


def test_all_of_a_tenant_comes_back_in_a_new_one(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    before = contents(original.connection())
    assert len(before["samples"][0]) == 40
    archive = tmp_path / "original.tar.gz"
    about = back_up(original, archive)
    assert (about.slug, about.limits["sensors"]) == ("original", 77)
    assert about.shards == 9
    assert [path.name for path in tmp_path.iterdir()] == ["original.tar.gz"]

    copy = make_tenant("copy")
    stores.streams().raise_counter(copy.connection().prefix + "ladder:run")
    restoring.restore(copy, archive)

    copy.refresh_from_db()
    assert (copy.state, copy.restoring, copy.error) == ("ready", "", "")
    assert copy.limits["sensors"] == 77
    assert contents(copy.connection()) == before
    assert stores.marks().run(copy.connection().prefix) == "", "the rollups are verified anew"
    latest = stores.streams().latest(copy.connection().prefix, ["s0", "s39", "s40"])
    newest = START_NS + 7 * YEAR_NS
    assert latest == {"s0": Latest(newest, 7.0), "s39": Latest(newest + 39, 10.9)}
    assert contents(original.connection()) == before
    documents = stores.documents(copy.connection())
    assert documents.change("sites", "p1", lambda found: {**found, "name": "Other"})["revision"] == 3


def test_a_tenant_that_never_had_a_sample_comes_back_too(make_tenant: MakeTenant, tmp_path: Path) -> None:
    empty = make_tenant("empty", limits={"sensors": 12})
    stores.documents(empty.connection()).insert(
        "sites", {"_id": "p1", "slug": "mill", "name": "Mill", "timezone": "UTC"}
    )
    assert back_up(empty, tmp_path / "empty.tar.gz").shards == 0
    copy = make_tenant("copy")
    restoring.restore(copy, tmp_path / "empty.tar.gz")
    copy.refresh_from_db()
    assert (copy.state, copy.limits["sensors"]) == ("ready", 12)
    assert contents(copy.connection()) == contents(empty.connection())
    Timeseries(copy.connection().influx_url, copy.connection().writer).write_lines("raw", b"p1,sensor=s1 value=1 1")


def test_each_keeps_its_own_users_and_policies(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, archive)
    copy = make_tenant("copy")
    restoring.restore(copy, archive)
    mine, theirs = copy.connection(), original.connection()
    for credentials in (theirs.reader, theirs.writer):
        with pytest.raises(RefusedCredentials):
            Timeseries(mine.influx_url, credentials).execute("SHOW DATABASES")
    assert copy.secrets is not None
    influx.verify(mine.influx_url, copy.secrets)
    Timeseries(mine.influx_url, mine.writer).write_lines("raw", b"p1,sensor=s1 value=1,quality=0i 1")
    [series] = Timeseries(mine.influx_url, copy.secrets.admin).execute("SHOW RETENTION POLICIES ON plant")
    policies = {row[0]: row[series.columns.index("default")] for row in series.values}
    assert policies["raw"] and not policies["ladder"]


def test_no_secret_is_in_the_archive(original: Tenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, archive)
    assert archive.stat().st_mode & 0o077 == 0
    assert original.secrets is not None
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member)
            held = content.read() if content else b""
            for user in (original.secrets.admin, original.secrets.writer, original.secrets.reader):
                assert user.password.encode() not in held, member.name
            assert original.sealed.encode() not in held


def test_what_was_accepted_before_is_waited_for(original: Tenant, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tenants.backups.take.WRITTEN_WITHIN_S", 0.3)
    stores.streams().append(original.connection(), [(1, b"p1,sensor=s1 value=1,quality=0i 1")])
    with pytest.raises(Unavailable, match="wait for the ingest writer"):
        back_up(original, tmp_path / "a.tar.gz")
    assert list(tmp_path.iterdir()) == []
    data_plane().drop_streams(original.connection())


def test_only_a_new_tenant_is_filled(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, archive)
    before = contents(original.connection())
    with pytest.raises(Conflict, match="has data already"):
        restoring.restore(original, archive)
    assert contents(original.connection()) == before
    used = make_tenant("used")
    connection = used.connection()
    Timeseries(connection.influx_url, connection.writer).write_lines("raw", b"p1,sensor=s1 value=1,quality=0i 1")
    with pytest.raises(Conflict, match="has data already"):
        restoring.restore(used, archive)
    assert Tenant.objects.get(pk=used.pk).state == "ready"


@pytest.mark.parametrize("place", ["samples", "documents", "ladder"])
def test_a_restore_that_was_cut_short_is_done_again(
    original: Tenant, make_tenant: MakeTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, archive)
    copy = make_tenant("copy")
    with monkeypatch.context() as patch:
        _die_after(patch, place)
        with pytest.raises(KeyboardInterrupt):
            restoring.restore(copy, archive)
    copy.refresh_from_db()
    assert copy.state == "provisioning", "closed until it is whole"
    begun = [step.state for step in copy.steps.filter(name__in=FILLING)]
    assert begun == (["done", "running", "waiting"] if place == "samples" else ["done", "done", "running"])
    assert queries.connection_by_slug("copy") is None
    assert "restore it again" in queries.status(copy)
    other = tmp_path / "other.tar.gz"
    back_up(original, other)
    with pytest.raises(Conflict, match="has data already"):
        restoring.restore(copy, other)
    restoring.restore(copy, archive)
    assert {step.state for step in copy.steps.all()} == {"done"}
    assert contents(Tenant.objects.get(pk=copy.pk).connection()) == contents(original.connection())


def _die_after(patch: pytest.MonkeyPatch, place: str) -> None:
    owner, name = {
        "samples": (restoring, "load_samples"),
        "documents": (type(data_plane()), "load_documents"),
        "ladder": (type(data_plane()), "follow_samples"),
    }[place]
    real = getattr(owner, name)

    def dying(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        raise KeyboardInterrupt

    patch.setattr(owner, name, dying)


def test_a_damaged_archive_touches_nothing(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, archive)
    content = archive.read_bytes()
    copy = make_tenant("copy")
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
    for wrong in (content[:-30], flipped, b"a letter"):
        archive.write_bytes(wrong)
        with pytest.raises(BadArchive):
            restoring.restore(copy, archive)
        assert Tenant.objects.get(pk=copy.pk).state == "ready"


# Over HTTP, and by a worker


@pytest.fixture
def operator(client_for: ClientFor) -> Client:
    return client_for("operator")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.BACKUP_FOLDER = str(tmp_path / "backups")
    yield tmp_path / "backups"


def test_a_backup_is_asked_for_taken_and_a_tenant_made_of_it(
    operator: Client, original: Tenant, folder: Path, make_tenant: MakeTenant
) -> None:
    url = "/api/v1/tenants/original/backups"
    asked = operator.post(url)
    assert asked.status_code == 202
    body = asked.json()
    assert (body["state"], body["created_by"]) == ("requested", "operator")
    assert operator.post(url).status_code == 409, "one at a time"
    backups.work(timezone.now())
    done = operator.get(asked["Location"]).json()
    assert (done["state"], done["error"]) == ("done", "")
    assert done["bytes"] == (folder / f"{body['id']}.tar.gz").stat().st_size
    assert read_about(folder / f"{body['id']}.tar.gz").id == body["id"]
    listed = operator.get(url).json()
    assert ([each["id"] for each in listed["results"]], listed["total"], listed["next"]) == ([body["id"]], 1, None)
    assert (done["there"], done["doing"], body["there"]) == (True, "", False)

    made = operator.post("/api/v1/tenants", {"slug": "second", "restore": body["id"]}, content_type="application/json")
    assert made.status_code == 202, made.content
    reconciler.reconcile()
    second = Tenant.objects.get(slug="second")
    assert (second.state, second.plan) == ("provisioning", ""), "it opens once it is filled"
    shown = operator.get("/api/v1/tenants/second").json()
    assert shown["restoring"] == body["id"]
    assert [each["state"] for each in shown["steps"]] == ["done"] * 7 + ["waiting"] * 3
    assert shown["status"] == "Provisioning: Check and unpack the backup (8 of 10)"
    assert operator.delete(asked["Location"]).status_code == 409
    backups.work(timezone.now())
    second.refresh_from_db()
    assert second.state == "ready", second.error
    [shown] = operator.get("/api/v1/tenants?q=second").json()["results"]
    assert (shown["restoring"], {each["state"] for each in shown["steps"]}) == ("", {"done"})
    assert all(each["seconds"] is not None for each in shown["steps"])
    assert contents(second.connection()) == contents(original.connection())
    assert operator.delete(asked["Location"]).status_code == 204
    assert list(folder.iterdir()) == []
    assert operator.get(asked["Location"]).status_code == 404
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


def test_why_a_backup_cannot_be_restored_is_said_with_what_to_do(
    operator: Client, original: Tenant, folder: Path
) -> None:
    asked = backups.request(original, "olga")

    def restored() -> str:
        body = {"slug": "x2", "restore": asked.pk}
        answer = operator.post("/api/v1/tenants", body, content_type="application/json")
        assert (answer.status_code, answer.json()["field"]) == (400, "restore")
        return str(answer.json()["detail"])

    assert "choose one that is done" in restored()
    backups.work(timezone.now())
    (folder / f"{asked.pk}.tar.gz").unlink()
    assert "Put it back there" in restored()
    assert operator.get(f"/api/v1/tenants/original/backups/{asked.pk}").json()["there"] is False


def test_backups_come_by_the_page_and_are_counted(operator: Client, tenant_rows: dict[str, Any]) -> None:
    rows = [Backup.objects.create(tenant=tenant_rows["acme"].pk, slug="acme", name="Acme") for _ in range(5)]
    Backup.objects.create(tenant=tenant_rows["rival"].pk, slug="rival", name="Rival")
    url, found = "/api/v1/tenants/acme/backups?limit=2", []
    while url:
        page = operator.get(url).json()
        assert page["total"] == 5
        found += [each["id"] for each in page["results"]]
        url = page["next"]
    assert found == [row.pk for row in reversed(rows)]


def test_what_is_done_about_a_backup_is_shown_meanwhile(
    operator: Client, original: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, real = [], backups._tell
    asked = backups.request(original, "olga")

    def seeing(*arguments: Any) -> None:
        real(*arguments)
        seen.append(operator.get(f"/api/v1/tenants/original/backups/{asked.pk}").json())

    monkeypatch.setattr(backups, "_tell", seeing)
    backups.work(timezone.now())
    assert {each["state"] for each in seen} == {"running"}
    assert [each["doing"].split()[0] for each in seen] == ["Waiting", "Reading", "Reading", "Packing"]


def test_a_failure_is_written_down(original: Tenant, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.backups.take.WRITTEN_WITHIN_S", 0.2)
    stores.streams().append(original.connection(), [(1, b"p1,sensor=s1 value=1,quality=0i 1")])
    asked = backups.request(original, "olga")
    backups.work(timezone.now())
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert "ingest writer" in asked.error
    data_plane().drop_streams(original.connection())


def test_a_backup_whose_worker_died_is_taken_by_the_next(original: Tenant, folder: Path) -> None:
    asked = backups.request(original, "olga")
    Backup.objects.filter(pk=asked.pk).update(state="running")  # as a worker that was killed leaves it
    backups.work(timezone.now())
    asked.refresh_from_db()
    assert asked.state == "done"


def test_an_archive_that_is_gone_is_said_and_a_retry_takes_it_up(
    original: Tenant, folder: Path, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    asked = backups.request(original, "olga")
    backups.work(timezone.now())
    path = folder / f"{asked.pk}.tar.gz"
    operations.create(operations.NewTenant(slug="waiting", restore=asked.pk))
    reconciler.reconcile()
    path.rename(tmp_path / "elsewhere")
    backups.work(timezone.now())
    waiting = Tenant.objects.get(slug="waiting")
    assert (waiting.state, waiting.plan) == ("failed", "provision")
    assert "There is no file" in waiting.error
    stopped = waiting.steps.get(name="unpack")
    assert stopped.state == "failed"
    assert "There is no file" in stopped.message
    (tmp_path / "elsewhere").rename(path)
    operations.retry("waiting")
    reconciler.reconcile()
    backups.work(timezone.now())
    waiting.refresh_from_db()
    assert waiting.state == State.ready
    operations.delete("waiting", "waiting")
    reconciler.reconcile()


# From the command line


def tenants(*arguments: str) -> str:
    out = StringIO()
    call_command("tenants", *arguments, stdout=out)
    return out.getvalue()


def test_the_same_from_the_command_line(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    assert "MB" in tenants("backup", "original", str(archive))
    make_tenant("typed")
    assert "typed is what original was" in tenants("restore", str(archive), "--into", "typed")
    assert contents(Tenant.objects.get(slug="typed").connection()) == contents(original.connection())
    for arguments, says in (
        (("backup", "original", str(archive)), "exists; name another"),
        (("backup", "nobody", str(tmp_path / "x")), "no tenant nobody"),
        (("backup", "original", "/nowhere/x.tar.gz"), "no folder"),
        (("backup", "original", "s3://bucket/x.tar.gz"), "folders only"),
        (("restore", str(archive), "--into", "typed"), "has data already"),
        (("restore", str(tmp_path / "nothing"), "--into", "typed"), "There is no file"),
    ):
        with pytest.raises(CommandError, match=says):
            tenants(*arguments)


def test_a_backup_waits_for_what_is_under_way(
    original: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants.leases import claim_idle

    monkeypatch.setattr("tenants.backups.take.HELD_FOR_S", 0.3)
    lease = claim_idle(original.pk, timezone.now())
    assert lease is not None
    with lease, pytest.raises(Conflict, match="Something is under way"):
        begun = time.monotonic()
        back_up(original, tmp_path / "a.tar.gz")
    assert time.monotonic() - begun < 5
