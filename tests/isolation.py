"""Loaded by pytest before Django reads its settings: a run has its own temporary home."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
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
