"""The control plane's worker is killed in each step of a tenant's life cycle: `make soak`."""

from __future__ import annotations

import json
import os
import random
import signal
import time

import pytest

from tenants.lifecycle import Plan
from tenants.steps import PLANS
from tests.cluster.containers import first_process
from tests.cluster.control_plane import SMALL, ControlPlane, Plant, make_values, settle_in
from tests.cluster.kube import Kube, Object
from tests.cluster.residue import residue, revisions

pytestmark = [pytest.mark.soak, pytest.mark.timeout(0)]  # each wait has its own end
LONG = {"server", "remove-server", "release-endpoints"}  # to be killed anywhere within them
CONVERGED_WITHIN_S = 240


def test_every_kill_converges(kube: Kube, control_plane: ControlPlane, pytestconfig: pytest.Config) -> None:
    runs, before, chance = pytestconfig.getoption("--runs"), residue(kube), random.Random(7)
    soak = Soak(kube, control_plane, runs, chance)
    while soak.killed < runs:
        soak.live()
        assert residue(kube) == before, "something was left behind"
    print(f"\nkilled {soak.killed} times; converged after {max(soak.seconds):.0f} s at most")


class Soak:
    def __init__(self, kube: Kube, control: ControlPlane, runs: int, chance: random.Random) -> None:
        self.kube, self.control, self.runs, self.chance = kube, control, runs, chance
        self.lives, self.killed, self.seconds = 0, 0, list[float]()

    def live(self) -> None:
        """One tenant, from its making to its end, with a kill in each of both and in an upgrade."""
        slug, operator = f"soak-{self.lives}", self.control.operator
        operator.ask("POST", "/api/v1/tenants", slug=slug, size=SMALL, driver="helm")
        self.kill_in(slug, Plan.provision, "ready")
        plant, values = settle_in(self.control, slug), make_values()
        self.check_release(plant)
        plant.write(values)
        plant.await_values(values)

        self.control.change(slug, release=self.control.add_release(settings={"cacheMaxMemory": "256m"}))
        self.kill_in(slug, Plan.upgrade, "ready")
        self.check_release(plant)
        plant.await_values(values)

        self.control.delete(slug)
        self.kill_in(slug, Plan.delete, "")
        self.lives += 1

    def kill_in(self, slug: str, plan: Plan, outcome: str) -> None:
        """Kill it in the given step of the plan; the plan completes nevertheless."""
        steps = [step.name for step in PLANS[plan]]
        step = steps[self.lives % len(steps)]
        if self.killed < self.runs:
            pod, process = self.find_worker()
            found = self.await_step(slug, plan, step)
            time.sleep(self.chance.uniform(0, 2.5) if step in LONG else 0)
            os.kill(process, signal.SIGKILL)
            self.replace(pod)
            self.killed += 1
            started = time.monotonic()
            self.control.await_state(slug, outcome, CONVERGED_WITHIN_S)
            self.seconds.append(time.monotonic() - started)
            print(f"\n{self.killed:3}  {plan} at {step}, seen at {found}: {self.seconds[-1]:.1f} s", end="", flush=True)
        self.control.await_state(slug, outcome, CONVERGED_WITHIN_S)

    def await_step(self, slug: str, plan: Plan, step: str) -> str:
        """The step has started; returns which one is running by then, as some take only a moment."""
        names = [each.name for each in PLANS[plan]]

        def reached(tenant: Object) -> bool:
            states = {each["name"]: each["state"] for each in tenant.get("steps", [])}
            return not tenant or (
                states.keys() == set(names) and all(states[name] == "done" for name in names[: names.index(step)])
            )

        tenant = self.control.await_tenant(slug, reached, f"at {step}")
        undone = [each["name"] for each in tenant.get("steps", []) if each["state"] != "done"]
        return str(undone[0]) if undone else "its end"

    def find_worker(self) -> tuple[str, int]:
        """The pod in which it runs, and its process as this machine knows it."""

        def running() -> list[tuple[str, str]]:
            states = ((pod, each) for pod in self.pods() for each in pod["status"].get("containerStatuses", []))
            return [
                (pod["metadata"]["name"], each["containerID"]) for pod, each in states if "running" in each["state"]
            ]

        self.kube.await_true(running, "a worker that runs", 120)
        [(pod, container)] = running()
        return pod, first_process(container)

    def replace(self, pod: str) -> None:
        """As the kubelet would wait longer each time before it starts the killed one again."""
        self.kube("--namespace", self.control.namespace, "delete", "pod", pod, "--grace-period=0", "--force")
        self.kube.await_true(lambda: pod not in [each["metadata"]["name"] for each in self.pods()], "the pod's end")

    def pods(self) -> list[Object]:
        return self.kube.list("pods", self.control.namespace, "app.kubernetes.io/component=control")

    def check_release(self, plant: Plant) -> None:
        """One release, one database, however often they were started."""
        found = revisions(self.kube, plant.kubernetes)
        assert (found[-1], found.count("deployed")) == ("deployed", 1), found
        assert not [each for each in found if each.startswith("pending")], found
        pods = self.kube.list("pods", plant.kubernetes)
        assert [each["metadata"]["name"] for each in pods] == ["influxdb-0"], json.dumps(pods)
