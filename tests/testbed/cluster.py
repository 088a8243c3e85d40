"""A running cluster: its API, and its processes, which can be started and stopped one by one."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.testbed import cgroups, node
from tests.testbed.addresses import Addresses
from tests.testbed.controlplane import kubeconfig
from tests.testbed.network import inside
from tests.testbed.places import BIN, PROJECT, TestbedError, binary
from tests.testbed.processes import MARK, Identity, end, identify, is_running, marked
from tests.testbed.record import Program, Record, all_records, find

ENTER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
_STARTED: list[subprocess.Popen[bytes]] = []  # kept, as Python warns of those that it forgets while they run
FOLDER_VARIABLE = "PLANTRACE_TESTBED"  # where a command that runs inside finds its cluster


@dataclass
class Cluster:
    record: Record

    @classmethod
    def at(cls, folder: Path) -> Cluster:
        record = find(folder)
        if record is None:
            raise TestbedError(f"No cluster runs in {folder}; `make cluster` starts one.")
        return cls(record)

    @property
    def folder(self) -> Path:
        return self.record.path

    @property
    def addresses(self) -> Addresses:
        return self.record.addresses

    @property
    def kubeconfig(self) -> Path:
        """The admin's."""
        return kubeconfig(self.folder)

    def command_inside(self, *command: str) -> list[str]:
        """A command that sees the cluster's network, finds services by name, and reaches nothing beyond."""
        within = ["unshare", "--mount", "--propagation", "slave", "sh", "-c", ENTER, str(self.folder / "resolv.conf")]
        return [*inside(self.record.namespace), *within, *command]

    def environment_inside(self) -> dict[str, str]:
        """For such a command."""
        without = {name: value for name, value in os.environ.items() if name != MARK and "proxy" not in name.lower()}
        path = f"{BIN}:{os.environ.get('PATH', os.defpath)}"
        return {**without, "PATH": path, "KUBECONFIG": str(self.kubeconfig), FOLDER_VARIABLE: str(self.folder)}

    def kubectl(self, *words: str, given: str = "", timeout_s: float = 60) -> str:
        """Answer of kubectl, as the admin."""
        command = [*inside(self.record.namespace), binary("kubectl"), f"--kubeconfig={self.kubeconfig}", *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=timeout_s)
        if done.returncode:
            raise TestbedError(f"kubectl {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def apply(self, objects: Iterable[dict[str, Any]]) -> None:
        listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "--server-side", "--filename=-", given=json.dumps(listed))

    def load(self, archives: Iterable[Path]) -> None:
        """Images of docker archives into the node."""
        for archive in archives:
            self._quietly(node.ctr(self.folder, "images", "import", str(archive)))

    def tag(self, image: str, new: str) -> None:
        """One more name for an image of the node, such as that of the next release."""
        self._quietly(node.ctr(self.folder, "images", "tag", "--force", image, new))

    def is_running(self, name: str) -> bool:
        identity = self.record.processes.get(name)
        return identity is not None and is_running(identity)

    def start(self, program: Program) -> None:
        """Does nothing where it runs already."""
        if self.is_running(program.name):
            return
        (self.folder / "log").mkdir(exist_ok=True)
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}:/usr/sbin:/sbin", "PYTHONPATH": str(PROJECT)}
        with (self.folder / "log" / f"{program.name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*inside(self.record.namespace, self._mounts_of()), *program.command],
                env={**environment, **program.environment, MARK: self.record.run},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _STARTED.append(process)
        identity = identify(process.pid)
        self.record.programs[program.name] = program
        if identity:
            self.record.processes[program.name] = identity
        self.record.save()

    def stop(self, *names: str, grace_s: float = 10) -> None:
        end([self.record.processes[name] for name in names if name in self.record.processes], grace_s)
        for name in names:
            self.record.processes.pop(name, None)
        self.record.save()

    def restart(self, name: str, grace_s: float = 10) -> None:
        """With `grace_s` 0, as after a crash."""
        if name not in self.record.programs:
            raise TestbedError(f"There is no program {name}, but {', '.join(sorted(self.record.programs))}.")
        self.stop(name, grace_s=grace_s)
        self.start(self.record.programs[name])

    def stop_node(self) -> None:
        """Simulates a power failure: kubelet, containers and containerd are killed at once."""
        self.stop("kubelet", "containerd", grace_s=0)
        self.end_shims()
        cgroups.end_members(self.record.namespace)

    def start_node(self) -> None:
        self.start(self.record.programs["containerd"])
        self.await_true("containerd", lambda: self._succeeds(node.ctr(self.folder, "version")))
        self.start(self.record.programs["kubelet"])

    def end_shims(self) -> None:
        """containerd leaves these behind on purpose, so that containers outlive its own restart."""
        end([each for each in marked(self.record.run) if _name(each).startswith("containerd-shim")], grace_s=0)

    def await_true(self, what: str, condition: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            for name in self.record.processes:
                if not self.is_running(name):
                    raise TestbedError(f"{name} has ended while {what} was waited for: {self.last_words(name)}")
            if time.monotonic() > deadline:
                raise TestbedError(f"{what} did not come in {seconds:.0f} s; see {self.folder / 'log'}.")
            time.sleep(0.1)

    def last_words(self, name: str) -> str:
        lines = (self.folder / "log" / f"{name}.log").read_text(errors="replace").splitlines()
        return " | ".join(lines[-3:]) or "it said nothing"

    def _mounts_of(self) -> int | None:
        """A process among the machine's own mounts: we may be in a command of `command_inside`, which has others."""
        runs = {self.record.run, self.record.beside}
        for record in all_records():
            etcd: Identity | None = record.processes.get("etcd")
            if record.run in runs and etcd and is_running(etcd):
                return etcd.pid
        return None

    def _succeeds(self, command: list[str]) -> bool:
        return subprocess.run(command, capture_output=True).returncode == 0

    def _quietly(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise TestbedError(f"{' '.join(command[5:])}: {done.stderr.strip()}")


def _name(identity: Identity) -> str:
    try:
        return Path(f"/proc/{identity.pid}/comm").read_text()
    except OSError:
        return ""
