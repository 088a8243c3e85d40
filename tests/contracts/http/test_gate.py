"""Every operation, asked from its declaration by three callers: answers as declared, wrong requests refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.generation import GenerationMode

from tests.access.routes import schema
from tests.contracts.http.callers import CALLERS, make_callers
from tests.contracts.http.gate import Gate, takes_anything
from tests.contracts.http.known import make_known
from tests.installation import Platform

# Left out, because each would end what the gate asks with.
DESTRUCTIVE = {
    "DELETE /api/v1/session": "signs the caller out",
    "POST /api/v1/logout": "signs the caller out",
}


def operations() -> dict[str, Any]:
    document = schemathesis.openapi.from_dict(schema())
    document.config.generation.update(with_security_parameters=False)  # who asks is the gate's to say
    found = [result.ok() for result in document.get_all_operations()]
    return {operation.label: operation for operation in found}


OPERATIONS = operations()


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """An installation of its own: what is asked here leaves nobody's objects alone."""
    platform = Platform(tmp_path_factory.mktemp("gate") / "home")
    platform.start()
    try:
        callers = make_callers(platform)
        gate = Gate(platform, callers, make_known(platform, callers["admin"]))
        yield gate
        print(f"\n{len(OPERATIONS) - len(DESTRUCTIVE)} of {len(OPERATIONS)} operations, {gate.summary()}")
    finally:
        platform.stop()


@pytest.mark.parametrize("label", sorted(OPERATIONS.keys() - DESTRUCTIVE.keys()))
def test_answers_are_as_declared(gate: Gate, label: str) -> None:
    operation = OPERATIONS[label]
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if takes_anything(operation) else [])]
    for mode in modes:
        for name in CALLERS:
            gate.ask(operation, gate.callers[name], mode)


def test_nothing_is_left_out_that_is_not_there() -> None:
    assert DESTRUCTIVE.keys() <= OPERATIONS.keys()
