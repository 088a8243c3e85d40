"""Clients act on what may be tried again or must be sent smaller: every type of such a problem is documented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.isolation import ROOT

BASES = {"Unavailable": 503, "TooManyRequests": 429, "TooLarge": 413, "LengthRequired": 411}
SOURCES = [path for folder in ("platform", "tenants") for path in sorted((ROOT / folder).rglob("*.py"))]


def class_slugs(tree: ast.AST, kinds: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Classes that are one of `kinds`, with the types they name themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if bases & kinds or node.name in kinds:
                yield node.name, [text for each in node.body for text in assigned_slug(each)]


def assigned_slug(statement: ast.stmt) -> Iterator[str]:
    if not isinstance(statement, ast.Assign):
        return
    targets, value = statement.targets[0], statement.value
    names = targets.elts if isinstance(targets, ast.Tuple) else [targets]
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    for name, each in zip(names, values, strict=False):
        if isinstance(name, ast.Name) and name.id == "slug" and isinstance(each, ast.Constant):
            yield str(each.value)


def raised_slugs(tree: ast.AST, kinds: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
            for keyword in node.keywords:
                if keyword.arg == "slug" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)


def problem_types(trees: list[ast.AST]) -> set[str]:
    kinds, found = set(BASES), set[str]()
    for _ in range(4):  # classes of classes
        for tree in trees:
            for name, slugs in class_slugs(tree, kinds):
                kinds.add(name)
                found.update(slugs)
    return found | {slug for tree in trees for slug in raised_slugs(tree, kinds)}


def test_every_problem_that_a_client_may_wait_for_is_documented() -> None:
    found = problem_types([ast.parse(path.read_text()) for path in SOURCES])
    assert {"conversions-busy", "locked-out", "template-too-large", "length-required"} <= found
    documented = "".join(path.read_text() for path in (ROOT / "docs/api").glob("*.md"))
    assert sorted(slug for slug in found if f"/problems/{slug}`" not in documented) == []


def test_the_documented_types_exist() -> None:
    named = re.findall(r"`/problems/([a-z-]+)`", (ROOT / "docs/api/errors.md").read_text())
    sources = "".join(path.read_text() for path in SOURCES)
    assert named and [slug for slug in named if f'"{slug}"' not in sources] == []
