"""A disk that is nearly full: samples are refused before Redis cannot write, and accepted again by themselves."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from ingest.writer.process import Writer
from ingest.writer.room import DiskRoom
from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant, make_writer
from tests.ingest.test_write import V2, T
from tests.waiting import wait_until
from web.stores import streams

MIB = 2**20


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of 64 MiB."""
    folder = tmp_path_factory.mktemp("disk")
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_no_samples_are_accepted_while_the_disk_is_nearly_full(
    plant: Plant, disk: Path, acme: TenantConnection, client_for: ClientFor
) -> None:
    device: Client = client_for("engineer", acme, ("ingest",))
    sent = 0

    def write(url: str = "/write") -> int:
        nonlocal sent
        sent += 1
        body = f"{plant.slug},sensor=TT-101 value={sent} {T + sent}"
        answer = device.post(url, body, content_type="text/plain")
        if answer.status_code != 204:
            sent -= 1
            assert "nearly full" in answer.content.decode() and int(answer["Retry-After"]) >= 20
        return answer.status_code

    writer = Writer(streams(), lambda: [plant.tenant], make_writer, has_room=DiskRoom(disk, 3 * MIB))
    thread = threading.Thread(target=writer.run)
    thread.start()
    try:
        assert write() == 204
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(62 * MIB))
        wait_until(lambda: write() == 503)
        assert write(V2) == 429
        wait_until(lambda: len(plant.stored("TT-101")) == sent)  # what was acknowledged is stored meanwhile
        ballast.unlink()
        wait_until(lambda: write() == 204)
        wait_until(lambda: len(plant.stored("TT-101")) == sent)
    finally:
        writer.stop()
        thread.join()
        streams()._redis.delete(plant.tenant.prefix + "ingest:closed")


def test_somewhat_more_room_than_reserved_is_needed_to_begin_again(disk: Path) -> None:
    room = DiskRoom(disk, 3 * MIB)
    ballast = disk / "ballast"
    states = []
    for size in (60, 62, 60.6, 60):
        ballast.write_bytes(bytes(int(size * MIB)))
        states.append(room())
    ballast.unlink()
    assert states == [True, False, False, True]


def test_of_a_small_disk_only_a_share_is_reserved(disk: Path) -> None:
    assert DiskRoom(disk, 10**12)()
