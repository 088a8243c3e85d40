"""The archive format: complete, or rejected with the reason."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from config.backup.archive import (
    FORMAT,
    About,
    ArchivedTenant,
    BadArchive,
    add_bytes,
    authenticate,
    read_about,
    unpack,
    writing,
)
from config.backup.embedded import check_embedded
from runtime.archives import Unauthenticated
from runtime.signing import LENGTH

pytestmark = pytest.mark.django_db

DATA = random.Random(1).randbytes(100_000)  # nothing in it repeats: any other byte is another content
ABOUT = About(FORMAT, 1_700_000_000_000, ["key"], [ArchivedTenant("t1", "acme", "t1", True)])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar.gz"
    with writing(path, ABOUT) as tar:
        add_bytes(tar, "influx/t1/data", DATA)
    return path


def test_archived_content_is_restored_unchanged(archive: Path, tmp_path: Path) -> None:
    assert read_about(archive) == ABOUT
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out" / "influx" / "t1" / "data").read_bytes() == DATA


def test_the_archive_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar.gz"
    with pytest.raises(OSError, match="full"), writing(path, ABOUT) as tar:
        add_bytes(tar, "a", b"a")
        assert not path.exists()
        raise OSError("the disk is full")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", [1, 20, 600])
def test_a_truncated_archive_is_rejected(archive: Path, tmp_path: Path, missing: int) -> None:
    archive.write_bytes(archive.read_bytes()[:-missing])
    with pytest.raises(Unauthenticated, match=r"is not signed: .* cut off"):
        authenticate(archive)
    with pytest.raises(BadArchive, match=r"damaged|cut off"):
        unpack(archive, tmp_path / "out")


def test_an_archive_with_a_wrong_byte_is_rejected(archive: Path, tmp_path: Path) -> None:
    content = bytearray(archive.read_bytes())
    for place in (len(content) // 2, len(content) - LENGTH - 100, len(content) - LENGTH - 5):
        archive.write_bytes(bytes([*content[:place], content[place] ^ 1, *content[place + 1 :]]))
        with pytest.raises(Unauthenticated, match="was changed, or is damaged"):
            authenticate(archive)
        with pytest.raises(BadArchive, match="damaged"):
            unpack(archive, tmp_path / f"out-{place}")


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b nor this"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    with pytest.raises(BadArchive, match="is not a backup of Plantrace"):
        read_about(path)
    with pytest.raises(BadArchive, match="There is no file"):
        read_about(tmp_path / "nothing")


def test_an_archive_of_a_newer_format_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar.gz"
    with writing(path, About(FORMAT + 1, 0, [], [])):
        pass
    with pytest.raises(BadArchive, match=f"format {FORMAT + 1}"):
        read_about(path)


@pytest.mark.parametrize("name", ["../escape", "/etc/escape"])
def test_no_member_escapes_the_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / "in" / "backup.tar.gz"
    path.parent.mkdir()
    with writing(path, ABOUT) as tar:
        add_bytes(tar, name, b"x")
    out = tmp_path / "in" / "out"
    try:
        unpack(path, out)  # an absolute path becomes one below the folder
    except BadArchive:
        assert name.startswith("..")
    assert [each.name for each in tmp_path.rglob("escape") if out not in each.parents] == []


@pytest.mark.parametrize("variable", ["DATABASE_URL", "MONGODB_URI", "REDIS_URL"])
def test_external_servers_are_not_backed_up(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check_embedded("backed up")
    monkeypatch.setenv(variable, "x://elsewhere")
    with pytest.raises(CommandError, match=variable):
        check_embedded("backed up")
