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
FREE_MEMBERS = {"POST /api/v1/events"}  # their types declare them


@pytest.fixture(autouse=True)
def new_objects(gate: Gate) -> None:
    gate.renew()


def json_operations() -> dict[str, Any]:
    return {
        label: operation
        for label, operation in OPERATIONS.items()
        if any(body.media_type == "application/json" for body in operation.body)
    }


def read_errors(gate: Gate, operation: Any, body: dict[str, Any]) -> list[tuple[int, str, list[str]]]:
    """Status, media type and the fields named, for each caller."""
    here = object_at(operation.path, gate.known)
    path = operation.path.replace(f"{{{here[0]}}}", here[1]) if here else operation.path
    errors_by_caller = []
    for caller in gate.callers.values():
        response = requests.request(
            operation.method, gate.platform.url + path, json=body, headers=caller.headers, timeout=30
        )
        errors = response.json().get("errors", ()) if response.content else ()
        errors_by_caller.append(
            (response.status_code, response.headers["Content-Type"], [error["field"] for error in errors])
        )
    return errors_by_caller


def test_every_json_body_reports_undeclared_members(gate: Gate) -> None:
    wrong = []
    for label, operation in json_operations().items():
        if label not in NAMES_NOTHING | FREE_MEMBERS:
            reported = read_errors(gate, operation, {STRANGER: 1, "revision": 1})
            if not any(status == 400 and STRANGER in fields for status, _, fields in reported):
                wrong.append(f"{label}: {reported}")
    assert wrong == []
    assert len(json_operations()) > 35
