"""The demo's state: its logins, in a private file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from runtime.home import Home, write_private


class Login(msgspec.Struct, frozen=True):
    username: str
    password: str
    token: str = ""


class DemoState(msgspec.Struct, frozen=True):
    tenant: str
    people: dict[str, Login]
    device_token: str = ""  # the simulated plant's token


def path_of(home: Home) -> Path:
    return home.folder() / "demo.json"


def load(home: Home) -> DemoState | None:
    try:
        return msgspec.json.decode(path_of(home).read_bytes(), type=DemoState)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def save(home: Home, state: DemoState) -> None:
    write_private(path_of(home), msgspec.json.format(msgspec.json.encode(state), indent=1).decode())
