"""Loaded by pytest before Django reads its settings: a run has its own temporary home."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEMORY, FREE_GIB, AVAILABLE_GIB = Path("/dev/shm"), 8, 12  # of the file system in memory, and of memory


def has_room_in_memory() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    status, meminfo = os.statvfs(MEMORY), Path("/proc/meminfo").read_text().splitlines()
    available = next((int(line.split()[1]) >> 20 for line in meminfo if line.startswith("MemAvailable")), 0)
    may_run = not status.f_flag & os.ST_NOEXEC  # tests compile programs
    return may_run and status.f_bavail * status.f_frsize >> 30 >= FREE_GIB and available >= AVAILABLE_GIB


sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests interrupt processes that they start
# `make test` keeps its files in memory: our stores write each change to the disk before they answer, which takes 2 ms.
# Benchmarks and soaks use the disk.
if IN_MEMORY := os.environ.get("TESTS_IN_MEMORY") == "1" and has_room_in_memory():
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
TEST_HOME = Path(tempfile.mkdtemp(prefix="plantrace-test-"))
os.environ["PLANTRACE_HOME"] = str(TEST_HOME)
for variable in ("MONGODB_URI", "REDIS_URL", "DATABASE_URL", "FERNET_KEYS", "SECRET_KEY", "BACKUP_FOLDER"):
    os.environ.pop(variable, None)
for variable in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[variable]
# Compiled files are kept, whatever the shell says: each test process and each server would compile all of it again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Python looks through everything that was imported whenever enough is new: a tenth of what the tests cost.
gc.set_threshold(50_000, 20, 50)
