"""An archive is signed as a whole, and unpacking is bounded, even without a signature."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from runtime.archives import BadArchive, Bounds, Unauthenticated, add_bytes, authenticate, read_first, unpack, writing
from runtime.signing import LENGTH, SigningKey

KEY = SigningKey("0123456789abcdef", b"k" * 32)
KEYS = {KEY.id: KEY}
SMALL = Bounds(max_bytes=2**20, max_entries=5)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "ours.tar.gz"
    with writing(path, "about", b"{}", KEY) as tar:
        add_bytes(tar, "folder/data", bytes(range(256)) * 2000)
    return path


def test_our_archive_is_authentic_and_any_tool_opens_it(archive: Path, tmp_path: Path) -> None:
    authenticate(archive, KEYS)
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out" / "folder" / "data").read_bytes() == bytes(range(256)) * 2000
    listed = subprocess.run(["tar", "-tzf", str(archive)], capture_output=True, text=True, check=True)
    assert listed.stdout.split() == ["about", "folder/data", "complete"] and not listed.stderr


def test_any_changed_byte_is_detected_also_in_the_signature(archive: Path) -> None:
    content = archive.read_bytes()
    for place in [*range(0, len(content), 97), *range(len(content) - LENGTH, len(content))]:
        archive.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(Unauthenticated):
            authenticate(archive, KEYS)
    for changed in (content[1:], content[:-1], content + b"\0", content[:-LENGTH], b"", content[-LENGTH:]):
        archive.write_bytes(changed)
        with pytest.raises(Unauthenticated):
            authenticate(archive, KEYS)


def test_an_archive_of_another_installation_is_refused(archive: Path) -> None:
    with pytest.raises(Unauthenticated, match="signed by another installation, or with a key that was lost"):
        authenticate(archive, {"fedcba9876543210": SigningKey("fedcba9876543210", b"o" * 32)})
    with pytest.raises(Unauthenticated, match="was changed"):  # somebody who knows our key's id, and not the key
        authenticate(archive, {KEY.id: SigningKey(KEY.id, b"o" * 32)})
    with pytest.raises(BadArchive, match="There is no file"):
        authenticate(archive.with_name("nothing"), KEYS)


def made(path: Path, *members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w:gz", format=form) as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A thousand bytes for each packed one. It ends at the bound, and not when the disk is full."""
    path = made(tmp_path / "bomb", (tarfile.TarInfo("zeros"), bytes(200 * 2**20)))
    assert path.stat().st_size * 200 < 64 * 2**20
    with pytest.raises(BadArchive, match="would take more than 67 MB"):
        unpack(path, tmp_path / "out")
    assert (tmp_path / "out" / "zeros").stat().st_size <= 65 * 2**20


def test_too_many_bytes_or_entries_are_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "large", (tarfile.TarInfo("data"), bytes(2**21)))
    with pytest.raises(BadArchive, match="would take more than 1 MB"):
        unpack(path, tmp_path / "one", SMALL)
    path = made(tmp_path / "many", *((tarfile.TarInfo(f"f{number}"), b"") for number in range(6)))
    with pytest.raises(BadArchive, match="more than 5 entries"):
        unpack(path, tmp_path / "two", SMALL)
    assert len(list((tmp_path / "two").iterdir())) == 5


def test_data_after_the_end_of_the_tar_is_bounded_too(tmp_path: Path) -> None:
    path = made(tmp_path / "tail", (tarfile.TarInfo("complete"), b""))
    path.write_bytes(path.read_bytes() + gzip.compress(bytes(100 * 2**20)))
    with pytest.raises(BadArchive, match="would take more than"):
        unpack(path, tmp_path / "out")


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_a_header_that_would_fill_the_memory_is_refused(tmp_path: Path, form: int) -> None:
    path = made(tmp_path / "name", (tarfile.TarInfo("a/" * 100_000 + "b"), b""), form=form)
    with pytest.raises(BadArchive, match="a header has"):
        unpack(path, tmp_path / "out")
    with pytest.raises(BadArchive, match="is none"):
        read_first(path, "about", "is none")


def test_a_first_member_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "about", (tarfile.TarInfo("about"), bytes(2**21)))
    with pytest.raises(BadArchive, match="is none"):
        read_first(path, "about", "is none")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_neither_links_nor_devices_are_unpacked(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("member")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(BadArchive, match="is not allowed in it"):
        unpack(made(tmp_path / "odd", (info, b"")), tmp_path / "out")


def test_the_bound_is_the_free_space_on_the_disk(tmp_path: Path) -> None:
    import shutil

    assert Bounds.of_disk(tmp_path).max_bytes <= shutil.disk_usage(tmp_path).free
