"""The installation's folder (`var/`, or PLANTRACE_HOME): allocated ports and generated secrets."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import random
import secrets
import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PREFERRED_WEB_PORT = 8600
FIRST_PORT, LAST_PORT = 20_000, 32_000  # below Linux's range for outgoing connections
MEMORY = Path("/dev/shm")  # a file system in memory, on Linux
MAX_SOCKET_PATH = 100  # the path of a Unix socket has at most 107 bytes


@dataclass(frozen=True, slots=True)
class Home:
    path: Path

    @classmethod
    def from_environment(cls) -> Home:
        """PLANTRACE_HOME, or `var/` in the project."""
        return cls(Path(os.environ.get("PLANTRACE_HOME") or PROJECT / "var").resolve())

    def folder(self, *names: str) -> Path:
        """A private folder below home, created if missing."""
        folder = self.path.joinpath(*names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    @property
    def run(self) -> Path:
        return self.folder("run")

    @property
    def sockets(self) -> Path:
        """A private folder whose path is short enough for Unix sockets."""
        if len(str(self.run)) <= MAX_SOCKET_PATH - 20:
            return self.run
        folder = Path("/tmp") / self._outside_name
        if not _ensure_private(folder):
            raise PermissionError(f"{folder} exists and is not private to us; set PLANTRACE_HOME to a shorter path.")
        return folder

    @property
    def metrics(self) -> Path:
        """A folder, made if missing, where web processes share their counters.

        It is in memory where the system has such a file system: these files are written through memory maps, and a disk
        that is full ends the process that does so (SIGBUS).
        """
        folder = MEMORY / self._outside_name
        return folder if os.access(MEMORY, os.W_OK) and _ensure_private(folder) else self.folder("run", "metrics")

    def remove_metrics(self) -> None:
        """The counters of processes that have ended."""
        shutil.rmtree(self.metrics, ignore_errors=True)

    @property
    def _outside_name(self) -> str:
        """Of folders outside home."""
        return f"plantrace-{os.getuid()}-{hashlib.sha256(str(self.path).encode()).hexdigest()[:12]}"

    @property
    def documents_uri(self) -> str:
        """MongoDB URI of the embedded document server."""
        return f"mongodb://{str(self.sockets / 'documents.sock').replace('/', '%2F')}/"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.secret('redis')}@127.0.0.1:{self.port('redis')}/0"

    def given_redis_url(self) -> str:
        """REDIS_URL, or the embedded server's: for processes that load no settings."""
        return os.environ.get("REDIS_URL") or self.redis_url

    def port(self, name: str) -> int:
        """The port allocated to `name`; a free one is chosen the first time."""
        with self._locked("ports.json") as ports:
            if name not in ports:
                ports[name] = _free_port(set(ports.values()))
            return int(ports[name])

    def ensure_free_port(self, name: str, preferred: int | None = None) -> int:
        """Like `port`, but if the allocated one is now in use by something else, another is chosen."""
        with self._locked("ports.json") as ports:
            known = ports.get(name) or preferred
            if known is None or not is_free(known):
                known = _free_port(set(ports.values()))
            ports[name] = known
            return int(known)

    def ensure_web_port(self) -> int:
        """Of the web process, before it starts. Only the usual home prefers one: two racing for it would share it."""
        return self.ensure_free_port("web", PREFERRED_WEB_PORT if self.path == PROJECT / "var" else None)

    def forget_port(self, name: str) -> None:
        with self._locked("ports.json") as ports:
            ports.pop(name, None)

    def secret(self, name: str) -> str:
        """A secret of this installation, generated at first use: 32 random bytes in URL-safe Base64 (a Fernet key)."""
        with self._locked("secrets.json") as values:
            if name not in values:
                values[name] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            return str(values[name])

    @contextmanager
    def _locked(self, name: str) -> Iterator[dict[str, Any]]:
        """A JSON file as a dict, under a lock, replaced atomically if it changed."""
        path = self.folder() / name
        with locked(self.run / f"{name}.lock"):
            before = path.read_text() if path.exists() else "{}"
            values: dict[str, Any] = json.loads(before)
            yield values
            after = json.dumps(values, indent=1, sort_keys=True)
            if after != before:
                write_private(path, after)


def _ensure_private(folder: Path) -> bool:
    """Ensure a folder that is ours alone; False if somebody else's has its name."""
    with suppress(FileExistsError):  # a folder, or else a file or a link
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """An exclusive lock between processes."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, completely or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port(taken: set[int]) -> int:
    for _ in range(1000):
        port = random.randint(FIRST_PORT, LAST_PORT)
        if port not in taken and is_free(port):
            return port
    raise OSError(f"No free port between {FIRST_PORT} and {LAST_PORT} on 127.0.0.1.")
