"""The installation's folder: ports remembered, secrets generated once, all of it private."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.home import Home, is_free


def test_a_port_is_free_and_remembered(tmp_path: Path) -> None:
    port = Home(tmp_path).port("redis")
    assert is_free(port)
    assert Home(tmp_path).port("redis") == port


def test_two_names_never_share_a_port(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        ports = list(pool.map(lambda number: home.port(f"p{number}"), range(40)))
    assert len(set(ports)) == 40


def test_a_remembered_port_that_is_in_use_is_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = home.port("web")
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", before))
        thief.listen()
        after = home.ensure_free_port("web")
    assert after != before
    assert home.port("web") == after


def test_a_secret_is_generated_once_and_private(tmp_path: Path) -> None:
    home = Home(tmp_path)
    secret = home.secret("django")
    assert len(secret) >= 40
    assert home.secret("django") == secret
    assert home.secret("fernet") != secret
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    assert Home(tmp_path / "a").secret("django") != Home(tmp_path / "b").secret("django")


def test_sockets_of_a_deep_folder_have_a_legal_path(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("deep" * 30))
    assert len(str(deep.sockets / "supervisor.sock")) < 108
    assert deep.sockets.stat().st_mode & 0o077 == 0
    deep.sockets.rmdir()


def test_counters_are_in_memory_private_and_removed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folder = home.metrics
    assert folder.stat().st_dev == Path("/dev/shm").stat().st_dev and tmp_path not in folder.parents
    assert folder.stat().st_mode & 0o077 == 0
    assert Home(tmp_path).metrics == folder != Home(tmp_path / "other").metrics
    (folder / "counter_1.db").write_bytes(b"1")
    for each in (home, Home(tmp_path / "other")):
        each.remove_metrics()
    assert not folder.exists()


def test_counters_are_on_the_disk_if_another_user_owns_the_folder_in_memory(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folder = home.metrics
    folder.chmod(0o755)
    try:
        assert home.metrics == tmp_path / "run" / "metrics"
    finally:
        folder.chmod(0o700)
        home.remove_metrics()


@pytest.mark.parametrize("make", [Path.touch, lambda folder: folder.symlink_to("/nowhere/at/all")])
def test_counters_are_on_the_disk_where_no_folder_has_that_name(tmp_path: Path, make: Callable[[Path], None]) -> None:
    home = Home(tmp_path)
    folder = home.metrics
    folder.rmdir()
    make(folder)
    try:
        assert home.metrics == tmp_path / "run" / "metrics"
    finally:
        folder.unlink()
