"""The allow-list of what a tenant's file may contain.

Anything else that Flux or Kubernetes would accept is rejected: `kubeConfig`, which redirects the release, `valuesFrom`,
which reads Secrets, `postRenderers`, which change the rendered chart, and future settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TEXTS = "texts"  # a mapping of any names to texts: labels, annotations
VALUES = "values"  # of the chart, whose schema checks them
LEAF = "leaf"  # one text, number, boolean

Shape = Any  # one of the words above, a mapping of names to shapes, or a list of one shape

_METADATA = {"name": LEAF, "namespace": LEAF, "labels": TEXTS, "annotations": TEXTS}
_OBJECT = {"apiVersion": LEAF, "kind": LEAF, "metadata": _METADATA}
_RETRY = {"timeout": LEAF, "strategy": {"name": LEAF, "retryInterval": LEAF}}
_TARGET = {"group": LEAF, "version": LEAF, "kind": LEAF, "name": LEAF}
SHAPES: Mapping[str, Shape] = {
    "Namespace": _OBJECT,
    "ServiceAccount": {**_OBJECT, "automountServiceAccountToken": LEAF},
    "RoleBinding": {
        **_OBJECT,
        "roleRef": {"apiGroup": LEAF, "kind": LEAF, "name": LEAF},
        "subjects": [{"apiGroup": LEAF, "kind": LEAF, "name": LEAF, "namespace": LEAF}],
    },
    "HelmRelease": {
        **_OBJECT,
        "spec": {
            "interval": LEAF,
            "timeout": LEAF,
            "suspend": LEAF,
            "releaseName": LEAF,
            "targetNamespace": LEAF,
            "storageNamespace": LEAF,
            "serviceAccountName": LEAF,
            "maxHistory": LEAF,
            "chart": {
                "spec": {
                    "chart": LEAF,
                    "version": LEAF,
                    "interval": LEAF,
                    "reconcileStrategy": LEAF,
                    "sourceRef": {"kind": LEAF, "name": LEAF},
                }
            },
            "install": {**_RETRY, "createNamespace": LEAF},
            "upgrade": _RETRY,
            "rollback": {"timeout": LEAF},
            "uninstall": {"timeout": LEAF, "deletionPropagation": LEAF},
            "driftDetection": {"mode": LEAF, "ignore": [{"paths": [LEAF], "target": _TARGET}]},
            "values": VALUES,
        },
    },
}


def find_unexpected(node: Any, shape: Shape, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """What is not allowed: its parent node, its key there, and why."""
    if isinstance(shape, Mapping):
        for key, value in node.items():
            yield from _entry(node, key, value, shape.get(key) if isinstance(key, str) else None, path)
    elif isinstance(shape, list):
        for number, each in enumerate(node):
            yield from _entry(node, number, each, shape[0], path)
    elif shape in (TEXTS, VALUES):
        yield from _plain_values(node, path, only_texts=shape == TEXTS)


def _entry(node: Any, key: Any, value: Any, shape: Shape | None, path: str) -> Iterator[tuple[Any, Any, str]]:
    where = f"{path}.{key}".lstrip(".") if isinstance(key, str) else path
    if shape is None:
        yield node, key, f"`{where}` is not allowed in a tenant's file."
    elif not _fits(value, shape):
        yield node, key, f"`{where}` is not a {_called(shape)}."
    else:
        yield from find_unexpected(value, shape, where)


def _fits(value: Any, shape: Shape) -> bool:
    if isinstance(shape, list):
        return isinstance(value, list)
    if isinstance(shape, Mapping) or shape in (TEXTS, VALUES):
        return isinstance(value, Mapping)
    return isinstance(value, (str, int, float, bool))


def _called(shape: Shape) -> str:
    return "list" if isinstance(shape, list) else "text, number or boolean" if shape == LEAF else "mapping"


def _plain_values(node: Any, path: str, only_texts: bool) -> Iterator[tuple[Any, Any, str]]:
    """Names must be texts, and values JSON types, to which they are converted: no times, no bytes."""
    entries = node.items() if isinstance(node, Mapping) else enumerate(node)
    for key, value in entries:
        where = f"{path}.{key}"
        if isinstance(node, Mapping) and not isinstance(key, str):
            yield node, key, f"`{path}` has a name that is not a string; put it in quotes."
        elif only_texts:
            if not isinstance(value, str):
                yield node, key, f"`{where}` is not a string; put it in quotes."
        elif isinstance(value, (Mapping, list)):
            yield from _plain_values(value, where, only_texts=False)
        elif value is not None and not isinstance(value, (str, int, float, bool)):
            yield node, key, f"`{where}` is neither text, number, boolean, list nor mapping."
