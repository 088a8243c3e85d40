"""Images as docker archives, which `ctr images import` and `buildah pull docker-archive:` read."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

BEGINNING = "1970-01-01T00:00:00Z"  # the same image each time; without a time, buildah finds no layer that it has built


def write_archive(archive: Path, reference: str, layers: Sequence[Path], command: Sequence[str] = ()) -> None:
    """Layers are tar files, the lowest first."""
    digests = [_digest(layer) for layer in layers]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": list(command), "Env": [f"PATH={PATH}"]},
            "created": BEGINNING,
            "history": [{"created": BEGINNING, "created_by": layer.name} for layer in layers],
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        }
    ).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    names = [f"{digest}.tar" for digest in digests]
    manifest = [{"Config": config_name, "RepoTags": [reference], "Layers": names}]
    with tarfile.open(archive, "w") as file:
        _add(file, config_name, config)
        for layer, name in zip(layers, names, strict=True):
            file.add(layer, name)
        _add(file, "manifest.json", json.dumps(manifest).encode())


def write_layer(layer: Path, files: Mapping[str, Path | bytes], links: Mapping[str, str] | None = None) -> None:
    """A layer of programs (from a path, which may be a folder), small files (from bytes) and symbolic links."""
    with tarfile.open(layer, "w", format=tarfile.GNU_FORMAT) as tar:
        folder = tarfile.TarInfo("tmp")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
        tar.addfile(folder)
        for name, content in files.items():
            if isinstance(content, Path):
                tar.add(content.resolve(), name, filter=_as_root)
            else:
                _add(tar, name, content)
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)


def _as_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o644
    tar.addfile(info, io.BytesIO(content))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
