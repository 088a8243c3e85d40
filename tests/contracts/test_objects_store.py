"""Objects in a bucket of a real S3 server: listing, complete uploads or none, errors."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.errors import NotFound, Unavailable
from runtime.processes import is_alive
from stores.objects import Address, Objects
from stores.objects.client import CHUNK_BYTES
from stores.objects.connection import Timeouts
from tests.bucket_server import BucketServer, running_bucket_server
from tests.isolation import ROOT

BIG = 3 * CHUNK_BYTES + 17


@pytest.fixture
def objects(bucket_server: BucketServer, bucket: str) -> Objects:
    return Objects(bucket_server.url)


@pytest.fixture
def place(bucket: str) -> Address:
    return Address.parse(f"s3://{bucket}/plants/harbour one.tar.gz")


def a_file(folder: Path, size: int = BIG) -> Path:
    path = folder / "archive"
    path.write_bytes(secrets.token_bytes(1000) * (size // 1000) + bytes(size % 1000))
    return path


def send(objects: Objects, address: Address, path: Path) -> None:
    with objects.upload(address) as upload:
        upload.send(path)


def test_an_upload_is_downloaded_unchanged_with_progress(objects: Objects, place: Address, tmp_path: Path) -> None:
    path, reported = a_file(tmp_path), []
    assert objects.size(place) is None
    with objects.upload(place) as upload:
        assert objects.size(place) is None
        upload.send(path, lambda *progress: reported.append(progress))
    assert reported[-1] == (BIG, BIG) and len(reported) == 3, "three parts"
    assert objects.size(place) == BIG
    assert objects.head(place, 10) == path.read_bytes()[:10]
    fetched: list[tuple[int, int]] = []
    objects.download(place, tmp_path / "back", lambda *progress: fetched.append(progress))
    assert (tmp_path / "back").read_bytes() == path.read_bytes()
    assert fetched[-1] == (BIG, BIG) and len(fetched) == 4


def test_objects_below_a_prefix_are_listed(objects: Objects, bucket: str, tmp_path: Path) -> None:
    folder = Address.parse(f"s3://{bucket}/plants")
    assert objects.sizes(folder) == {}
    for name, size in (("one", 5), ("two", 0), ("deep/three", 1)):
        send(objects, folder / name, a_file(tmp_path, size))
    assert objects.sizes(folder) == {"one": 5, "two": 0}
    assert objects.head(folder / "one", 100) == bytes(5)
    assert objects.sizes(Address.parse(f"s3://{bucket}/")) == {}


def test_removing_an_object_can_be_repeated(objects: Objects, place: Address, tmp_path: Path) -> None:
    send(objects, place, a_file(tmp_path, 5))
    for _ in range(2):
        objects.remove(place)
        assert objects.size(place) is None
        assert objects.sizes(Address(place.bucket, "plants")) == {}


def test_a_missing_object_is_not_found(objects: Objects, place: Address, tmp_path: Path) -> None:
    for ask in (lambda: objects.head(place, 1), lambda: objects.download(place, tmp_path / "back")):
        with pytest.raises(NotFound, match=f"no object {place}"):
            ask()
    assert not (tmp_path / "back").exists()


# An upload that does not end well


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_aborted_upload_leaves_no_object(
    objects: Objects, place: Address, tmp_path: Path, trouble: type[BaseException]
) -> None:
    def give_up(sent: int, size: int) -> None:
        raise trouble

    with pytest.raises(trouble), objects.upload(place) as upload:
        upload.send(a_file(tmp_path), give_up)
    assert objects.size(place) is None
    with objects.upload(place):
        pass
    assert objects.size(place) is None
    send(objects, place, a_file(tmp_path))
    assert objects.size(place) == BIG


def test_an_upload_of_a_missing_file_leaves_no_object(objects: Objects, place: Address, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unavailable, match="Is a directory"), objects.upload(place) as upload:
        upload.send(tmp_path / "folder")
    assert objects.size(place) is None


SENDER = """
import sys
from pathlib import Path
from stores.objects import Address, Objects
endpoint, address, path = sys.argv[1:]
with Objects(endpoint).upload(Address.parse(address)) as upload:
    print(upload._process.pid, flush=True)
    upload.send(Path(path), lambda sent, size: print(sent, flush=True))
"""


@pytest.fixture
def sender(bucket_server: BucketServer, place: Address, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that sends a large file, and its uploader's id."""
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, bucket_server.url, str(place), str(a_file(tmp_path, 400_000_000))],
        env={**os.environ, "PYTHONPATH": str(ROOT / "platform")}, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.parametrize("how", ["the sender", "the uploader", "both, from a keyboard", "all at once"])
def test_a_killed_upload_leaves_no_object(
    objects: Objects, place: Address, sender: subprocess.Popen[str], how: str
) -> None:
    assert sender.stdout is not None
    uploader = int(sender.stdout.readline())
    assert int(sender.stdout.readline()) < 100_000_000
    match how:
        case "the sender":
            sender.kill()
        case "the uploader":
            os.kill(uploader, signal.SIGKILL)
        case "both, from a keyboard":
            os.killpg(sender.pid, signal.SIGINT)
        case _:
            os.killpg(sender.pid, signal.SIGTERM)
    assert sender.wait(60) != 0
    deadline = time.monotonic() + 90
    while is_alive(uploader):
        assert time.monotonic() < deadline, "it goes on without its parent"
        time.sleep(0.02)
    assert objects.size(place) is None
    assert objects.sizes(Address(place.bucket, "plants")) == {}


# What goes wrong


def each_way(objects: Objects, address: Address, folder: Path) -> Iterator[str]:
    """The error message of every operation."""
    operations = (
        lambda: objects.size(address),
        lambda: objects.sizes(Address(address.bucket, "plants")),
        lambda: objects.head(address, 1),
        lambda: objects.download(address, folder / "back"),
        lambda: objects.remove(address),
        lambda: objects.upload(address).__enter__(),
    )
    for operation in operations:
        with pytest.raises(Unavailable) as caught:
            operation()
        yield caught.value.detail


def test_a_missing_bucket_is_named(objects: Objects, tmp_path: Path, bucket_server: BucketServer) -> None:
    for message in each_way(objects, Address.parse("s3://nowhere/plants/one"), tmp_path):
        assert message.startswith(f"There is no bucket nowhere at {bucket_server.url}. Create it")


@pytest.mark.parametrize("wrong", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "both"])
def test_refused_credentials_are_explained(
    objects: Objects, place: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    if wrong == "both":
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("HOME", str(tmp_path))
    else:
        monkeypatch.setenv(wrong, "wrong")
    for message in each_way(objects, place, tmp_path):
        assert "refuses our credentials" in message and "Check AWS_ACCESS_KEY_ID" in message
        assert "Request ID" not in message


def test_another_region_is_explained(
    objects: Objects, place: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-1")
    for message in each_way(objects, place, tmp_path):
        assert 'expecting "eu-central-1"' in message and message.endswith("Check AWS_REGION.")


def test_an_unreachable_server_is_named(bucket: str, place: Address, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        unreachable = f"http://127.0.0.1:{probe.getsockname()[1]}"
        for message in each_way(Objects(unreachable), place, tmp_path):
            assert f"cannot be reached at {unreachable}" in message and "Check AWS_ENDPOINT_URL" in message


ASK = """
import sys
from kernel.errors import Unavailable
from stores.objects import Address, Objects
address, objects = Address.parse(sys.argv[2]), Objects(sys.argv[1])
try:
    with objects.upload(address):
        print(objects.size(address))
except Unavailable as error:
    print(error)
"""


def test_a_certificate_is_checked_and_a_private_authority_may_be_named() -> None:
    def ask(**more: str) -> str:
        environment = {**os.environ, **server.environment, "PYTHONPATH": str(ROOT / "platform"), **more}
        command = [sys.executable, "-c", ASK, server.url, f"s3://{bucket}/one"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    with running_bucket_server(tls=True) as server:
        bucket = server.make_bucket()
        assert "certificate is not trusted" in (output := ask()) and "SSL_CERT_FILE" in output
        assert ask(SSL_CERT_FILE=str(server.certificate)) == "None\n"


def test_a_silent_server_times_out(bucket: str, place: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stores.objects.client.QUESTION", Timeouts(silence_s=1, attempts=1))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(Unavailable, match=r"cannot be reached .* too slow"):
            Objects(f"http://127.0.0.1:{silent.getsockname()[1]}").size(place)
        assert time.monotonic() - started < 10


def test_more_than_arrow_can_send_is_refused(
    objects: Objects, place: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stores.objects.upload.MAX_BYTES", 1000)
    with pytest.raises(Unavailable, match="write it into a folder"), objects.upload(place) as upload:
        upload.send(a_file(tmp_path, 1001))
    assert objects.size(place) is None


# Addresses


def test_an_address_is_parsed_and_printed() -> None:
    for text in ("s3://archives/harbour.tar.gz", "s3://my.bucket-1/a/b c/ü.tar.gz"):
        assert str(Address.parse(text)) == text
    assert Address.parse("s3://archives/plants/") == Address("archives", "plants")
    assert Address.parse("s3://archives") / "one" == Address("archives", "one")


@pytest.mark.parametrize(
    "text",
    ["archives", "gs://archives/a", "s3://", "s3://Archives/a", "s3://ab", "s3://archives/a//b", "s3://abc/../b"],
)
def test_a_malformed_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not the address|names no bucket"):
        Address.parse(text)
