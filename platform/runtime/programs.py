"""The programs of an embedded installation, as sections of supervisord's configuration."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runtime.home import PROJECT, Home, write_private
from runtime.memory import memory_bytes


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised program. `environment` is added to what supervisord itself was started with."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = PROJECT
    stop_wait_s: int = 10
    start_s: int = 1
    priority: int = 500
    stop_signal: str = "TERM"
    nice: int = 0  # background work gets the CPU time that the others leave

    def section(self, log: Path) -> str:
        """The INI text of the program."""
        environment = ",".join(f'{key}="{_escape(value)}"' for key, value in sorted(self.environment.items()))
        return "\n".join(
            [
                f"[program:{self.name}]",
                f"command={' '.join(_quote(word) for word in (*self._priority(), *self.command))}",
                f"directory={_escape(str(self.folder))}",
                *([f"environment={environment}"] if environment else []),
                "autostart=false",
                "autorestart=true",
                f"startsecs={self.start_s}",
                "startretries=3",
                f"priority={self.priority}",
                f"stopsignal={self.stop_signal}",
                f"stopwaitsecs={self.stop_wait_s}",
                "stopasgroup=true",
                "killasgroup=true",
                "redirect_stderr=true",
                f"stdout_logfile={_escape(str(log))}",
                "stdout_logfile_maxbytes=10MB",
                "stdout_logfile_backups=3",
                "",
            ]
        )

    def _priority(self) -> tuple[str, ...]:
        return ("nice", "-n", str(self.nice)) if self.nice else ()


def _escape(text: str) -> str:
    """supervisord cannot escape a quote or a line break, and one bad file fails the reload of all."""
    if '"' in text or "\n" in text:
        raise ValueError(f"A program's settings may contain neither a double quote nor a line break: {text!r}")
    return text.replace("%", "%%")


def _quote(word: str) -> str:
    escaped = _escape(word)
    return f'"{escaped}"' if any(character in word for character in " ;'#") else escaped


def binary(name: str) -> str:
    """Path of a server's binary: ours from the cache, else the system's. The error says how to get a missing one."""
    built = Path(os.environ.get("PLANTRACE_CACHE") or Path.home() / ".cache" / "plantrace") / "bin" / name
    found = str(built) if built.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"The program {name} is missing; `make setup` installs or builds it.")
    return found


MIN_REDIS_MEMORY, REDIS_MEMORY_SHARE = 16 * 2**20, 0.25


def redis_memory() -> int:
    """Bytes that Redis may use: REDIS_MAX_MEMORY_MIB, or a quarter of the machine's memory, which it shares."""
    given = os.environ.get("REDIS_MAX_MEMORY_MIB", "")
    wanted = int(given) * 2**20 if given else int(memory_bytes() * REDIS_MEMORY_SHARE)
    return max(MIN_REDIS_MEMORY, wanted)


def redis(home: Home) -> Program:
    """Append-only with an fsync before each answer, and without eviction: an acknowledged write is on disk, and one
    that does not fit is refused."""
    settings = {
        "bind": "127.0.0.1",
        "port": str(home.port("redis")),
        "requirepass": home.secret("redis"),
        "dir": str(home.folder("redis")),
        "appendonly": "yes",
        "appendfsync": "always",
        "save": '""',
        "maxmemory": str(redis_memory()),
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "notice",
    }
    path = home.run / "redis.conf"
    write_private(path, "".join(f"{key} {value}\n" for key, value in settings.items()))
    return Program("redis", (binary("redis-server"), str(path)), priority=10)


def ferretdb(home: Home) -> Program:
    command = (
        binary("ferretdb"),
        "-socket",
        str(home.sockets / "documents.sock"),
        "-state",
        str(home.folder("ferretdb")),
    )
    return Program("documents", command, {"DO_NOT_TRACK": "1"}, folder=home.folder("ferretdb"), priority=10)


BACKGROUND_NICE = 10  # a tenth of the CPU beside a process that wants all of it
# Returns the memory of a large answer once it is sent, instead of keeping it in each thread for the next one.
LEAN_MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "4194304", "ARROW_DEFAULT_MEMORY_POOL": "system"}


def web(home: Home) -> Program:
    port = str(home.port("web"))
    command = (
        *(sys.executable, "-m", "runtime.web_server", "--port", port),
        *("--respawn", "--log-level", "warning", "--backpressure", "64"),
    )
    environment = {**python_path(), **LEAN_MEMORY, "PROMETHEUS_MULTIPROC_DIR": str(home.metrics)}
    environment["STREAM_PORT"] = str(home.port("stream"))
    return Program("web", command, environment, priority=100)


def stream(home: Home) -> Program:
    """The live stream. Nothing in front of us sends requests to it: the web process sends browsers to its port."""
    web = str(home.port("web"))
    command = (
        *(sys.executable, "-m", "stream.process.server", "--port", str(home.port("stream"))),
        *("--web-url", f"http://127.0.0.1:{web}", "--page-port", web),
    )
    return Program("stream", command, {**python_path(), **LEAN_MEMORY}, priority=110)


def manage(name: str, *arguments: str, stop_wait_s: int = 10, priority: int = 200, nice: int = 0) -> Program:
    """One of our own long-running management commands."""
    command = (sys.executable, str(PROJECT / "manage.py"), *arguments)
    return Program(name, command, stop_wait_s=stop_wait_s, priority=priority, nice=nice)


def module(name: str, module: str, *arguments: str, priority: int = 200) -> Program:
    """A long-running module of ours that needs no settings."""
    return Program(name, (sys.executable, "-m", module, *arguments), python_path(), priority=priority)


def ladder() -> Program:
    """Builds and repairs the rollups of all tenants."""
    return manage("ladder", "ladder_worker", stop_wait_s=20, nice=BACKGROUND_NICE)


def worker(home: Home) -> Program:
    """Short work: bulk changes, measurements, cleaning up."""
    return Program("worker", _celery("celery", "worker"), python_path(), priority=200)


def job_worker(home: Home) -> Program:
    """Long work: imports, corrections, backups. Tenants take turns."""
    return Program("jobs", _celery("long", "jobs"), python_path(), priority=200, nice=BACKGROUND_NICE)


def _celery(queue: str, name: str) -> tuple[str, ...]:
    command = (sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", queue, "-n", f"{name}@%h")
    return (*command, "--concurrency", "2", "--loglevel", "warning", "--without-gossip", "--without-mingle")


def reconciler(home: Home) -> Program:
    """The worker of the control plane."""
    command = (sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "control", "-n", "control@%h")
    options = ("--pool", "solo", "--loglevel", "warning", "--without-gossip", "--without-mingle")
    return Program("reconciler", (*command, *options), python_path(), priority=200)


def beat(home: Home) -> Program:
    schedule = str(home.folder("celery") / "beat")
    command = (sys.executable, "-m", "celery", "-A", "config", "beat", "--schedule", schedule, "--loglevel", "warning")
    return Program("beat", (*command, "--pidfile="), python_path(), priority=210)


def watchdog(home: Home) -> Program:
    return module("watchdog", "runtime.watchdog", priority=300)


def python_path() -> dict[str, str]:
    return {"PYTHONPATH": f"{PROJECT / 'platform'}:{PROJECT}"}
