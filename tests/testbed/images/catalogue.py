"""Which images there are, what each is made of, and how it is made."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.images import dockerfile
from tests.testbed.images.archive import write_archive, write_layer
from tests.testbed.images.rootfs import write_debian_layer
from tests.testbed.node import PAUSE
from tests.testbed.places import BIN, IMAGES, PROJECT, binary

HERE = Path(__file__).resolve().parent
BASE_PACKAGES = ("ca-certificates", "python3", "python3-venv")
# With which PostgreSQL compiles large queries: as large as all the rest. Without it, they are interpreted.
COMPILER = (
    *("usr/lib/*/libLLVM-*", "usr/lib/*/libz3.so*"),
    *("usr/lib/postgresql/*/lib/bitcode", "usr/lib/postgresql/*/lib/llvmjit*"),
)
# Programs that ask who they are find a name for the numbers that the charts run them with.
USERS = b"root:x:0:0:root:/root:/bin/sh\ninfluxdb:x:10002:10002::/tmp:/bin/sh\nferretdb:x:10004:10004::/tmp:/bin/sh\n"


@dataclass(frozen=True, slots=True)
class Image:
    """`make` writes the archive; the image is made again once `inputs` tell something else."""

    name: str
    reference: str  # under which the charts find it, unless values say otherwise
    inputs: Callable[[], Iterable[str]]
    make: Callable[[Path, str, Path], None]  # archive, reference, a folder for the work

    def archive(self) -> Path:
        """Where it lies, once it is made."""
        digest = hashlib.sha256("\n".join([self.reference, *self.inputs()]).encode()).hexdigest()
        return IMAGES / f"{self.name}-{digest[:16]}.tar"


def catalogue() -> list[Image]:
    """In the order in which they can be made."""
    return [
        Image("pause", PAUSE, lambda: [digest_of(PROJECT / "tests/testbed/pause/main.go")], _make_pause),
        _influxdb(),
        _of_program("ferretdb", "docker.io/library/ferretdb:1.24.2", "ferretdb"),
        _of_packages("redis", "docker.io/library/redis:7.2-bookworm", ["redis-server"]),
        _of_packages("postgresql", "docker.io/library/postgres:16-bookworm", ["postgresql-15"], COMPILER),
        Image("plantrace", f"docker.io/library/plantrace:{dockerfile.version()}", _plantrace_inputs, _make_plantrace),
    ]


def digest_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _of_program(name: str, reference: str, program: str) -> Image:
    """Nothing but one static program."""

    def make(archive: Path, reference: str, work: Path) -> None:
        files: dict[str, Path | bytes] = {f"usr/bin/{program}": BIN / program, "etc/passwd": USERS}
        write_layer(work / "layer.tar", files)
        write_archive(archive, reference, [work / "layer.tar"], [f"/usr/bin/{program}"])

    return Image(name, reference, lambda: [digest_of(Path(binary(program)))], make)


def _of_packages(name: str, reference: str, packages: Sequence[str], superfluous: Sequence[str] = ()) -> Image:
    """Debian with some of its packages."""

    def make(archive: Path, reference: str, work: Path) -> None:
        write_debian_layer(work / "layer.tar", packages, work, superfluous)
        write_archive(archive, reference, [work / "layer.tar"], ["/bin/sh"])

    return Image(name, reference, lambda: [*packages, *superfluous, digest_of(HERE / "rootfs.py")], make)


def _make_pause(archive: Path, reference: str, work: Path) -> None:
    source = PROJECT / "tests/testbed/pause/main.go"
    command = ["go", "build", "-ldflags", "-s -w", "-o", str(work / "pause"), str(source)]
    subprocess.run(command, check=True, cwd=work, env={**os.environ, "CGO_ENABLED": "0"})
    write_layer(work / "layer.tar", {"pause": work / "pause"})
    write_archive(archive, reference, [work / "layer.tar"], ["/pause"])


def _influxdb() -> Image:
    return _of_program("influxdb", "docker.io/library/influxdb:1.8.10", "influxd")


def _plantrace_inputs() -> list[str]:
    programs = [digest_of(HERE / name) for name in ("dockerfile.py", "rootfs.py")]
    return [*BASE_PACKAGES, *dockerfile.sources(), *programs, *_influxdb().inputs()]


def _make_plantrace(archive: Path, reference: str, work: Path) -> None:
    influxdb = work / "influxdb.tar"
    _influxdb().make(influxdb, _influxdb().reference, work)
    dockerfile.build(archive, reference, work, _base_layer(), [influxdb])


def _base_layer() -> Path:
    """Debian with Python, on which both stand-ins of the Dockerfile's base images stand. Kept: it takes longest."""
    digest = hashlib.sha256("".join([*BASE_PACKAGES, digest_of(HERE / "rootfs.py")]).encode()).hexdigest()
    layer = IMAGES / f"base-{digest[:16]}.layer"
    if not layer.exists():
        with work_folder() as work:
            write_debian_layer(work / "layer.tar", BASE_PACKAGES, work)
            (work / "layer.tar").rename(layer)
    return layer


class work_folder:
    """A folder beside the images, so that what is finished can be renamed."""

    def __enter__(self) -> Path:
        IMAGES.mkdir(parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix=".work-", dir=IMAGES))
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)
