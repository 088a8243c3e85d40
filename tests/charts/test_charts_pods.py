"""Every pod of both charts: Pod Security `restricted` and more, its mounts, commands and resources."""

from __future__ import annotations

import copy
import shlex
import subprocess
import sys
from typing import Any

import pytest
from kubernetes.utils.quantity import parse_quantity

from runtime import programs
from runtime.home import Home
from tests.charts.rendering import Manifest, containers, matrix, merged, of_kind, pods, refusal, render, rendered
from tests.charts.restricted import violations
from tests.isolation import ROOT

EVERY = pytest.mark.parametrize("key", sorted(matrix()), ids=" / ".join)
OURS = "plantrace:0.1.0"
# Commands that other parts are still to bring; whatever runs them is off unless it is asked for.
TO_COME = {
    "mqtt_source",
    "kafka_source",
}


@EVERY
def test_pods_pass_pod_security_restricted(key: tuple[str, str]) -> None:
    found = pods(rendered()[key])
    assert found
    assert {name: wrong for name, template in found.items() if (wrong := violations(template))} == {}


@pytest.mark.parametrize(
    ("where", "what", "says"),
    [
        ((), {"hostNetwork": True}, "hostNetwork"),
        ((), {"volumes": [{"name": "x", "hostPath": {"path": "/"}}]}, "hostPath"),
        (("securityContext",), {"runAsUser": 0}, "user 0"),
        (("securityContext",), {"runAsNonRoot": False}, "root"),
        (("securityContext",), {"seccompProfile": {"type": "Unconfined"}}, "seccomp"),
        (("containers", 0, "securityContext"), {"allowPrivilegeEscalation": True}, "privileges"),
        (("containers", 0, "securityContext"), {"capabilities": {"drop": []}}, "capabilities"),
        (("containers", 0, "securityContext"), {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}}, "adds"),
        (("containers", 0, "securityContext"), {"privileged": True}, "privileged"),
    ],
)
def test_the_checks_of_restricted_would_notice(where: tuple[Any, ...], what: dict[str, Any], says: str) -> None:
    template = copy.deepcopy(pods(rendered()["tenantstack", "minimal"])["StatefulSet/influxdb"])
    assert violations(template) == []
    part = template["spec"]
    for step in where:
        part = part[step]
    part.update(what)
    assert any(says in each for each in violations(template))


@EVERY
def test_pods_write_only_where_a_volume_is_and_hold_no_token(key: tuple[str, str]) -> None:
    for name, template in pods(rendered()[key]).items():
        spec = template["spec"]
        assert spec["enableServiceLinks"] is False, name
        assert spec["automountServiceAccountToken"] is name.endswith("-control"), name
        assert spec["securityContext"]["runAsUser"] > 10_000 and spec["securityContext"]["fsGroup"] > 10_000, name
        volumes = {volume["name"] for volume in spec["volumes"]}
        for container in containers(template):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
            mounts = container["volumeMounts"]
            assert {mount["name"] for mount in mounts} <= volumes
            assert "/tmp" in {mount["mountPath"] for mount in mounts}
            assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"], name


@EVERY
def test_what_a_pod_needs_of_the_chart_is_in_the_chart(key: tuple[str, str]) -> None:
    """Claims, settings, service accounts: each is created by the chart or named in the values."""
    manifests = rendered()[key]
    claims = {*of_kind(manifests, "PersistentVolumeClaim"), "theirs", "archives", "our-files"}
    for name, template in pods(manifests).items():
        spec = template["spec"]
        assert spec.get("serviceAccountName", "default") in {*of_kind(manifests, "ServiceAccount"), "default"}, name
        for volume in spec["volumes"]:
            assert volume.get("persistentVolumeClaim", {}).get("claimName") in {*claims, None}, name
            assert volume.get("configMap", {}).get("name") in {*of_kind(manifests, "ConfigMap"), None}, name
        for container in containers(template):
            sources = [source.get("configMapRef", {}).get("name") for source in container.get("envFrom", [])]
            assert set(sources) <= {*of_kind(manifests, "ConfigMap"), None}, name


@EVERY
def test_a_variable_is_defined_before_it_is_used(key: tuple[str, str]) -> None:
    """Kubernetes fills in $(NAME) only from what stands before; else a password would be the text `$(NAME)`."""
    for name, template in pods(rendered()[key]).items():
        for container in containers(template):
            known: set[str] = set()
            for variable in container.get("env", []):
                used = {part.split(")")[0] for part in str(variable.get("value", "")).split("$(")[1:]}
                assert used <= known, f"{name}: {variable['name']}"
                known.add(variable["name"])
            assert len(known) == len(container.get("env", [])), f"{name}: a variable is given twice"


def managed(container: Manifest) -> list[str]:
    """What it asks of manage.py."""
    words = [*container.get("command", []), *container.get("args", [])]
    text = " ".join(words)
    return [part.split('"')[0].strip() for part in text.split("manage.py ")[1:]]


@pytest.fixture(scope="module")
def known_commands() -> set[str]:
    answer = subprocess.run(
        [sys.executable, "manage.py", "help", "--commands"], cwd=ROOT, capture_output=True, text=True
    )
    return set(answer.stdout.split())


def test_what_runs_by_default_exists(known_commands: set[str]) -> None:
    assert "ingest_writer" in known_commands
    for key, manifests in rendered().items():
        for name, template in pods(manifests).items():
            for request in (request for container in containers(template) for request in managed(container)):
                to_come = any(request.startswith(each) for each in TO_COME)
                assert request.split()[0] in known_commands or to_come, f"{name}: {request}"
                assert key[1] != "minimal" or not to_come, f"{name} is on by default, and {request} does not exist"


def test_processes_run_by_the_commands_of_an_embedded_installation(home: Home) -> None:
    found = pods(rendered()["plantrace", "minimal"])
    for name, program in (
        ("worker", programs.worker(home)),
        ("jobs", programs.job_worker(home)),
        ("control", programs.reconciler(home)),
    ):
        [container] = found[f"Deployment/plantrace-{name}"]["spec"]["containers"]
        assert container["command"][1:] == list(program.command[1:])
    [beat] = found["Deployment/plantrace-beat"]["spec"]["containers"]
    differs = {"/var/lib/plantrace/beat", str(home.folder("celery") / "beat")}
    assert set(beat["command"][1:]) ^ set(programs.beat(home).command[1:]) == differs


def test_an_image_of_ours_is_the_charts_own_version_unless_another_is_named() -> None:
    for key in (("plantrace", "minimal"), ("tenantstack", "full")):
        images = {each["image"] for template in pods(rendered()[key]).values() for each in containers(template)}
        assert OURS in images


def test_pods_that_last_are_replaced_with_their_credentials() -> None:
    full, lasting = matrix()["tenantstack", "full"], ("Deployment/api", "Deployment/writer")
    versions = [{}, *({"settings": {"credentialsVersion": version}} for version in ("v-1", "v-1e3"))]
    before, first, other = (pods(render("tenantstack", merged(full, version))) for version in versions)
    assert {name for name in first if first[name] != other[name]} == set(lasting)
    for name in lasting:
        assert "annotations" not in before[name]["metadata"]
        assert other[name]["metadata"]["annotations"] == {"plantrace.io/credentials-version": "v-1e3"}
        assert before[name]["spec"] == other[name]["spec"]


def test_redis_persists_every_acknowledged_write(home: Home) -> None:
    """The settings without which a sample that was acknowledged could be lost, as the embedded one has them."""
    [container] = pods(rendered()["plantrace", "minimal"])["StatefulSet/plantrace-redis"]["spec"]["containers"]
    words = shlex.split(container["args"][0].splitlines()[0])[2:-2]  # between `exec redis-server` and `- <<END`
    given = dict(zip(words[::2], words[1::2], strict=True))
    file = next(arg for arg in programs.redis(home).command if arg.endswith(".conf"))
    with open(file) as lines:
        embedded = dict(line.split(None, 1) for line in lines)
    for setting in ("appendonly", "appendfsync", "maxmemory-policy"):
        assert given[f"--{setting}"] == embedded[setting].strip()
    assert int(given["--maxmemory"]) < parse_quantity(container["resources"]["limits"]["memory"])


def test_redis_is_limited_below_its_containers_memory() -> None:
    minimal = matrix()["plantrace", "minimal"]
    for size in ("2Gi", "3000Mi"):
        assert "not below the container's limit" in refusal(
            "plantrace", merged(minimal, {"redis": {"maxMemory": size}})
        )
    without = {"redis": {"resources": {"limits": None}}}
    assert "maxMemory" in refusal("plantrace", merged(minimal, without))


def test_a_tenants_whole_stack_fits_into_its_quota() -> None:
    manifests = rendered()["tenantstack", "full"]
    [quota] = of_kind(manifests, "ResourceQuota").values()
    hard = quota["spec"]["hard"]
    needed = {
        "requests.cpu": parse_quantity("0"),
        "requests.memory": parse_quantity("0"),
        "limits.memory": parse_quantity("0"),
    }
    count = 0
    for manifest in manifests:
        for template in pods([manifest]).values():
            # While it is rolled out, a Deployment has a quarter more of its pods, and one at least.
            replicas = manifest["spec"].get("replicas", 1) + (manifest["kind"] == "Deployment")
            count += replicas
            for container in containers(template):
                for what in needed:
                    group, _, name = what.partition(".")
                    needed[what] += replicas * parse_quantity(container["resources"].get(group, {}).get(name, "0"))
    assert count <= int(hard["pods"])
    assert len(of_kind(manifests, "PersistentVolumeClaim")) <= int(hard["persistentvolumeclaims"])
    assert {what: value for what, value in needed.items() if value > parse_quantity(hard[what])} == {}


def test_the_databases_own_program_is_run_as_a_fixed_user_on_its_own_disk() -> None:
    manifests = rendered()["tenantstack", "minimal"]
    spec = of_kind(manifests, "StatefulSet")["influxdb"]["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert container["command"] == ["influxd"] and "args" not in container
    assert spec["securityContext"]["runAsUser"] == spec["securityContext"]["fsGroup"] == 10_002
    claims = [each["persistentVolumeClaim"]["claimName"] for each in spec["volumes"] if "persistentVolumeClaim" in each]
    assert claims == ["influxdb-d7x2m9q4xwb"] == list(of_kind(manifests, "PersistentVolumeClaim"))


def test_web_and_jobs_share_uploaded_files_on_one_node_unless_the_storage_serves_many() -> None:
    for key, together in ((("plantrace", "minimal"), True), (("plantrace", "full"), False)):
        found = pods(rendered()[key])
        for part in ("web", "jobs"):
            template = found[f"Deployment/plantrace-{part}"]
            home = next(volume for volume in template["spec"]["volumes"] if volume["name"] == "home")
            assert home["persistentVolumeClaim"]["claimName"] == "plantrace-files"
            assert ("affinity" in template["spec"]) is together
            if together:
                [rule] = template["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
                assert rule["labelSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
