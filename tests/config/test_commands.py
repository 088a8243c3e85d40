"""What all commands of ours have in common."""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.management import get_commands, load_command_class

from tests.isolation import ROOT

OURS = [ROOT / folder for folder in ("platform", "tenants", "demo")]


def is_ours(module: str) -> bool:
    file = Path(sys.modules[module].__file__ or "/")
    return any(file.is_relative_to(folder) for folder in OURS)


def test_none_imports_every_view() -> None:
    """Django's checks do so before a command: nearly a second of CPU time, and memory of a process that stays."""
    commands = {name: load_command_class(str(app), name) for name, app in get_commands().items()}
    ours = {name: command for name, command in commands.items() if is_ours(type(command).__module__)}
    assert ours.keys() >= {"up", "tenants", "ingest_writer", "simulate"}
    assert [name for name, command in ours.items() if command.requires_system_checks] == []
