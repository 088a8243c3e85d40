"""No command line contains a secret: whoever sees a machine's processes sees those of all its pods."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import time
from pathlib import Path

import pytest
import redis

from runtime import programs
from runtime.home import Home
from tests.charts.rendering import Manifest, containers, matrix, pods, rendered
from tests.kubernetes.api_server import _free_port

EVERY = pytest.mark.parametrize("key", sorted(matrix()), ids=" / ".join)
_USED = re.compile(r"\$\((\w+)\)")


def secret_variables(container: Manifest) -> set[str]:
    """Variables with a Secret's value, and those composed of such."""
    found: set[str] = set()
    for each in container.get("env", []):
        if "secretKeyRef" in each.get("valueFrom", {}) or found & set(_USED.findall(str(each.get("value", "")))):
            found.add(each["name"])
    return found


def command_lines(container: Manifest) -> list[str]:
    """Its own and those of its probes and hooks, as Kubernetes fills them in."""
    probes = [container.get(name, {}) for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    commands = [
        probe.get("exec", {}).get("command", []) for probe in [*probes, *container.get("lifecycle", {}).values()]
    ]
    return [word for words in (container.get("command", []), container.get("args", []), *commands) for word in words]


@EVERY
def test_no_command_line_of_a_pod_contains_a_secret(key: tuple[str, str]) -> None:
    for name, template in pods(rendered()[key]).items():
        for container in containers(template):
            used = {variable for word in command_lines(container) for variable in _USED.findall(word)}
            assert used.isdisjoint(secret_variables(container)), name


def test_no_command_line_of_an_embedded_installation_contains_a_secret(home: Home) -> None:
    created = [
        make(home)
        for make in (
            programs.redis,
            programs.ferretdb,
            programs.web,
            programs.watchdog,
            programs.worker,
            programs.job_worker,
            programs.reconciler,
            programs.beat,
        )
    ]
    known = {home.secret(name) for name in ("redis", "django", "fernet")}
    for program in created:
        assert not [word for word in program.command if any(secret in word for secret in known)], program.name


def test_redis_gets_its_password_from_the_charts_script_without_exposing_it(tmp_path: Path) -> None:
    """The chart's own script, by a real shell and a real server."""
    [container] = pods(rendered()["plantrace", "minimal"])["StatefulSet/plantrace-redis"]["spec"]["containers"]
    password, port = secrets.token_urlsafe(24), _free_port()
    script = container["args"][0].replace("/data", str(tmp_path)).replace(" - <<", f" --port {port} - <<")
    environment = {"PATH": os.environ["PATH"], "REDIS_PASSWORD": password}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([*container["command"], script], env=environment, stdout=log, stderr=log)
    try:
        client = redis.Redis(port=port, password=password)
        deadline = time.monotonic() + 90
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                time.sleep(0.05)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=port).ping()
        words = Path(f"/proc/{server.pid}/cmdline").read_bytes()
        assert b"redis-server" in words, "the server itself is the pod's first process, which is told to end"
        assert password.encode() not in words
        assert client.config_get("appendfsync") == {"appendfsync": "always"}
    finally:
        server.terminate()
        assert server.wait(60) == 0


# Of a tenant's pods

PLATFORM_KEYS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "FERNET_KEYS", "DATABASE_URL")
TENANT_KEYS = {"REDIS_URL", "MONGODB_URI", "CONTROL_URL", "CONTROL_TOKEN"}
OURS = {"api", "writer", "backup", "restore"}


def part_of(pod: str) -> str:
    """A restore's has a digest behind it."""
    return pod.rpartition("/")[2].partition("-")[0]


STACKS = pytest.mark.parametrize("key", sorted(key for key in matrix() if key[0] == "tenantstack"), ids=" / ".join)


@STACKS
def test_no_key_of_the_platform_is_anywhere_in_a_tenants_namespace(key: tuple[str, str]) -> None:
    """Every object, as its text: neither a value nor a reference to one."""
    for each in rendered()[key]:
        assert not [word for word in PLATFORM_KEYS if word in str(each)], each["metadata"]["name"]


@STACKS
def test_a_tenants_pods_reference_only_the_secret_keys_they_need(key: tuple[str, str]) -> None:
    for name, template in pods(rendered()[key]).items():
        for container in containers(template):
            referenced: dict[str, set[str]] = {}
            for each in container.get("env", []):
                if reference := each.get("valueFrom", {}).get("secretKeyRef"):
                    referenced.setdefault(reference["name"], set()).add(reference["key"])
            whole = [each["secretRef"]["name"] for each in container.get("envFrom", []) if "secretRef" in each]
            assert set(whole) <= {"backup-bucket"}, name
            if part_of(name) in OURS:
                users = {f"{user}-{what}" for user in ("reader", "writer") for what in ("username", "password")}
                assert referenced == {"plantrace-settings": TENANT_KEYS, "influxdb": users}, name
            else:
                assert referenced.keys() <= {"influxdb"}, name
        assert not [each for each in template["spec"].get("volumes", []) if "secret" in each], name


def test_all_pods_of_ours_are_among_those_looked_at() -> None:
    assert {part_of(name) for name in pods(rendered()["tenantstack", "full"])} >= OURS
