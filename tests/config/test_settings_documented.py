"""Every variable of the environment that our processes read is in the operator's guide."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.isolation import ROOT

SOURCES = ("platform", "tenants", "demo")
GUIDE = ROOT / "docs" / "operator"
READERS = {"str", "int", "bool", "float", "list", "db", "email", "get"}
ENVIRONMENTS = ("env", "environment.env", "os.environ")
ANY = "[A-Z_]+"
NOT_FOR_OPERATORS = {
    "DJANGO_SETTINGS_MODULE": "Django's, set by our own programs",
    "PROMETHEUS_MULTIPROC_DIR": "set by `manage.py up` and the chart",
    "SUPERVISOR_PROCESS_NAME": "supervisord's, for each program",
    "TENANTS_SIMULATED": "for benchmarks of the control plane",
}


def variables() -> dict[str, Path]:
    """Patterns of names, and where they are read."""
    found = {}
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                found.update({name: path.relative_to(ROOT) for name in _names(node)})
    return found


def _names(node: ast.AST) -> Iterator[str]:
    """`env.str("NAME")`, `os.environ.get("NAME")`, `os.environ["NAME"]`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr in READERS and ast.unparse(node.func.value) in ENVIRONMENTS:
            yield from _pattern(node.args[0])
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) in ENVIRONMENTS:
        yield from _pattern(node.slice)


def _pattern(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else ANY for part in node.values)


def documented() -> set[str]:
    return {name for page in GUIDE.glob("*.md") for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", page.read_text())}


def test_every_variable_is_in_the_operators_guide() -> None:
    known, read = documented() | NOT_FOR_OPERATORS.keys(), variables()
    assert {name: str(path) for name, path in read.items() if not any(re.fullmatch(name, each) for each in known)} == {}
    assert len(read) > 50


def test_the_scan_sees_each_way_of_reading() -> None:
    code = "env.int('A', 1); os.environ.get('B'); os.environ['C']; environment.env.email('D'); env.str(f'E_{name}')"
    names = [name for node in ast.walk(ast.parse(code)) for name in _names(node)]
    assert sorted(names) == ["A", "B", "C", "D", f"E_{ANY}"]
