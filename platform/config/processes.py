"""Our processes in an embedded installation: what starts them is in `config.platform.up`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """`program`: its name in supervisord. `in_readyz`: whether /readyz reports it, by its `name`."""

    program: str
    name: str
    in_readyz: bool = True


PROCESSES = (
    Process("worker", "worker"),
    Process("jobs", "job worker"),
    Process("reconciler", "reconciler"),
    Process("beat", "scheduler"),
    Process("writer", "ingest writer"),
    Process("ladder", "ladder worker"),
    Process("alarms", "alarm evaluator"),
    Process("notifier", "alarm notifier"),
    Process("stream", "live stream"),
    Process("web", "web process", in_readyz=False),
    Process("watchdog", "watchdog", in_readyz=False),
)
DEMO_PROCESSES = (Process("simulator", "plant simulator"), Process("mail", "mail catcher"))
