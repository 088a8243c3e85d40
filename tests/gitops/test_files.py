"""A tenant's file in git, and the errors of an invalid one: file, line, and what would be valid."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from ruamel.yaml import YAML

from tenants import secrets
from tenants.drivers.base import Server, Size, Software
from tenants.drivers.gitops.files import Layout, make_file, path_of
from tenants.drivers.gitops.validation import Problem, check_repository, check_text, read_schema
from tenants.drivers.kubernetes import names
from tenants.drivers.kubernetes.values import make_values
from tests.isolation import ROOT

CHART = ROOT / "charts" / "tenantstack"
LAYOUT = Layout()


def server(slug: str = "acme", tenant: str = "tabcdefghjk", disk: str = "tkmnpqrstuv") -> Server:
    place = names.make_endpoints(tenant, disk)
    encrypted_secrets = secrets.encrypt(secrets.make_secrets())
    software = Software("2.0", "1.4.0", {"influxdb": "influxdb:1.8.10"}, {"cacheMaxMemory": "256m"})
    return Server(tenant, slug, disk, "", place, "Acme", encrypted_secrets, software, Size(50), ring="early")


def text_of(given: Server) -> str:
    return make_file(given, make_values(given, "example.org"), LAYOUT)


def test_a_file_has_four_objects_and_no_secret(settings: object) -> None:
    given = server()
    text = text_of(given)
    documents = list(YAML(typ="safe").load_all(text))
    assert [each["kind"] for each in documents] == ["Namespace", "ServiceAccount", "RoleBinding", "HelmRelease"]
    namespace, account, binding, release = documents
    for each in (namespace, account, binding):  # by these the release can still be taken away in order
        assert each["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/prune"] == "disabled"
    spec = release["spec"]
    assert (spec["targetNamespace"], spec["storageNamespace"], spec["serviceAccountName"]) == (
        "pt-tabcdefghjk", "pt-tabcdefghjk", "tenant-tabcdefghjk",
    )  # fmt: skip
    assert spec["chart"]["spec"]["version"] == "1.4.0"
    assert spec["driftDetection"]["mode"] == "enabled"
    assert spec["install"]["strategy"]["name"] == spec["upgrade"]["strategy"]["name"] == "RetryOnFailure"
    assert release["metadata"]["labels"]["plantrace.io/ring"] == "early"
    for user in (given.secrets.admin, given.secrets.writer, given.secrets.reader):
        assert user.password not in text
    assert text == text_of(given), "the same request is the same text"


def test_our_own_file_is_right() -> None:
    assert check_text(text_of(server()), path_of("acme", LAYOUT)) == []
    assert check_text(text_of(server()), path_of("acme", LAYOUT), read_schema(CHART)) == []


@pytest.mark.parametrize(
    "word", ["On", "no", "1e3", "0x10", "~", "null", "1_000", "2001-01-01", "12:30:45", "<<", "=", "y"]
)
def test_flux_reads_the_names_that_people_gave(word: str) -> None:
    """By YAML 1.1, as Flux does it."""
    given = replace(server(slug=word), name=word, ring=word)
    given = replace(given, software=Software(word, word, {"influxdb": f"influxdb:{word}"}, {"cacheMaxMemory": word}))
    text = text_of(given)
    documents = list(yaml.safe_load_all(text))
    assert documents == list(YAML(typ="safe", pure=True).load_all(text))
    release = documents[3]
    assert (
        release["metadata"]["labels"]["plantrace.io/slug"] == release["metadata"]["labels"]["plantrace.io/ring"] == word
    )
    values = release["spec"]["values"]
    assert (values["tenant"]["slug"], values["tenant"]["name"]) == (word, word)
    assert release["spec"]["chart"]["spec"]["version"] == values["influxdb"]["cacheMaxMemory"] == word
    assert values["images"]["influxdb"]["tag"] == word.rpartition(":")[2]


def test_each_cluster_has_a_folder_of_its_own() -> None:
    assert path_of("acme", LAYOUT) == "tenants/acme.yaml"
    assert path_of("acme", LAYOUT, "north") == "tenants/north/acme.yaml"


def line_of(text: str, what: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if what in line)


def swapped(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (swapped("kind: Namespace", "kind: Secret"), "kind: Secret", "Secrets must not be in git"),
        (swapped("kind: ServiceAccount", "kind: Deployment"), "kind: Deployment", "“Deployment” is not allowed"),
        (swapped("prune: disabled", "prune: enabled"), "prune: enabled", "a deleted file must not delete a disk"),
        (swapped("enforce: restricted", "enforce: baseline"), "enforce: baseline", "must be restricted"),
        (swapped("helm.toolkit.fluxcd.io/v2", "helm.toolkit.fluxcd.io/v2beta1"), "v2beta1", "apiVersion must be"),
        (swapped("targetNamespace: pt-t", "targetNamespace: kube-t"), "targetNamespace", "targetNamespace must be pt-"),
        (swapped("mode: enabled", "mode: warn"), "driftDetection:", "driftDetection.mode must be enabled"),
        (swapped("name: RetryOnFailure", "name: RemediateOnFailure"), "install:", "must be RetryOnFailure"),
        (swapped("slug: acme\n      name", "slug: Acme\n      name"), "slug: Acme", "is not a slug"),
        (swapped("slug: acme\n      name", "slug: api\n      name"), "slug: api", "is reserved"),
        (swapped("slug: acme\n      name", "slug: other\n      name"), "slug: other", "must be called other.yaml"),
        (swapped("id: tabcdefghjk", "id: tabcdefghjm"), "id: tabcdefghjm", "is not that of the namespace"),
        (swapped("id: tkmnpqrstuv", "id: my-disk"), "id: my-disk", "is not an id"),
        (swapped("keep: true", "keep: false"), "keep: false", "only the control plane may delete a disk"),
        (swapped("secret: influxdb", "admin-password: hunter22"), "admin-password", "looks like a secret"),
        (swapped("name: plantrace-release", "name: cluster-admin"), "roleRef:", "more than a tenant's release needs"),
        (swapped("serviceAccountName: tenant-t", "serviceAccountName: flux-t"), "serviceAccountName", "must be tenant"),
        (swapped("  - kind: ServiceAccount", "  - kind: User"), "subjects:", "alone"),
        (swapped('    interval: "10m"', "    interval: [10m"), None, "is not YAML"),
        (
            swapped("  releaseName:", "  kubeConfig: {secretRef: {name: x}}\n  releaseName:"),
            "kubeConfig",
            "is not allowed",
        ),
        (
            swapped("  releaseName:", "  postRenderers: []\n  releaseName:"),
            "postRenderers",
            "`spec.postRenderers` is not",
        ),
        (
            swapped("  releaseName:", "  valuesFrom: []\n  releaseName:"),
            "valuesFrom",
            "is not allowed in a tenant's file",
        ),
        (swapped("  releaseName:", "  ? !!binary a3ViZUNvbmZpZw==\n  : 1\n  releaseName:"), "!!binary", "has a tag"),
        (swapped("  releaseName:", "  <<: {x: 1}\n  releaseName:"), "<<", "read differently by YAML 1.1"),
        (swapped("kind: ClusterRole", "kind: Role"), "roleRef:", "more than a tenant's release needs"),
        (swapped("slug: acme\n      name: Acme", "slug: acme\n      name: On"), "name: On", "put it in quotes"),
        (swapped("slug: acme\n      name: Acme", "slug: acme\n      name: 1e3"), "name: 1e3", "put it in quotes"),
        (swapped("slug: acme\n      name: Acme", "slug: acme\n      name: &x Acme"), "name: &x", "an anchor"),
        (swapped("labels:", "labels:\n    third: 3"), "third", "`metadata.labels.third` is not a string"),
        (swapped("apiVersion: v1", "%YAML 1.1\n---\napiVersion: v1"), "---", "has a directive"),
        (lambda text: text.split("---")[0], None, "has no HelmRelease"),
        (lambda text: f"{text}---\n{text}", None, "has a second Namespace"),
        (lambda text: "just words", None, "not a Kubernetes object"),
    ],
)
def test_errors_have_their_line(change: Callable[[str], str], line: str | None, says: str) -> None:
    text = change(text_of(server()))
    problems = check_text(text, "tenants/acme.yaml")
    [found] = [each for each in problems if says in each.message][:1]
    assert found.file == "tenants/acme.yaml"
    if line is not None:
        assert found.line == line_of(text, line), (found, problems)


def test_the_charts_schema_is_checked_too() -> None:
    text = text_of(server()).replace("keep: true", "keep: true\n      colour: red")
    [found] = check_text(text, "tenants/acme.yaml", read_schema(CHART))
    assert "colour" in found.message and "values.disk" in found.message
    assert found.line in range(line_of(text, "disk:"), line_of(text, "colour: red") + 1)


def test_nothing_is_twice_in_a_repository(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(text_of(server()))
    (tmp_path / "north").mkdir()
    (tmp_path / "north" / "acme.yaml").write_text(text_of(server(tenant="tzzzzzzzzzz")))
    (tmp_path / "kustomization.yaml").write_text("resources: [acme.yaml]\n")
    problems = [str(each) for each in check_repository(tmp_path)]
    assert len(problems) == 2
    assert any("the slug “acme” is that of acme.yaml already" in each for each in problems)
    assert any("the disk id “tkmnpqrstuv” is that of acme.yaml already" in each for each in problems)


def test_a_problem_reads_as_compilers_say_it() -> None:
    assert str(Problem("tenants/acme.yaml", 7, "is wrong")) == "tenants/acme.yaml:7: is wrong"
    assert str(Problem("tenants/acme.yaml", 0, "is wrong")) == "tenants/acme.yaml: is wrong"


def test_the_command_prints_all_errors_and_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(text_of(server()).replace("keep: true", "keep: false"))
    out = StringIO()
    with pytest.raises(CommandError, match="1 problems found") as error:
        call_command("tenants", "validate", str(tmp_path), stdout=out)
    assert error.value.returncode == 1
    assert out.getvalue().startswith("acme.yaml:")
    (tmp_path / "acme.yaml").write_text(text_of(server()))
    call_command("tenants", "validate", str(tmp_path), stdout=out)
    assert "All tenants' files are valid." in out.getvalue()
    with pytest.raises(CommandError, match="does not exist"):
        call_command("tenants", "validate", str(tmp_path / "nowhere"))


def test_the_command_needs_no_servers(tmp_path: Path) -> None:
    """A pipeline has neither database nor cluster."""
    (tmp_path / "acme.yaml").write_text(text_of(server()))
    command = [sys.executable, str(ROOT / "manage.py"), "tenants", "validate", str(tmp_path)]
    environment = {"PLANTRACE_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
