"""Validates tenants' files; errors have file and line. Used before we write a file, and by `tenants validate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kernel.errors import BadRequest
from kernel.ids import TENANT, is_id
from tenants.drivers.gitops.ambiguity import find_ambiguous
from tenants.drivers.gitops.file_schema import SHAPES, find_unexpected
from tenants.drivers.kubernetes import names
from tenants.slugs import check_slug

Node = Mapping[str, Any]
KINDS = {
    "Namespace": "v1",
    "ServiceAccount": "v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
}
NEVER = ("password", "passwd", "token", "apikey", "api-key", "private-key", "privatekey", "credentials")
IGNORED = ("kustomization.yaml", "kustomization.yml")
PRUNE = "kustomize.toolkit.fluxcd.io/prune"
ENFORCE = "pod-security.kubernetes.io/enforce"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`line` counts from 1; 0 for the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(frozen=True, slots=True)
class Found:
    """Identifiers in a tenant's file that must be unique in a repository."""

    file: str
    line: int
    slug: str = ""
    tenant: str = ""
    disk: str = ""


def check_repository(root: Path, schema: Mapping[str, Any] | None = None) -> list[Problem]:
    """All problems of the tenants' files below `root`, a folder or a single file. `schema`: that of the values."""
    paths = sorted(_files(root))
    problems: list[Problem] = [] if paths else [Problem(str(root), 0, "there is no tenant's file (*.yaml) here.")]
    found: list[Found] = []
    for path in paths:
        name = str(path.relative_to(root)) if root.is_dir() else str(path)
        try:
            text = path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(name, 0, f"cannot be read: {error}"))
            continue
        check = _File(name, schema)
        check.whole(text)
        problems += check.problems
        found.append(check.found)
    return sorted([*problems, *_duplicates(found)])


def check_text(text: str, file: str, schema: Mapping[str, Any] | None = None) -> list[Problem]:
    """All problems of one tenant's file."""
    check = _File(file, schema)
    check.whole(text)
    return sorted(check.problems)


def read_schema(chart: Path) -> Mapping[str, Any] | None:
    """The schema of the chart's values, if the chart is local."""
    path = chart / "values.schema.json"
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Any]) if path.exists() else None


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    for path in root.rglob("*") if root.is_dir() else ():
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.is_file() and path.suffix in (".yaml", ".yml") and path.name not in IGNORED and not hidden:
            yield path


def _duplicates(found: Iterable[Found]) -> Iterator[Problem]:
    """Slugs, ids and disks that are in two files, which would give one tenant access to another's data."""
    fields: tuple[tuple[str, Callable[[Found], str]], ...] = (
        ("slug", lambda each: each.slug),
        ("tenant id", lambda each: each.tenant),
        ("disk id", lambda each: each.disk),
    )
    everything = list(found)
    for what, value_of in fields:
        first: dict[str, Found] = {}
        for each in everything:
            value = value_of(each)
            known = first.setdefault(value, each) if value else each
            if known is not each:
                yield Problem(each.file, each.line, f"the {what} “{value}” is that of {known.file} already.")


class _File:
    """A file being validated."""

    def __init__(self, file: str, schema: Mapping[str, Any] | None) -> None:
        self.file, self.schema = file, schema
        self.problems: list[Problem] = []
        self.found = Found(file, 0)

    def whole(self, text: str) -> None:
        try:
            for line, why in find_ambiguous(text):
                self._report(line, why)
            documents = [each for each in YAML(typ="rt").load_all(text) if each is not None]
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            return self._report(line, f"is not YAML: {error.problem}")
        except YAMLError as error:
            return self._report(0, f"is not YAML: {error}")
        by_kind: dict[str, Node] = {}
        for document in documents:
            self._document(document, by_kind)
        for kind in KINDS.keys() - by_kind.keys():
            self._report(0, f"has no {kind}; a tenant's file holds one each of {', '.join(KINDS)}.")
        self._namespace(by_kind.get("Namespace"))
        self._account(by_kind)
        self._release(by_kind.get("HelmRelease"), by_kind.get("Namespace"))

    def _document(self, document: Any, by_kind: dict[str, Node]) -> None:
        if not isinstance(document, Mapping):
            return self._report(_line(document), "contains something that is not a Kubernetes object.")
        kind = str(document.get("kind", ""))
        line = _line(document, "kind")
        if kind == "Secret" or "stringData" in document:
            return self._report(line, "holds a Secret. Secrets must not be in git: the control plane creates them.")
        if kind not in KINDS:
            return self._report(line, f"kind “{kind}” is not allowed in a tenant's file; allowed: {', '.join(KINDS)}.")
        if kind in by_kind:
            return self._report(line, f"has a second {kind}; one file is one tenant.")
        by_kind[kind] = document
        if document.get("apiVersion") != KINDS[kind]:
            self._report(_line(document, "apiVersion"), f"{kind}: apiVersion must be {KINDS[kind]}.")
        for node, key, why in find_unexpected(document, SHAPES[kind]):
            self._report(_line(node, key), f"{kind}: {why}")
        self._no_secret(document)

    def _no_secret(self, node: Any) -> None:
        if isinstance(node, Mapping):
            for key, value in node.items():
                bare = str(key).lower().replace("_", "-")
                if isinstance(value, str) and value and bare.endswith(NEVER):
                    self._report(_line(node, key), f"`{key}` looks like a secret. Secrets must not be in git.")
                self._no_secret(value)
        elif isinstance(node, list):
            for each in node:
                self._no_secret(each)

    def _namespace(self, namespace: Node | None) -> None:
        if namespace is None:
            return
        metadata = self._mapping(namespace, "metadata")
        name = str(metadata.get("name", ""))
        if not (name.startswith("pt-") and is_id(name.removeprefix("pt-"), TENANT)):
            self._report(_line(metadata, "name"), f"Namespace “{name}” is not pt-<the tenant's id>.")
        labels, annotations = self._mapping(metadata, "labels"), self._mapping(metadata, "annotations")
        if labels.get(ENFORCE) != "restricted":
            self._report(_line(labels, ENFORCE), f"Namespace: the label {ENFORCE} must be restricted.")
        if annotations.get(PRUNE) != "disabled":
            self._report(
                _line(annotations, PRUNE),
                f"Namespace: the annotation {PRUNE} must be disabled: a deleted file must not delete a disk.",
            )

    def _account(self, by_kind: Mapping[str, Node]) -> None:
        """The service account of the tenant's release must be bound in the tenant's namespace only."""
        binding, account = by_kind.get("RoleBinding"), by_kind.get("ServiceAccount")
        namespace, release = by_kind.get("Namespace"), by_kind.get("HelmRelease")
        if binding is None or account is None or namespace is None or release is None:
            return
        own = str(_at(namespace, "metadata", "name"))
        wanted = f"tenant-{own.removeprefix('pt-')}"
        name, where = _at(account, "metadata", "name"), _at(account, "metadata", "namespace")
        if name != wanted:
            self._report(
                _line(account.get("metadata"), "name"), f"ServiceAccount “{name}” must have the name {wanted}."
            )
        if _at(release, "spec", "serviceAccountName") != name:
            self._report(_line(release.get("spec"), "serviceAccountName"), f"serviceAccountName must be {name}.")
        if _at(release, "metadata", "namespace") != where:
            self._report(
                _line(account.get("metadata"), "namespace"), "ServiceAccount and HelmRelease must share a namespace."
            )
        if _at(binding, "metadata", "namespace") != own:
            self._report(_line(binding.get("metadata"), "namespace"), f"RoleBinding must be in the namespace {own}.")
        subjects = [
            tuple(_at(each, key) for key in ("kind", "name", "namespace")) for each in _list(binding, "subjects")
        ]
        if subjects != [("ServiceAccount", name, where)]:
            self._report(_line(binding, "subjects"), f"RoleBinding must be of the ServiceAccount {where}/{name} alone.")
        if not _is_release_role(_at(binding, "roleRef", "kind"), _at(binding, "roleRef", "name")):
            self._report(
                _line(binding, "roleRef"),
                "RoleBinding must be to the ClusterRole <release>-release of charts/plantrace: any other gives"
                " more than a tenant's release needs.",
            )

    def _release(self, release: Node | None, namespace: Node | None) -> None:
        if release is None:
            return
        spec = self._mapping(release, "spec")
        own = str(_at(namespace, "metadata", "name")) if namespace else ""
        expected = {"releaseName": names.RELEASE, "targetNamespace": own, "storageNamespace": own}
        for key, wanted in expected.items():
            if wanted and spec.get(key) != wanted:
                self._report(_line(spec, key), f"HelmRelease: {key} must be {wanted}.")
        if _at(spec, "driftDetection", "mode") != "enabled":
            self._report(_line(spec, "driftDetection"), "HelmRelease: driftDetection.mode must be enabled.")
        for action in ("install", "upgrade"):
            if _at(spec, action, "strategy", "name") != "RetryOnFailure":
                self._report(_line(spec, action), f"HelmRelease: {action}.strategy.name must be RetryOnFailure.")
        if "timeout" not in spec:
            self._report(_line(release, "spec"), "HelmRelease: spec.timeout is missing.")
        self._values(self._mapping(spec, "values"), own)

    def _values(self, values: Node, namespace: str) -> None:
        tenant, disk = self._mapping(values, "tenant"), self._mapping(values, "disk")
        slug, id, disk_id = (str(each) for each in (tenant.get("slug", ""), tenant.get("id", ""), disk.get("id", "")))
        self.found = Found(self.file, _line(tenant, "slug"), slug, id, disk_id)
        try:
            check_slug(slug)
        except BadRequest as error:
            self._report(_line(tenant, "slug"), error.detail)
        if slug and Path(self.file).stem != slug:
            self._report(_line(tenant, "slug"), f"the file of the tenant “{slug}” must be called {slug}.yaml.")
        if namespace and namespace != names.namespace_of(id):
            self._report(_line(tenant, "id"), f"tenant.id “{id}” is not that of the namespace {namespace}.")
        if not is_id(disk_id, TENANT):
            self._report(_line(disk, "id"), f"disk.id “{disk_id}” is not an id: a letter and ten of a-z, 2-9.")
        if disk.get("keep") is not True:
            self._report(_line(disk, "keep"), "disk.keep must be true: only the control plane may delete a disk.")
        if self.schema:
            validator = jsonschema.validators.validator_for(self.schema)(self.schema)
            for wrong in validator.iter_errors(_plain(values)):
                self._report(_line_at(values, wrong.absolute_path), _message_of(wrong))

    def _mapping(self, node: Node, key: str) -> Node:
        found = node.get(key)
        if isinstance(found, Mapping):
            return found
        self._report(_line(node, key if key in node else None), f"`{key}` is missing or not a mapping.")
        return {}

    def _report(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))


def _is_release_role(kind: object, name: object) -> bool:
    return kind == "ClusterRole" and isinstance(name, str) and name.endswith("-release")


def _at(node: Any, *keys: str) -> Any:
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _list(node: Node, key: str) -> list[Any]:
    found = node.get(key)
    return found if isinstance(found, list) else []


def _line(node: Any, key: Any = None) -> int:
    """Line of a key, or of the node itself if it has no such key."""
    where = getattr(node, "lc", None)
    if where is None:
        return 0
    if key is not None and isinstance(node, Mapping) and key in (where.data or ()):  # not merge keys
        return int(where.key(key)[0]) + 1
    if isinstance(key, int) and isinstance(node, list):
        return int(where.item(key)[0]) + 1
    return int(where.line) + 1


def _line_at(node: Any, path: Iterable[str | int]) -> int:
    """Line of the node at a path, or of its nearest ancestor."""
    line = _line(node)
    for step in path:
        where = getattr(node, "lc", None)
        if where is not None:
            line = int((where.key if isinstance(node, Mapping) else where.item)(step)[0]) + 1
        node = node[step]
    return line


def _message_of(error: jsonschema.ValidationError) -> str:
    where = ".".join(map(str, ["values", *error.absolute_path]))
    return f"{where}: {error.message}"


def _plain(node: Any) -> Any:
    """Convert ruamel's types to plain ones, for schema validation."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if isinstance(node, bool) or node is None:
        return node
    return next((kind(node) for kind in (int, float, str) if isinstance(node, kind)), node)
