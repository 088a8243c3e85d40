"""The measured control plane: an installation of its own, used over one operator's connection."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.query.client import Connection
from tests.bench.query.measure import OURS, Figures, measured
from tests.bench.tenants.cluster import Requests, cpu_s, requests, resident_mb
from tests.installation import Platform
from tests.kubernetes.api_server import ApiServer

Say = Callable[[str], None]
CONCURRENCY = 4  # tenants requested and not ready yet
POLL_INTERVAL_S = 0.5
STALLED_S = 120.0
AT_REST_S = 20.0
RINGS = (("canary", 0.02), ("early", 0.12), ("all", 1.0))  # each up to that part of the tenants
GATE = {"concurrency": 20, "soak_s": 0}


@dataclass
class Memory:
    """Resident MB: of the largest process of Helm that was seen, and of our own processes at their largest."""

    helm: int = 0
    peaks: dict[str, int] = field(default_factory=dict)


@dataclass
class Phase:
    """Work on many tenants. `each`: seconds from start to end; `steps`: medians."""

    count: int
    seconds: float
    each: list[float]
    requests: Requests
    steps: dict[str, float] = field(default_factory=dict)


class Control:
    def __init__(self, platform: Platform, cluster: ApiServer, say: Say) -> None:
        self.platform, self.cluster, self._say = platform, cluster, say
        token = platform.ensure_person("operator")["token"]
        self.api = Connection(platform.url, {"Authorization": f"Bearer {token}"})
        self.memory = Memory()
        reconciler = platform.supervisor.status("reconciler")
        assert reconciler is not None
        self._reconciler = reconciler.pid

    def make(self, count: int) -> Phase:
        """So many tenants, CONCURRENCY at a time, until all are ready."""
        before, began = requests(self.cluster), time.monotonic()
        requested = 0
        ready, moved, reported = 0, began, began
        while ready < count:
            while requested < count and requested - ready < CONCURRENCY:
                self.api.post("/api/v1/tenants", {"slug": f"t-{requested:04}", "ring": _ring(requested, count)})
                requested += 1
            time.sleep(POLL_INTERVAL_S)
            self._sample_memory()
            states = self.api.get("/api/v1/tenants", limit=1).json()["counts"]["states"]
            now = time.monotonic()
            assert "failed" not in states, self.api.get("/api/v1/tenants", state="failed").json()["results"][0]["error"]
            if states.get("ready", 0) > ready:
                ready, moved = states["ready"], now
            assert now - moved < STALLED_S, self.api.get("/api/v1/tenants", state="provisioning").json()["results"]
            if now - reported > 15:
                reported = now
                self._say(f"{ready} of {count} tenants are ready")
        seconds = time.monotonic() - began
        times = json.loads(self._inside("print_times()"))
        steps = {name: _median([each["steps"][name] for each in times]) for name in times[0]["steps"]}
        sent = requests(self.cluster).since(before)
        return Phase(count, seconds, [each["seconds"] for each in times], sent, steps)

    def roll_out(self, count: int) -> Phase:
        """A release that restarts every InfluxDB, ring by ring."""
        release = "bench-2"
        self.api.post("/api/v1/releases", {"name": release, "settings": {"cacheMaxMemory": "256m"}})
        before, began = requests(self.cluster), time.monotonic()
        self.api.post("/api/v1/rollouts", {"release": release, "gate": GATE})
        reported = began
        while True:
            time.sleep(POLL_INTERVAL_S)
            self._sample_memory()
            [now] = self.api.get("/api/v1/rollouts", limit=1).json()["results"]
            if now["state"] != "running":
                break
            if time.monotonic() - reported > 15:
                reported = time.monotonic()
                self._say(f"roll-out, ring {now['ring']}: {[each['states'] for each in now['rings']]}")
        assert now["state"] == "done", now["reason"]
        assert sum(sum(each["states"].values()) for each in now["rings"]) == count
        seconds = time.monotonic() - began
        each = json.loads(self._inside(f"print_upgrades({release!r})"))
        return Phase(count, seconds, each, requests(self.cluster).since(before))

    def time_pages(self, count: int) -> dict[str, Figures]:
        """The requests of the operators' pages, with so many tenants."""
        middle = f"t-{count // 2:04}"
        pages: dict[str, tuple[str, dict[str, Any]]] = {
            "tenants, first page of 50": ("/api/v1/tenants", {"limit": 50}),
            "tenants, a page in the middle": ("/api/v1/tenants", {"limit": 50, "cursor": middle}),
            "tenants, a search": ("/api/v1/tenants", {"limit": 50, "q": middle[-2:]}),
            "tenants, those of a ring that are ready": (
                "/api/v1/tenants",
                {"limit": 50, "ring": "early", "state": "ready"},
            ),
            "one tenant": (f"/api/v1/tenants/{middle}", {}),
            "roll-outs": ("/api/v1/rollouts", {"limit": 10}),
            "metrics": ("/metrics", {}),
        }
        return {name: self._measured(path, query) for name, (path, query) in pages.items()}

    def time_rollout_page(self) -> dict[str, Figures]:
        """The requests of the roll-out's page, with so many tenants."""
        [newest] = self.api.get("/api/v1/rollouts", limit=1).json()["results"]
        path = f"/api/v1/rollouts/{newest['id']}"
        return {
            "one roll-out": self._measured(path, {}),
            "its tenants, first page of 50": self._measured(f"{path}/members", {"limit": 50}),
            "its history, first page of 50": self._measured(f"{path}/events", {"limit": 50}),
        }

    def _measured(self, path: str, query: dict[str, Any]) -> Figures:
        return measured(lambda _: self.api.get(path, **query), _for_ever(), OURS)

    def at_rest(self) -> dict[str, float]:
        """The CPU usage (fraction of one core) of each of our programs while idle."""
        before, began = {name: cpu_s(pids) for name, pids in self._programs().items()}, time.monotonic()
        time.sleep(AT_REST_S)
        seconds = time.monotonic() - began
        return {name: (cpu_s(pids) - before[name]) / seconds for name, pids in self._programs().items()}

    def note_peaks(self) -> None:
        """Of each of our programs, with its children, how large it has been."""
        for name, pids in self._programs().items():
            self.memory.peaks[name] = sum(resident_mb(pid, peak=True) for pid in pids)
        self.memory.peaks["reconciler"] = resident_mb(self._reconciler, peak=True)

    def _programs(self) -> dict[str, list[int]]:
        running = [status for status in self.platform.supervisor.statuses() if status.pid]
        return {status.name: [status.pid, *_children(status.pid)] for status in running}

    def _sample_memory(self) -> None:
        helms = [pid for pid in _children(self._reconciler) if _is_helm(pid)]
        self.memory.helm = max([self.memory.helm, *map(resident_mb, helms)])

    def _inside(self, call: str) -> str:
        name = call.partition("(")[0]
        return self.platform.shell(f"from tests.bench.tenants.inside import {name}; {call}").splitlines()[-1]


def _ring(number: int, count: int) -> str:
    return next(ring for ring, part in RINGS if number < max(1, part * count))


def _children(pid: int) -> list[int]:
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in file.read_text().split()]
        except OSError:
            continue
    return found


def _is_helm(pid: int) -> bool:
    """And not a copy of the reconciler that is yet to become one."""
    try:
        return b"helm_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _for_ever() -> Any:
    while True:
        yield None


def _median(values: list[float | None]) -> float:
    known = sorted(value for value in values if value is not None)
    return known[len(known) // 2] if known else 0.0
