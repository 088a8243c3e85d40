"""Where things lie: the project, the cache of built programs and images, and the records of what runs."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("PLANTRACE_CACHE") or Path.home() / ".cache" / "plantrace")
BIN = CACHE / "bin"
SHARE = CACHE / "testbed"  # what build.sh puts beside the programs
IMAGES = CACHE / "images"
RUNS = Path("/run/plantrace-testbed")  # gone after a reboot, as the processes are that it tells of
DEFAULT_FOLDER = PROJECT / "var" / "testbed"


class TestbedError(Exception):
    """What is wrong, and what would be right, in one sentence."""

    __test__ = False  # no test class, whatever its name


def binary(name: str) -> str:
    """A program that build.sh has built."""
    if not (BIN / name).exists():
        raise TestbedError(f"{name} is not built; `scripts/setup.sh cluster` builds the testbed's programs once.")
    return str(BIN / name)
