"""How pip and npm reach their registries on this machine, handed to a build without ever being part of its image."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

# Settings that say where packages come from; all others are the build's own.
PIP = ("index-url", "extra-index-url", "trusted-host", "proxy", "cert", "client-cert", "timeout", "retries")
NPM = ("registry", "proxy", "https-proxy", "cafile", "strict-ssl")
AUTHORITIES = Path("/etc/ssl/certs")


def write_settings(work: Path) -> list[str]:
    """Options for `buildah build`. The files may hold secrets, so they are ours alone and go with the folder."""
    pip, npm = pip_settings(), npm_settings()
    _write(work / "pip.conf", ["[global]", *(f"{name} = {value}" for name, value in pip.items())])
    _write(work / "npmrc", (f"{name}={value}" for name, value in npm.items()))
    mounts = {work / "pip.conf": "/etc/pip.conf", work / "npmrc": "/usr/local/etc/npmrc", AUTHORITIES: str(AUTHORITIES)}
    logins = Path("".join(_answer("npm", "config", "get", "userconfig")))
    if logins.is_file():
        mounts[logins] = "/root/.npmrc"
    for file in (pip.get("cert"), pip.get("client-cert"), npm.get("cafile")):
        if file and not Path(file).is_relative_to(AUTHORITIES):
            mounts[Path(file)] = file
    return [f"--volume={source}:{target}:ro" for source, target in mounts.items()]


def pip_settings() -> dict[str, str]:
    """From pip's files and the environment, which wins."""
    listed = _answer(sys.executable, "-m", "pip", "config", "list")
    found = {}
    for line in listed:
        name, separator, value = line.partition("=")
        place, _, key = name.partition(".")
        if separator and place in ("global", "install", ":env:") and key in PIP:
            found[key] = str(ast.literal_eval(value)).replace("\n", "\n  ")
    return found


def npm_settings() -> dict[str, str]:
    configured = {name: "".join(_answer("npm", "config", "get", name)) for name in NPM}
    return {name: value for name, value in configured.items() if value not in ("", "null", "undefined")}


def _answer(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _write(path: Path, lines: Iterable[str]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{line}\n" for line in lines))
