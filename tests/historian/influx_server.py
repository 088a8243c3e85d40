"""A tenant's InfluxDB for tests of the store and the historian: authentication on, its own folder, a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import Unavailable
from kernel.tenancy import Credentials
from stores.timeseries import LADDER, RAW, Timeseries

INFLUXD = Path.home() / ".cache/plantrace/bin/influxd"
ADMIN, WRITER, READER = (Credentials(name, f"{name}-secret-'\"\\") for name in ("admin", "writer", "reader"))


@dataclass
class InfluxServer:
    """One running influxd with database `plant`, both policies and three users."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(INFLUXD)], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        anonymous, deadline = self.as_(None), time.monotonic() + 20
        while True:
            try:
                anonymous.ping()
                return
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def as_(self, who: Credentials | None, timeout_s: float = 30.0) -> Timeseries:
        return Timeseries(self.url, who, timeout_s=timeout_s)


@contextmanager
def running_influxd() -> Iterator[InfluxServer]:
    folder = Path(tempfile.mkdtemp(prefix="plantrace-influxd-"))
    port, backup = _free_port(), _free_port()
    server = InfluxServer(f"http://127.0.0.1:{port}", _environment(folder, port, backup))
    server.start()
    try:
        _prepare(server)
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, port: int, backup: int) -> dict[str, str]:
    settings = {
        "REPORTING_DISABLED": "true",
        "BIND_ADDRESS": f"127.0.0.1:{backup}",
        "META_DIR": f"{folder}/meta",
        "DATA_DIR": f"{folder}/data",
        "DATA_WAL_DIR": f"{folder}/wal",
        "DATA_INDEX_VERSION": "tsi1",
        "HTTP_BIND_ADDRESS": f"127.0.0.1:{port}",
        "HTTP_AUTH_ENABLED": "true",
        "HTTP_LOG_ENABLED": "false",
        "MONITOR_STORE_ENABLED": "false",
    }
    return {**os.environ, **{f"INFLUXDB_{name}": value for name, value in settings.items()}}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prepare(server: InfluxServer) -> None:
    anonymous, admin = server.as_(None), server.as_(ADMIN)
    anonymous.create_user(ADMIN.username, ADMIN.password, admin=True)
    admin.create_database()
    admin.create_policy(RAW, shard="52w", default=True)
    admin.create_policy(LADDER, shard="520w")
    for user, right in ((READER, "READ"), (WRITER, "WRITE")):
        admin.create_user(user.username, user.password)
        admin.grant(user.username, right)
