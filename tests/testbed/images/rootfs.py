"""Debian root file systems as layers, by debootstrap."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.testbed.places import IMAGES, TestbedError

SUITE = "bookworm"
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
SUPERFLUOUS = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "var/lib/apt/lists",
    "var/cache/apt",
    "debootstrap",
)
# Debian's packages make a database and start servers as they are installed.
LEFT_BEHIND = ("var/lib/postgresql", "etc/postgresql", "usr/sbin/policy-rc.d")


def write_debian_layer(layer: Path, packages: Sequence[str], work: Path, superfluous: Sequence[str] = ()) -> None:
    """`superfluous`: patterns of what nobody misses, besides the usual."""
    root = work / "root"
    debs = IMAGES / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    options = ["--foreign", "--variant=minbase", f"--cache-dir={debs}", f"--include={','.join(packages)}"]
    _run(work, "debootstrap", *options, SUITE, str(root), _mirror())
    policy = root / "usr/sbin/policy-rc.d"  # nothing may start here
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    _run(work, "chroot", str(root), "/debootstrap/debootstrap", "--second-stage")
    for pattern in (*SUPERFLUOUS, *LEFT_BEHIND, *superfluous):
        for path in list(root.glob(pattern)):
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
    tar = ["tar", "--create", "--file", str(layer), "--one-file-system", "--numeric-owner"]
    _run(work, *tar, "--directory", str(root), ".")
    shutil.rmtree(root)


def _mirror() -> str:
    """The one that this machine uses."""
    if SOURCES.exists():
        for line in SOURCES.read_text().splitlines():
            if line.startswith("URIs:"):
                return line.split()[1]
    return "http://deb.debian.org/debian"


def _run(work: Path, *command: str) -> None:
    log = work / "debootstrap.log"
    with log.open("ab") as file:
        done = subprocess.run(command, stdout=file, stderr=file)
    if done.returncode:
        raise TestbedError(f"{command[0]} failed: {' | '.join(log.read_text(errors='replace').splitlines()[-5:])}")
