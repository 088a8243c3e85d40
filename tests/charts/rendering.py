"""Charts rendered for tests, and their values."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.groups import shared_servers
from tests.isolation import ROOT

CHARTS = ROOT / "charts"
NAMES = ("tenantstack", "plantrace")
RELEASES = {"tenantstack": ("tenant", "pt-t4k2m9q4xwa"), "plantrace": ("plantrace", "plantrace")}
Manifest = dict[str, Any]
Values = dict[str, Any]

NO_POLICIES: Values = {"networkPolicy": {"enabled": False}}
VARIATIONS: dict[str, dict[str, Values]] = {
    "tenantstack": {
        "an adopted disk": {"disk": {"volume": "pvc-0123", "size": "2Ti"}},
        "somebody else's claim": {"disk": {"existingClaim": "theirs"}},
        "a disk that goes with the release": {"disk": {"keep": False}},
        "the shared web service behind an ingress": {
            "tenant": {"fqdn": "harbour.plants.example"},
            "ingress": {"enabled": True},
        },
        "backups to a bucket": {
            "backup": {"enabled": True, "destination": {"bucket": "s3://backups/plants/"}},
            "restore": {"enabled": True, "archive": "s3://backups/plants/harbour-20260314T000000Z.tar.gz"},
        },
        "attachments in a bucket": {
            "attachments": {"bucket": "s3://attachments/events"},
            "api": {"enabled": True},
            "backup": {"enabled": True, "destination": {"bucket": "s3://backups/plants/"}},
        },
        "backups on a claim of theirs": {"backup": {"enabled": True, "keep": 3, "destination": {"claim": "archives"}}},
        "no limits": {"quota": {"enabled": False}, "limitRange": {"enabled": False}, "pdb": {"enabled": False}},
        "no policies": NO_POLICIES,
    },
    "plantrace": {
        "one web process": {"web": {"replicas": 1}, "pdb": {"enabled": False}},
        "an ingress for one name": {"ingress": {"enabled": True, "wildcard": False}},
        "backups to a bucket": {"backups": {"bucket": "s3://backups/asked"}},
        "attachments in a bucket": {"attachments": {"bucket": "s3://attachments/events"}},
        "writers that scale": {
            "writer": {"autoscaling": {"enabled": True, "selector": {"installation": "north"}}},
        },
        "notifications": {
            "settings": {"push": True, "outboundNetworks": ["10.1.2.0/24", "fd12:3456::/32"]},
            "networkPolicy": {"notificationEgress": [{"cidr": "0.0.0.0/0", "ports": [443]}]},
        },
        "a database of theirs": {"postgresql": {"bundled": False}},
        "no policies": NO_POLICIES,
    },
}


class Helm:
    """One process for all requests: each would load the SDK again."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: dict[str, Any]) -> Any:
        if self._process is None:
            program = Path(__file__).with_name("helm.py")
            pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self._process = subprocess.Popen([sys.executable, str(program)], text=True, **pipes)
            shared_servers.end_with_group(self.close)
        assert self._process.stdin and self._process.stdout
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "Helm's process ended; its error is among what the test wrote"
        return json.loads(answer)

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate(timeout=10)
        self._process = None


_helm = Helm()


def lint(chart: str, values: Values) -> dict[str, Any]:
    report: dict[str, Any] = _helm.ask({"chart": str(CHARTS / chart), "lint": values})
    return report


def render_all(chart: str, many: list[Values], path: Path | None = None, **options: Any) -> list[list[Manifest] | str]:
    """Each one's manifests, or why Helm refused."""
    answers = _answers(chart, many, path, **options)
    return [response.get("error") or list(_manifests(response["files"])) for response in answers]


def render_texts(chart: str, many: list[Values], **options: Any) -> list[dict[str, str]]:
    """The files as Helm writes them, by name."""
    answers = _answers(chart, many, None, **options)
    assert not [answer["error"] for answer in answers if "error" in answer]
    return [{name: text for name, text in each["files"].items() if name.endswith(".yaml")} for each in answers]


def _answers(chart: str, many: list[Values], path: Path | None, **options: Any) -> list[dict[str, Any]]:
    name, namespace = RELEASES[chart]
    options = {"name": name, "namespace": namespace, **options}
    answers: list[dict[str, Any]] = _helm.ask(
        {"chart": str(path or CHARTS / chart), "render": [{"values": values, **options} for values in many]}
    )
    return answers


def render(chart: str, values: Values, path: Path | None = None, **options: Any) -> list[Manifest]:
    [answer] = render_all(chart, [values], path, **options)
    assert not isinstance(answer, str), answer
    return answer


def refusal(chart: str, values: Values) -> str:
    """Helm's error for invalid values."""
    [answer] = render_all(chart, [values])
    assert isinstance(answer, str), "Helm took them."
    return answer


def _manifests(files: dict[str, str]) -> Iterator[Manifest]:
    for name, text in sorted(files.items()):
        if name.endswith(".yaml"):
            yield from (each for each in yaml.load_all(text, yaml.CSafeLoader) if each)


@cache
def given(chart: str) -> dict[str, Values]:
    """The values that a chart brings for tests."""
    files = (CHARTS / chart / "ci").glob("*.yaml")
    return {file.stem: yaml.safe_load(file.read_text()) or {} for file in files}


def merged(*many: Values) -> Values:
    """Later ones over earlier ones, as Helm does it."""
    result: Values = {}
    for values in copy.deepcopy(many):
        for key, value in values.items():
            old = result.get(key)
            result[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


@cache
def matrix() -> dict[tuple[str, str], Values]:
    """Every chart with every set of values: (chart, name of the set)."""
    every: dict[tuple[str, str], Values] = {}
    for chart in NAMES:
        every |= {(chart, name): values for name, values in given(chart).items()}
        minimal = given(chart)["minimal"]
        every |= {(chart, name): merged(minimal, values) for name, values in VARIATIONS[chart].items()}
    return every


@cache
def rendered() -> dict[tuple[str, str], list[Manifest]]:
    """The matrix's manifests."""
    every: dict[tuple[str, str], list[Manifest]] = {}
    for chart in NAMES:
        keys = [key for key in matrix() if key[0] == chart]
        for key, answer in zip(keys, render_all(chart, [matrix()[key] for key in keys]), strict=True):
            assert not isinstance(answer, str), f"{key}: {answer}"
            every[key] = answer
    return every


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def pod_template(manifest: Manifest) -> Manifest | None:
    """The pods that an object makes: their metadata and spec."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template: Manifest | None = spec.get("template") if "containers" in str(spec) else None
    return template


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Pod templates by `Kind/name`."""
    found = {f"{each['kind']}/{each['metadata']['name']}": pod_template(each) for each in manifests}
    return {name: template for name, template in found.items() if template}


def containers(template: Manifest) -> list[Manifest]:
    spec = template["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]
