"""Small objects by key: the same contract in a folder and in a bucket of a real S3 server."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import NotFound, Unavailable
from stores.objects import Blobs, blobs_at
from tests.bucket_server import BucketServer


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return blobs_at(str(tmp_path / "blobs"))
    server: BucketServer = request.getfixturevalue("bucket_server")
    return blobs_at(f"s3://{request.getfixturevalue('bucket')}/events", server.url)


def test_what_is_put_is_got_and_a_key_is_written_once(blobs: Blobs) -> None:
    assert blobs.put("t1/20261118/abc", b"text")
    assert not blobs.put("t1/20261118/abc", b"text")
    assert blobs.get("t1/20261118/abc") == b"text"
    for missing in ("t1/20261118/abd", "t2/20261118/abc"):
        with pytest.raises(NotFound):
            blobs.get(missing)


def test_what_is_below_a_prefix_is_named_summed_and_removed(blobs: Blobs) -> None:
    for key, data in {"t1/a/x": b"1", "t1/a/y": b"22", "t1/b/x": b"333", "t11/a/x": b"4444"}.items():
        blobs.put(key, data)
    assert (blobs.names("t1"), blobs.size("t1")) == (["a", "b"], 6)
    blobs.remove("t1/a")
    assert (blobs.names("t1"), blobs.size("t1")) == (["b"], 3)
    blobs.remove("t1")
    blobs.remove("t1")
    assert (blobs.names("t1"), blobs.size("t1")) == ([], 0)
    assert blobs.get("t11/a/x") == b"4444"


@pytest.mark.parametrize("key", ["../x", "a//b", "/a", "a/.b", "", "a/\x00", "ü"])
def test_a_key_never_leaves_its_place(blobs: Blobs, key: str) -> None:
    with pytest.raises(NotFound):
        blobs.get(key)
    with pytest.raises(NotFound):
        blobs.put(key, b"x")


def test_a_full_or_broken_place_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="store of attachments"):
        blobs_at(str(tmp_path / "file")).put("a/b", b"x")


def test_one_object_is_removed_and_its_neighbours_stay(blobs: Blobs) -> None:
    for key in ("t1/a/x", "t1/a/xy", "t1/b/x"):
        blobs.put(key, b"1")
    blobs.remove("t1/a/x")
    blobs.remove("t1/a/x")
    assert (blobs.names("t1/a"), blobs.names("t1/b")) == (["xy"], ["x"])


def test_what_a_killed_put_left_goes_with_its_object(tmp_path: Path) -> None:
    blobs = blobs_at(str(tmp_path))
    blobs.put("t1/a/x", b"1")
    (tmp_path / "t1/a/.x.0badcafe").write_bytes(b"half")
    (tmp_path / "t1/a/.y.0badcafe").write_bytes(b"half")
    blobs.remove("t1/a/x")
    assert [path.name for path in (tmp_path / "t1/a").iterdir()] == [".y.0badcafe"]
