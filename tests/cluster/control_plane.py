"""charts/plantrace on the cluster, from our own image and with its own rights, and its users over HTTP."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from ruamel.yaml import YAML

from tenants.drivers.helm import runner
from tests.cluster.charts import CHARTS, FERRETDB, answers, helm, make_secret, make_settings
from tests.cluster.fleet import NAMESPACE as FLUX_NAMESPACE
from tests.cluster.fleet import Fleet
from tests.cluster.kube import Kube, Object
from tests.gitops.git_server import PASSWORD as GIT_PASSWORD
from tests.isolation import ROOT

NAMESPACE = RELEASE = "plantrace"  # of which k8s/policy/ speaks
ACCOUNT = f"{RELEASE}-control"
HOST = f"{RELEASE}-web.{NAMESPACE}"
SMALL = {"cpu_milli": 200, "memory_mib": 512, "disk_gib": 1}  # several find room on a small node
AT_REST_WITHIN_S = 150


def values_for(fleet: Fleet) -> Object:
    """One web process rather than two, MongoDB's stand-in, and both ways to make tenants."""
    return {
        "web": {"replicas": 1},
        "settings": {"https": False, "allowedHosts": [HOST]},
        "documents": FERRETDB,
        "control": {"fluxNamespace": FLUX_NAMESPACE},
        "tenants": {"drivers": ["helm", "gitops"], "gitops": fleet.values()},
    }


def install(kube: Kube, fleet: Fleet) -> ControlPlane:
    """Under the cluster policy, in a namespace where pods must be `restricted`."""
    policy = runner.call("render", {
        "chart": str(ROOT / "k8s" / "policy"), "release": "policy", "namespace": NAMESPACE,
        "values": {"controlPlanes": [{"release": RELEASE, "namespace": NAMESPACE}]}})  # fmt: skip
    kube.apply(*(each for text in policy.values() for each in YAML(typ="safe").load_all(text) if each))
    if kube.get("namespace", NAMESPACE):
        kube("delete", "namespace", NAMESPACE, timeout_s=200)
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})
    keys = make_settings() | {"GITOPS_TOKEN": GIT_PASSWORD}
    kube.apply(make_secret("plantrace-settings", keys), namespace=NAMESPACE)
    helm(kube.cluster, NAMESPACE, "install", CHARTS / "plantrace", RELEASE, values_for(fleet), wait="watcher")
    return ControlPlane(kube)


class ControlPlane:
    """`operator`: whoever onboards tenants."""

    namespace, url = NAMESPACE, f"http://{HOST}"

    def __init__(self, kube: Kube) -> None:
        self.kube = kube
        self.await_answer()
        output = self.manage("create_operator", f"operator-{secrets.token_hex(2)}", "--generate")
        name, password = output.split()[1], output.split()[-1]
        self.operator = Person.signed_in(self.url, name, password)

    def manage(self, *words: str) -> str:
        """Of `manage.py` in the web process's pod."""
        command = ("exec", f"deployment/{RELEASE}-web", "--container=web", "--", "python", "manage.py", *words)
        return self.kube("--namespace", NAMESPACE, *command)

    def await_answer(self) -> None:
        self.kube.await_true(lambda: answers(f"{self.url}/readyz"), "the web process behind its service", 180)

    def await_state(self, slug: str, state: str, seconds: float = AT_REST_WITHIN_S) -> None:
        """Wait until it has this state and nothing is left to do."""
        self.await_tenant(slug, lambda tenant: _is_at_rest(tenant, state), state or "gone", seconds)

    def await_tenant(
        self, slug: str, condition: Callable[[Object], bool], what: str, seconds: float = AT_REST_WITHIN_S
    ) -> Object:
        deadline = time.monotonic() + seconds
        while True:
            found = self.operator.look(f"/api/v1/tenants/{slug}")
            tenant = {} if found is None else {"state": "unknown", **found}
            if condition(tenant):
                return tenant
            assert time.monotonic() < deadline, f"{slug} is not {what} after {seconds:.0f} s: {tenant}"
            time.sleep(0.1)

    def delete(self, slug: str, keep_disk: bool = False) -> None:
        self.operator.ask("DELETE", f"/api/v1/tenants/{slug}?confirm={slug}&keep_disk={str(keep_disk).lower()}")

    def change(self, slug: str, **changes: Any) -> None:
        self.operator.ask("PATCH", f"/api/v1/tenants/{slug}", **changes)

    def add_release(self, **wanted: Any) -> str:
        name = f"r-{secrets.token_hex(3)}"
        self.operator.ask("POST", "/api/v1/releases", name=name, **wanted)
        return name


def _is_at_rest(tenant: Object, state: str) -> bool:
    return tenant.get("state", "") == state and all(step["state"] == "done" for step in tenant.get("steps", []))


@dataclass(frozen=True)
class Person:
    """A client with a token."""

    url: str
    token: str

    @classmethod
    def signed_in(cls, url: str, username: str, password: str) -> Person:
        anonymous = cls(url, "")
        return cls(url, anonymous.ask("POST", "/api/v1/login", username=username, password=password)["token"])

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return requests.request(method, self.url + path, headers=headers, timeout=30, **more)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        response = self.call(method, path, json=body or None)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def look(self, path: str) -> Any:
        """None if it does not exist; empty if nothing answers at the moment."""
        try:
            response = self.call("GET", path)
        except requests.RequestException:
            return {}
        if response.status_code == 404:
            return None
        return response.json() if response.ok else {}


@dataclass(frozen=True)
class Plant:
    """A tenant as its users have it: one sensor, and a token that may read and write."""

    slug: str
    id: str
    disk: str
    site: str
    sensor: str
    device: Person

    @property
    def kubernetes(self) -> str:
        """Its namespace."""
        return f"pt-{self.id}"

    def write(self, values: dict[int, float]) -> None:
        """By time in ms."""
        lines = "\n".join(f"{self.site},sensor={self.sensor} value={value} {ms}" for ms, value in values.items())
        response = self.device.call("POST", "/write?precision=ms", data=lines)
        assert response.status_code == 204, response.text

    def read(self) -> dict[int, float]:
        """From the query for about 1000 points: what has been written by then, all of the last hours."""
        now = int(time.time() * 1000)
        found = self.device.look(f"{self.samples}?start={now - 6 * 3_600_000}&end={now + 60_000}&points=1000")
        return dict(zip(found["t"], found["v"], strict=True)) if found else {}

    def await_values(self, values: dict[int, float], seconds: float = 60) -> None:
        """Exactly these are there."""
        deadline = time.monotonic() + seconds
        while (found := self.read()) != values:
            assert time.monotonic() < deadline, f"{len(found)} of {len(values)} samples are there after {seconds:.0f} s"
            time.sleep(0.05)

    @property
    def samples(self) -> str:
        return f"/api/v1/sensors/{self.sensor}/samples"


def settle_in(control: ControlPlane, slug: str, plant: Plant | None = None) -> Plant:
    """The tenant's own people: an admin who signs in, a token, a sensor (of `plant`: that which it brought along)."""
    boss, password = f"boss-{secrets.token_hex(3)}", secrets.token_urlsafe(12)
    invited = {"tenant": slug, "role": "admin", "email": f"{boss}@plants.example"}
    link = control.operator.ask("POST", "/api/v1/members/invite", **invited)["link"]
    token = link.rstrip("/").rpartition("/")[2]
    Person(control.url, "").ask("POST", f"/api/v1/invitations/{token}", username=boss, password=password)
    admin = Person.signed_in(control.url, boss, password)
    tenant = control.await_tenant(slug, lambda tenant: _is_at_rest(tenant, "ready"), "ready")
    wanted = {"name": "gateway", "tenant": slug, "scopes": ["read", "write", "ingest"]}
    device = Person(control.url, admin.ask("POST", "/api/v1/tokens", **wanted)["token"])
    if plant is None:
        site = device.ask("POST", "/api/v1/sites", slug="mill", name="Mill", timezone="UTC")["id"]
        what = {"tag": "TT-101", "name": "Supply", "unit": "degC", "kind": "continuous"}
        sensor = device.ask("POST", "/api/v1/sensors", site=site, **what)["id"]
    else:
        site, sensor = plant.site, plant.sensor
    return Plant(slug, tenant["id"], tenant["disk"], site, sensor, device)


def onboard(control: ControlPlane, slug: str, **wanted: Any) -> tuple[Plant, float]:
    """From the API call to the first sample read back; also returns the seconds it took."""
    started = time.monotonic()
    control.operator.ask("POST", "/api/v1/tenants", **{"slug": slug, "size": SMALL, **wanted})
    plant = settle_in(control, slug)
    first = make_values(1)
    plant.write(first)
    plant.await_values(first)
    return plant, time.monotonic() - started


def propose(control: ControlPlane, slug: str) -> None:
    """A tenant of driver `gitops`, which waits for its branch to be merged."""
    control.operator.ask("POST", "/api/v1/tenants", slug=slug, driver="gitops", size=SMALL)


def merge(control: ControlPlane, fleet: Fleet, slug: str) -> float:
    """The branch that the tenant's step says it waits for; answers when it was (by the monotonic clock)."""

    def waits(tenant: Object) -> bool:
        wanted = f"merges the branch plantrace/{tenant.get('id')} of {fleet.url}"
        return any(step["state"] == "waiting" and wanted in step["message"] for step in tenant.get("steps", []))

    tenant = control.await_tenant(slug, waits, "proposed")
    began = time.monotonic()
    fleet.merge(f"plantrace/{tenant['id']}")
    return began


def make_values(count: int = 500) -> dict[int, float]:
    """One sample a second, the last some seconds ago; no two the same."""
    last = int(time.time()) * 1000 - 10_000
    return {last - 1000 * each: 20 + each / 100 for each in reversed(range(count))}
