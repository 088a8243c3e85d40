"""Our own Dockerfile, built by buildah on local stand-ins of its base images, as no registry can be pulled from."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tests.testbed.images.archive import write_archive, write_layer
from tests.testbed.images.registries import write_settings
from tests.testbed.mounts import unmount_below
from tests.testbed.places import IMAGES, PROJECT, TestbedError

PYTHON_BASE, NODE_BASE = "docker.io/library/python:3.11-slim-bookworm", "docker.io/library/node:20-bookworm-slim"
STORAGE = IMAGES / "buildah"
MAX_GIB = 10
COPY = re.compile(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", re.MULTILINE)


def version() -> str:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def sources() -> Iterable[str]:
    """A digest of each file that the Dockerfile may copy."""
    copied = [name for names in COPY.findall((PROJECT / "Dockerfile").read_text()) for name in names.split()]
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "Dockerfile", ".dockerignore"]
    listed = subprocess.run([*listing, *copied], cwd=PROJECT, capture_output=True, check=True, text=True).stdout
    for name in sorted(filter(None, listed.split("\0"))):
        if (PROJECT / name).is_file():
            yield f"{name} {hashlib.sha256((PROJECT / name).read_bytes()).hexdigest()}"


def build(archive: Path, reference: str, work: Path, base: Path, others: Iterable[Path]) -> None:
    """`others`: archives of images that it takes something from, under the names by which it does."""
    environment = _environment(work)
    try:
        _make_room(environment)
        _pull_stand_ins(base, work, environment)
        for other in others:
            _pull(other, environment)
        _build(archive, reference, work, environment)
    finally:
        unmount_below(STORAGE)


def _build(archive: Path, reference: str, work: Path, environment: dict[str, str]) -> None:
    command = ["buildah", "build", "--isolation=chroot", "--pull-never", "--layers", "--force-rm", f"--tag={reference}"]
    command += ["--format=docker", *write_settings(work), str(PROJECT)]
    _run(command, environment)
    _run(["buildah", "push", "--quiet", reference, f"docker-archive:{archive}:{reference}"], environment)


def _make_room(environment: dict[str, str]) -> None:
    """What a killed build left; and, once they are too many, the layers that make a build quick."""
    _run(["buildah", "rm", "--all"], environment)
    usage = subprocess.run(["du", "--summarize", "--block-size=1G", str(STORAGE)], capture_output=True, text=True)
    if usage.stdout and int(usage.stdout.split()[0]) > MAX_GIB:
        _run(["buildah", "rmi", "--all", "--force"], environment)


def _pull_stand_ins(base: Path, work: Path, environment: dict[str, str]) -> None:
    """Debian's Python under the name that the image has it by; and the machine's Node, as Debian's is too old."""
    python, node = work / "python.layer", work / "node.layer"
    names = ("python", "python3", "python3.11")
    write_layer(python, {}, {f"usr/local/bin/{name}": "/usr/bin/python3.11" for name in names})
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        raise TestbedError("node and npm are needed to build the web UI's stage; Node 20 is on nodejs.org.")
    modules = Path(npm).resolve().parents[1]
    links = {f"usr/local/bin/{name}": f"../lib/node_modules/npm/bin/{name}-cli.js" for name in ("npm", "npx")}
    write_layer(node, {"usr/local/bin/node": Path(program), "usr/local/lib/node_modules/npm": modules}, links)
    for reference, layer in ((PYTHON_BASE, python), (NODE_BASE, node)):
        write_archive(work / "base.tar", reference, [base, layer])
        _pull(work / "base.tar", environment)


def _pull(archive: Path, environment: dict[str, str]) -> None:
    _run(["buildah", "pull", "--quiet", f"docker-archive:{archive}"], environment)


def _environment(work: Path) -> dict[str, str]:
    """Storage of our own; and no registry is ever asked."""
    storage = f'[storage]\ndriver = "overlay"\ngraphroot = "{STORAGE}/graph"\nrunroot = "{STORAGE}/run"\n'
    (work / "storage.conf").write_text(storage)
    (work / "registries.conf").write_text(
        'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "disabled"\n'
    )
    return {
        **os.environ,
        "CONTAINERS_STORAGE_CONF": str(work / "storage.conf"),
        "CONTAINERS_REGISTRIES_CONF": str(work / "registries.conf"),
        "TMPDIR": str(work),
    }


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        output = (done.stdout + done.stderr).splitlines()[-25:]
        raise TestbedError("\n  ".join([f"{' '.join(command[:2])} failed:", *output]))
