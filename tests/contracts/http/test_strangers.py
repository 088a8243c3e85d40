"""Every operation with a JSON body reports undeclared members, for existing objects."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.contracts.http.gate import OPERATIONS, Gate
from tests.contracts.http.known import object_at

STRANGER = "qqqqqq"
NAMES_NOTHING = {  # addresses of what the gate's installation does not have
    "POST /api/v1/invitations/{token}",
    "POST /api/v1/rollouts/{id}/rollback",
}


@pytest.fixture(autouse=True)
def new_objects(gate: Gate) -> None:
    gate.renew()


def json_operations() -> dict[str, Any]:
    return {
        label: operation
        for label, operation in OPERATIONS.items()
        if any(body.media_type == "application/json" for body in operation.body)
    }


def errors_told(gate: Gate, operation: Any, body: dict[str, Any]) -> list[tuple[int, str, list[str]]]:
    """Status, media type and the fields named, for each caller."""
    here = object_at(operation.path, gate.known)
    path = operation.path.replace(f"{{{here[0]}}}", here[1]) if here else operation.path
    told = []
    for caller in gate.callers.values():
        answer = requests.request(
            operation.method, gate.platform.url + path, json=body, headers=caller.headers, timeout=30
        )
        errors = answer.json().get("errors", ()) if answer.content else ()
        told.append((answer.status_code, answer.headers["Content-Type"], [error["field"] for error in errors]))
    return told


def test_every_json_body_reports_undeclared_members(gate: Gate) -> None:
    wrong = []
    for label, operation in json_operations().items():
        if label not in NAMES_NOTHING:
            told = errors_told(gate, operation, {STRANGER: 1, "revision": 1})
            if not any(status == 400 and STRANGER in fields for status, _, fields in told):
                wrong.append(f"{label}: {told}")
    assert wrong == []
    assert len(json_operations()) > 35
