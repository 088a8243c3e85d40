"""Both charts with every set of values: they lint, validate, and reject unknown values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.charts import rendering
from tests.charts.rendering import CHARTS, NAMES, Values, given, matrix, merged, of_kind, refusal, render_all, rendered
from tests.charts.schemas import complaint

EVERY = pytest.mark.parametrize("key", sorted(matrix()), ids=" / ".join)
WARNING = 2
ELSEWHERE = ("as Kubernetes has it", "as charts/tenantstack has it")


@pytest.mark.parametrize("key", [key for key in sorted(matrix()) if key[1] in given(key[0])], ids=" / ".join)
def test_the_chart_lints_clean(key: tuple[str, str]) -> None:
    report = rendering.lint(key[0], matrix()[key])
    assert not report["errors"]
    assert [each for each in report["messages"] if each["severity"] >= WARNING] == []


@EVERY
def test_every_manifest_is_valid_for_kubernetes(key: tuple[str, str]) -> None:
    assert [each for each in map(complaint, rendered()[key]) if each] == []


def test_the_schemas_would_notice() -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "x"}}
    assert complaint({**claim, "spec": {"accessModes": ["ReadWriteOnce"]}}) == ""
    assert "sizee" in complaint({**claim, "spec": {"sizee": 1}})
    release = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "x"}}
    assert "interval" in complaint({**release, "spec": {}})
    assert "intervall" in complaint({**release, "spec": {"interval": "1m", "intervall": "1m"}})


@EVERY
def test_no_two_objects_have_one_name(key: tuple[str, str]) -> None:
    names = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in rendered()[key]]
    assert len(names) == len(set(names))


@EVERY
def test_every_namespaced_object_has_its_namespace(key: tuple[str, str]) -> None:
    cluster_wide = {"ClusterRole", "ClusterRoleBinding"}
    assert rendered()[key]
    for each in rendered()[key]:
        assert ("namespace" in each["metadata"]) is (each["kind"] not in cluster_wide), each["metadata"]["name"]


def test_values_that_are_not_known_are_refused_at_every_level() -> None:
    for chart in NAMES:
        schema = json.loads((CHARTS / chart / "values.schema.json").read_text())
        minimal, paths = given(chart)["minimal"], list(closed_objects(schema, schema))
        assert len(paths) > 20
        for path, answer in zip(paths, render_all(chart, [at(path, minimal) for path in paths]), strict=True):
            assert isinstance(answer, str) and "unheard" in answer, f"{chart} takes {'.'.join(path)}.unheard-of"


def test_the_schema_and_the_values_file_know_the_same_keys() -> None:
    for chart in NAMES:
        schema = json.loads((CHARTS / chart / "values.schema.json").read_text())
        defaults = yaml.safe_load((CHARTS / chart / "values.yaml").read_text())
        documented = (CHARTS / chart / "values.yaml").read_text()
        for path in closed_objects(schema, schema):
            part, node = defaults, schema
            for name in path:
                part, node = part.get(name, {}), resolve(node, schema)["properties"][name]
            for name in resolve(node, schema)["properties"]:
                generic = path[-1:] and path[-1] in (
                    "requests",
                    "limits",
                    "affinity",
                    "default",
                    "defaultRequest",
                    "max",
                )
                former = resolve(node, schema)["properties"][name].get("deprecated")
                assert former or generic or name in part or f"# {name}: required" in documented, (
                    f"{chart}: {(*path, name)}"
                )


def closed_objects(node: Any, schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of each object in the values, none of which may be open, but for maps of words and Kubernetes' own."""
    node = resolve(node, schema)
    if node.get("type") != "object" or node.get("$comment") in ELSEWHERE:
        return
    if "properties" not in node:
        assert isinstance(node.get("additionalProperties"), dict), f"{path} takes anything"
        return
    assert node["additionalProperties"] is False, f"{path} takes unknown keys"
    yield path
    for name, child in node["properties"].items():
        yield from closed_objects(child, schema, (*path, name))


def resolve(node: Any, schema: Any) -> Any:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def at(path: tuple[str, ...], minimal: Values) -> Values:
    """The minimal values with an unknown key at that path."""
    wrong: Values = {"unheard-of": 1}
    for name in reversed(path):
        wrong = {name: wrong}
    return merged(minimal, wrong)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"tenant": {"id": "T 1"}}, "tenant.id|tenant/id"),
        ({"disk": {"size": "20"}}, "disk"),
        ({"ingress": {"enabled": True}}, "tenant.fqdn is needed"),
        ({"restore": {"enabled": True}}, "restore.archive is needed"),
        ({"networkPolicy": {"extraEgress": [{"cidr": "169.254.169.254/32", "ports": [80]}]}}, "link-local"),
        ({"networkPolicy": {"extraEgress": [{"cidr": "169.254.0.0/16", "ports": [80]}]}}, "link-local"),
        ({"networkPolicy": {"extraEgress": [{"cidr": "10.0.0.0", "ports": [80]}]}}, "cidr"),
        ({"backup": {"schedule": "daily"}}, "schedule"),
        ({"restore": {"enabled": True, "archive": "x; rm -rf /"}}, "archive"),
    ],
)
def test_invalid_values_of_a_tenant_are_rejected(values: Values, says: str) -> None:
    assert re.search(says, refusal("tenantstack", merged(given("tenantstack")["minimal"], values)))


def test_a_tenant_needs_an_id_a_slug_and_a_disk() -> None:
    for missing in ("tenant", "disk"):
        values = {key: value for key, value in given("tenantstack")["minimal"].items() if key != missing}
        assert missing in refusal("tenantstack", values)


@EVERY
def test_secrets_are_only_named(key: tuple[str, str]) -> None:
    assert of_kind(rendered()[key], "Secret") == {}


def test_no_template_generates_values_or_queries_the_cluster() -> None:
    made_up = re.compile(r"\b(rand[A-Z]\w+|lookup|gen[A-Z]\w+|derivePassword|uuidv4|now)\b")
    for chart in NAMES:
        files = (CHARTS / chart / "templates").rglob("*.*")
        actions = [(file, action) for file in files for action in re.findall(r"\{\{.*?\}\}", file.read_text(), re.S)]
        assert len(actions) > 100
        assert [(file, action) for file, action in actions if made_up.search(action)] == []


def test_what_is_rendered_twice_is_the_same() -> None:
    for chart in NAMES:
        assert rendering.render(chart, given(chart)["full"]) == rendered()[chart, "full"]


def test_names_come_from_the_helper_file_only() -> None:
    for chart in NAMES:
        files = (CHARTS / chart / "templates").rglob("*.yaml")
        names = [(file, name) for file in files for name in re.findall(r"^  name: (.+)$", file.read_text(), re.M)]
        assert names
        assert [(file, name) for file, name in names if f'include "{chart}.' not in name] == []


@pytest.mark.parametrize("file", ["_egress.tpl", "_settings.tpl"])
def test_both_charts_have_the_same_egress_and_settings_of_our_image(file: str) -> None:
    one, other = ((CHARTS / chart / "templates" / file).read_text() for chart in NAMES)
    assert one == other
