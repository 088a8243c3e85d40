"""Temporary folders do not outlive their process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.scratch import scratch
from tests.isolation import ROOT

HOLD = """
import sys, time
from pathlib import Path
from runtime.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "samples").write_text("much")
    print(folder, flush=True)
    time.sleep(60)
"""


def folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir())


def test_a_folder_is_private_and_removed_at_the_end(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), scratch(tmp_path) as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "samples").write_text("much")
        raise KeyboardInterrupt
    assert folders(tmp_path) == []


def test_folders_of_killed_processes_are_removed_and_used_ones_stay(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    other = subprocess.Popen(command, env={"PYTHONPATH": str(ROOT / "platform")}, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    theirs = Path(other.stdout.readline().strip())
    with scratch(tmp_path) as mine:
        assert folders(tmp_path) == sorted([theirs, mine])
        other.kill()
        other.wait()
        other.stdout.close()
        with scratch(tmp_path) as another:
            assert folders(tmp_path) == sorted([mine, another])
    assert folders(tmp_path) == []
