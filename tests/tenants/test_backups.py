"""Backup of a tenant and restore into a new one, on real servers."""

from __future__ import annotations

import hashlib
import secrets
import tarfile
import time
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ingest.changes import journal_of
from ingest.changes.changes import Changes
from ingest.changes.samples import Samples
from ingest.events import attachments
from kernel.errors import Conflict, Unavailable
from runtime.archives import BadArchive
from stores.redis.latest import Latest
from stores.timeseries import RefusedCredentials, Timeseries
from tenants import influx, queries
from tenants.backups import attachments as packing
from tenants.backups import restore as restoring
from tenants.backups.location import location_of
from tenants.backups.slots import slot_of
from tenants.backups.take import back_up
from tenants.interfaces import data_plane
from tenants.models import Tenant
from tenants.steps import FILLING
from tests.tenants.conftest import MakeTenant
from tests.tenants.filled import START_NS, YEAR_NS, contents
from web import stores
from web.attachments import root_of


@pytest.fixture
def original(kept_original: Tenant) -> Tenant:
    """One for all tests of this file."""
    return kept_original


def test_a_tenant_is_restored_completely_into_a_new_one(
    original: Tenant, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    before = contents(original.connection())
    assert len(before["samples"][0]) == 40
    archive = tmp_path / "original.tar.gz"
    about = back_up(original, location_of(archive))
    assert (about.slug, about.limits["sensors"]) == ("original", 77)
    assert about.shards == 9
    assert [path.name for path in tmp_path.iterdir()] == ["original.tar.gz"]

    copy = make_tenant("copy")
    stores.marks().set_epoch(copy.connection().prefix, "one")
    restoring.restore(copy, location_of(archive))

    copy.refresh_from_db()
    assert (copy.state, copy.restoring, copy.error) == ("ready", "", "")
    assert copy.limits["sensors"] == 77
    assert contents(copy.connection()) == before
    assert stores.marks().epoch(copy.connection().prefix) == "", "the rollups are verified again"
    latest = stores.streams().latest.read(copy.connection().prefix, ["s0", "s39", "s40"])
    newest = START_NS + 7 * YEAR_NS
    assert latest == {"s0": Latest(newest, 7.0), "s39": Latest(newest + 39, 10.9)}
    assert contents(original.connection()) == before
    documents = stores.documents(copy.connection())
    assert documents.change("sites", "p1", lambda found: {**found, "name": "Other"})["revision"] == 3


def test_a_tenant_without_samples_is_restored_too(make_tenant: MakeTenant, tmp_path: Path) -> None:
    empty = make_tenant("empty", limits={"sensors": 12})
    stores.documents(empty.connection()).insert(
        "sites", {"_id": "p1", "slug": "mill", "name": "Mill", "timezone": "UTC"}
    )
    assert back_up(empty, location_of(tmp_path / "empty.tar.gz")).shards == 0
    copy = make_tenant("copy")
    restoring.restore(copy, location_of(tmp_path / "empty.tar.gz"))
    copy.refresh_from_db()
    assert (copy.state, copy.limits["sensors"]) == ("ready", 12)
    assert contents(copy.connection()) == contents(empty.connection())
    Timeseries(copy.connection().influx_url, copy.connection().writer).write_lines("raw", b"p1,sensor=s1 value=1 1")


def attached(tenant: Tenant) -> dict[str, dict[str, bytes]]:
    return {day: dict(contents) for day, contents in attachments.dump(root_of(tenant.connection()))}


def attach(tenant: Tenant, day: str, *texts: bytes) -> None:
    named = ((hashlib.sha256(text).hexdigest()[:40], text) for text in texts)
    attachments.load(root_of(tenant.connection()), day, named)


def test_attachments_of_events_are_restored_and_count_against_the_limit(
    original: Tenant, make_tenant: MakeTenant, tmp_path: Path, place: str
) -> None:
    attach(original, "20260314", b"a log\n" * 20_000, "Übergang ☃".encode() * 900)
    attach(original, "20260315", b"a log\n" * 20_000)
    attach(original, "nabcdefghjk", secrets.token_bytes(5 << 20))  # a file of an annotation
    before, archive = attached(original), tmp_path / "original.tar.gz"
    back_up(original, location_of(archive))
    copy = make_tenant("copy")
    restoring.restore(copy, location_of(archive))
    assert attached(copy) == before and [len(each) for each in before.values()] == [2, 1, 1]
    size, limit = sum(len(text) for texts in before.values() for text in texts.values()), 10**9
    assert not stores.attachment_notes().reserve(copy.connection().prefix, "events", [], limit - size + 1, limit)
    assert stores.attachment_notes().reserve(copy.connection().prefix, "events", [], limit - size, limit)


def test_without_a_place_for_attachments_a_restore_says_so_and_can_be_repeated(
    original: Tenant, make_tenant: MakeTenant, tmp_path: Path, place: str, settings: Any
) -> None:
    attach(original, "20260314", b"a log\n" * 2_000)
    archive, copy = tmp_path / "original.tar.gz", make_tenant("copy")
    back_up(original, location_of(archive))
    settings.EVENT_ATTACHMENTS = ""
    stores.attachments.cache_clear()
    with pytest.raises(Conflict, match="set EVENT_ATTACHMENTS"):
        restoring.restore(copy, location_of(archive))
    settings.EVENT_ATTACHMENTS = place
    stores.attachments.cache_clear()
    restoring.restore(copy, location_of(archive))
    assert attached(copy) == attached(original)


@pytest.mark.parametrize(
    ("name", "content"),
    [("../../escaped", b"x"), ("0" * 40, b"another content"), ("", b"")],
)
def test_only_attachments_are_taken_from_an_archive(
    original: Tenant, tmp_path: Path, place: str, name: str, content: bytes
) -> None:
    packing.write_day(tmp_path / "20260314", [(name, content)])
    with pytest.raises(BadArchive, match="no attachment"):
        attachments.load(root_of(original.connection()), "20260314", packing.read_day(tmp_path / "20260314"))


def test_damaged_and_exploding_attachments_are_refused(tmp_path: Path) -> None:
    day = tmp_path / "20260314"
    packing.write_day(day, [("a", b"x" * 5_000), ("b", b"y" * packing.MAX_BYTES)])
    assert [len(content) for _, content in packing.read_day(day)] == [5_000, packing.MAX_BYTES]
    whole = day.read_bytes()
    for data in (whole[:-3], whole[:1], b"\x01a\xff\xff\xff\xff", b"\x01a\x00\x00\x00\x04none"):
        day.write_bytes(data)
        with pytest.raises(BadArchive, match="damaged"):
            list(packing.read_day(day))
    packing.write_day(day, [("b", b"y" * (packing.MAX_BYTES + 1))])
    with pytest.raises(BadArchive, match="damaged"):
        list(packing.read_day(day))


def test_each_keeps_its_own_users_and_policies(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, location_of(archive))
    copy = make_tenant("copy")
    restoring.restore(copy, location_of(archive))
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
    back_up(original, location_of(archive))
    assert archive.stat().st_mode & 0o077 == 0
    assert original.secrets is not None
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member)
            held = content.read() if content else b""
            for user in (original.secrets.admin, original.secrets.writer, original.secrets.reader):
                assert user.password.encode() not in held, member.name
            assert original.encrypted_secrets.encode() not in held


def test_samples_accepted_before_are_waited_for(original: Tenant, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tenants.backups.take.WRITTEN_WITHIN_S", 0.3)
    stores.streams().append(original.connection(), [(1, b"p1,sensor=s1 value=1,quality=0i 1")])
    with pytest.raises(Unavailable, match="wait for the ingest writer"):
        back_up(original, location_of(tmp_path / "a.tar.gz"))
    assert list(tmp_path.iterdir()) == []
    data_plane().drop_keys(original.connection())


def test_only_a_new_tenant_is_filled(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, location_of(archive))
    before = contents(original.connection())
    with pytest.raises(Conflict, match="has data already"):
        restoring.restore(original, location_of(archive))
    assert contents(original.connection()) == before
    used = make_tenant("used")
    connection = used.connection()
    Timeseries(connection.influx_url, connection.writer).write_lines("raw", b"p1,sensor=s1 value=1,quality=0i 1")
    with pytest.raises(Conflict, match="has data already"):
        restoring.restore(used, location_of(archive))
    assert Tenant.objects.get(pk=used.pk).state == "ready"


@pytest.mark.parametrize("place", ["samples", "documents", "ladder"])
def test_an_interrupted_restore_is_repeated(
    original: Tenant, make_tenant: MakeTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    archive = tmp_path / "original.tar.gz"
    back_up(original, location_of(archive))
    copy = make_tenant("copy")
    with monkeypatch.context() as patch:
        _die_after(patch, place)
        with pytest.raises(KeyboardInterrupt):
            restoring.restore(copy, location_of(archive))
    copy.refresh_from_db()
    assert copy.state == "provisioning", "closed until it is whole"
    started = [step.state for step in copy.steps.filter(name__in=FILLING)]
    assert started == (["done", "running", "waiting"] if place == "samples" else ["done", "done", "running"])
    assert queries.connection_by_slug("copy") is None
    assert "restore it again" in queries.status(copy)
    other = tmp_path / "other.tar.gz"
    back_up(original, location_of(other))
    with pytest.raises(Conflict, match="has data already"):
        restoring.restore(copy, location_of(other))
    restoring.restore(copy, location_of(archive))
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
    back_up(original, location_of(archive))
    content = archive.read_bytes()
    copy = make_tenant("copy")
    middle = len(content) // 2  # of one byte some bits mean nothing to gzip
    flipped = content[:middle] + bytes(each ^ 0xFF for each in content[middle : middle + 16]) + content[middle + 16 :]
    for wrong in (content[:-30], flipped, b"a letter"):
        archive.write_bytes(wrong)
        with pytest.raises(BadArchive):
            restoring.restore(copy, location_of(archive))
        assert Tenant.objects.get(pk=copy.pk).state == "ready"


# From the command line


def tenants(*arguments: str) -> str:
    out = StringIO()
    call_command("tenants", *arguments, stdout=out)
    return out.getvalue()


def test_the_same_from_the_command_line(original: Tenant, make_tenant: MakeTenant, tmp_path: Path) -> None:
    archive = tmp_path / "original.tar.gz"
    assert "MB" in tenants("backup", "original", str(archive))
    make_tenant("typed")
    assert "typed was restored from a backup of original" in tenants("restore", str(archive), "--into", "typed")
    assert contents(Tenant.objects.get(slug="typed").connection()) == contents(original.connection())
    for arguments, says in (
        (("backup", "original", str(archive)), "exists; name another"),
        (("backup", "nobody", str(tmp_path / "x")), "no tenant nobody"),
        (("backup", "original", "/nowhere/x.tar.gz"), "no folder"),
        (("backup", "original", "gs://bucket/x.tar.gz"), "must begin with s3://"),
        (("restore", "s3://bucket", "--into", "typed"), "names no archive"),
        (("restore", str(archive), "--into", "typed"), "has data already"),
        (("restore", str(tmp_path / "nothing"), "--into", "typed"), "There is no file"),
    ):
        with pytest.raises(CommandError, match=says):
            tenants(*arguments)


def test_a_backup_waits_for_work_in_progress(original: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.leases import claim_idle

    monkeypatch.setattr("tenants.backups.take.HELD_FOR_S", 0.3)
    lease = claim_idle(original.pk, timezone.now())
    assert lease is not None
    with lease, pytest.raises(Conflict, match="Another operation is in progress"):
        started = time.monotonic()
        back_up(original, location_of(tmp_path / "a.tar.gz"))
    assert time.monotonic() - started < 30, "far less than the usual minute"


def test_samples_that_a_killed_correction_held_are_in_the_archive(
    original: Tenant, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    connection, t = original.connection(), np.array([START_NS + 77], np.int64)
    held = Samples.of(t, np.array([1.25]), np.array([0], np.uint8))
    journal_of(connection, "held").append([Changes("p1", "s1", Samples.absent(t), held)])
    archive = tmp_path / "original.tar.gz"
    back_up(original, location_of(archive))
    assert not journal_of(connection, "held").exists()
    copy = make_tenant("copy")
    restoring.restore(copy, location_of(archive))
    assert contents(copy.connection()) == contents(connection)
    reader = Timeseries(copy.connection().influx_url, copy.connection().reader)
    [[series]] = reader.read([f"SELECT value FROM raw.p1 WHERE sensor = 's1' AND time = {t[0]}"])
    assert [row[-1] for row in series.values] == [1.25]


def test_a_backup_waits_until_no_job_changes_samples(
    original: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.backups.slots.FREE_WITHIN_S", 0.3)
    slot, reported = slot_of(original.pk), list[str]()
    assert slot.acquire()
    with slot, pytest.raises(Conflict, match="is running; try again"):
        back_up(original, location_of(tmp_path / "a.tar.gz"), reported.append)
    assert reported == ["Waiting for an import, a correction or a backup of original to end"]
    assert list(tmp_path.iterdir()) == []
