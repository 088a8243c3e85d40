"""Every operation, called by three callers from its declaration: responses as declared, invalid requests rejected."""

from __future__ import annotations

import pytest
from schemathesis.generation import GenerationMode

from tests.contracts.http.gate import DESTRUCTIVE, OPERATIONS, Gate, takes_anything

pytestmark = pytest.mark.hypothesis  # `make soak` asks more of each operation


@pytest.mark.parametrize(
    "label", sorted(OPERATIONS.keys() - DESTRUCTIVE.keys(), key=lambda label: (label.startswith("DELETE"), label))
)
def test_answers_are_as_declared(gate: Gate, label: str) -> None:
    operation = OPERATIONS[label]
    if operation.method == "delete":
        gate.renew()
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if takes_anything(operation) else [])]
    for mode in modes:
        gate.ask(operation, mode)


def test_every_listed_exception_exists() -> None:
    assert DESTRUCTIVE.keys() <= OPERATIONS.keys()
