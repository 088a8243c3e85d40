"""The schema says of every member and parameter whether it may be empty, zero or negative, as the server does.

What it says is compared with the answer to a request that is valid but for that one value: accepted, or refused by
name. `make soak` tries all values; `make test` those below the members of a body only at the first operation that has
the same object (a drawing's placements are in the bodies of eight).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import requests

from tests.access.routes import schema
from tests.contracts.http.examples import Examples
from tests.contracts.http.gate import Gate
from tests.contracts.http.known import kind_of
from tests.contracts.http.places import OF_KIND, Declared, Step, allows, empty_values, has, places, pointer, replaced
from tests.properties import is_soak

CONFLICTS = {  # operations that end at a conflict once the request has been checked
    "POST /api/v1/tenants": "the slug is taken, so that none is made",
    "POST /api/v1/rollouts": "one is running",
    "POST /api/v1/alarms/performance/apply": "the rule was changed by the request before",
}
CHANGES = ("PUT", "PATCH", "DELETE")
UNFORMED = re.compile(r"\[\.\.\.\].*")  # msgspec's name for an item


@pytest.fixture(scope="module")
def examples(gate: Gate) -> Examples:
    return Examples(gate)


@pytest.fixture(autouse=True)
def new_objects(examples: Examples) -> None:
    """After a test that changed some."""
    if examples.changed:
        examples.gate.renew()
        examples.changed = False


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def json_schemas() -> dict[str, dict[str, Any]]:
    """Of the operations with members to empty."""
    bodies = {
        label: operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        for label, operation in operations()
    }
    return {label: body for label, body in bodies.items() if any(empty_values(each.node) for each in places(body))}


def query_parameters() -> dict[str, list[dict[str, Any]]]:
    found = {
        label: [each for each in operation.get("parameters", ()) if each["in"] == "query"]
        for label, operation in operations()
    }
    return {label: listed for label, listed in found.items() if any(empty_values(each["schema"]) for each in listed)}


@cache
def tried() -> dict[str, list[Declared]]:
    """What is tried at each operation."""
    known: set[tuple[str, Step]] = set()
    found: dict[str, list[Declared]] = {}
    for label, body in sorted(json_schemas().items()):
        found[label] = []
        for each in places(body):
            if len(each.place) == 1 or each.of_object not in known or is_soak():
                found[label].append(each)
            known.add(each.of_object)
    return found


@pytest.mark.hypothesis
@pytest.mark.parametrize("label", sorted(json_schemas()))
def test_members_may_be_empty_where_the_schema_says_so(examples: Examples, label: str) -> None:
    wrong = []
    for each in tried()[label]:
        place, node = each.place, each.node
        for value in empty_values(node):
            body = next((body for body in examples.bodies(label) if has(body, place, node.get(OF_KIND))), None)
            assert body is not None, f"no example of {label} has {place}"
            named = pointer(body, place)
            answer = ask(examples, label, json=replaced(examples.as_it_is_now(label, body), place, value))
            wrong += difference(label, answer, named, value, allows(node, value))
    assert wrong == []


@pytest.mark.parametrize("label", sorted(query_parameters()))
def test_parameters_may_be_empty_where_the_schema_says_so(examples: Examples, label: str) -> None:
    wrong = []
    parameters = query_parameters()[label]
    required = {each["name"]: each.get("required", False) for each in parameters}
    for parameter in parameters:
        name, node = parameter["name"], parameter["schema"]
        for value in empty_values(node):
            query = {**examples.query(label.partition(" ")[2], required, name), name: str(value)}
            answer = ask(examples, label, params=query, **content(examples, label))
            wrong += difference(label, answer, name, value, allows(node, value))
    assert wrong == []


def test_lines_may_be_empty_as_their_schema_says(examples: Examples) -> None:
    for label, operation in operations():
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "text/plain":
                answer = ask(examples, label, data=b"", headers={"Content-Type": kind})
                assert (answer.status_code == 204) == allows(body["schema"], ""), f"{label}: {answer.text}"


@pytest.mark.parametrize(("mapping", "files", "named"), [("", ["a.csv"], "mapping"), ("{}", [], "file")])
def test_forms_without_what_they_need_are_refused_by_name(
    examples: Examples, mapping: str, files: list[str], named: str
) -> None:
    form = schema()["paths"]["/api/v1/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    parts = [("mapping", (None, mapping)), *(("file", (file, b"time,TT-1\n")) for file in files)]
    answer = ask(examples, "POST /api/v1/imports", files=parts)
    assert [error["field"] for error in answer.json()["errors"]] == [named], answer.text
    assert not allows(form["properties"][named], mapping if named == "mapping" else files)


def content(examples: Examples, label: str) -> dict[str, Any]:
    """A valid body, where the operation has one."""
    if label in json_schemas():
        return {"json": examples.bodies(label)[0]}
    if label == "POST /query":
        return {"data": {"q": "SHOW DATABASES"}}
    if label.endswith("write"):
        return {"data": b"", "headers": {"Content-Type": "text/plain"}}
    return {}


def ask(examples: Examples, label: str, **kwargs: Any) -> requests.Response:
    method, _, path = label.partition(" ")
    examples.gate.forget_attempts()
    address, caller = examples.address(path), examples.caller(path)
    headers = {**caller.headers, **kwargs.pop("headers", {})}
    answer = requests.request(method, examples.gate.platform.url + address, headers=headers, timeout=30, **kwargs)
    examples.changed |= answer.ok and method != "GET"
    if method in CHANGES and answer.ok and path.endswith("}"):  # what is below an object leaves its revision as it is
        if method == "PUT" and answer.content and "revision" in answer.json():
            examples.revisions[address] = answer.json()["revision"]  # the next request replaces all of it again
        else:
            examples.gate.renew(kind_of(path))
    return answer


def difference(label: str, answer: requests.Response, named: str, value: Any, allowed: bool) -> Iterator[str]:
    """What server and schema do not agree on, for people."""
    said = verdict(answer, named, label in CONFLICTS)
    if said != ("accepted" if allowed else "refused"):
        yield f"{named}={value!r} is {'allowed' if allowed else 'not allowed'} by the schema: {said}"


def verdict(answer: requests.Response, named: str, may_conflict: bool) -> str:
    if answer.ok or (may_conflict and answer.status_code == 409):
        return "accepted"
    problem = answer.json()
    if answer.status_code == 400 and any(is_about(field_of(error), named) for error in problem.get("errors", ())):
        return "refused"
    said = problem.get("error", "")  # in InfluxDB's form
    if answer.status_code == 400 and (f'required parameter "{named}"' in said or said.startswith(f"{named} is ")):
        return "refused"
    return f"{answer.status_code} {problem.get('detail') or problem.get('error')} {problem.get('errors')}"


def field_of(error: dict[str, Any]) -> str:
    """Where an error is in the whole body: bulk calls name the item by its index if the body is no list."""
    field = UNFORMED.sub("", str(error["field"]))
    if field.startswith("["):
        return field
    return f"items[{error['index']}].{field}" if "index" in error else field


def is_about(field: str, named: str) -> bool:
    """Whether an error about `field` is one about the value: the same, around it, or missing in it.

    Errors in drawings name their place from the drawing on.
    """
    if field == "":
        return False
    return any(
        one == other or other.startswith((f"{one}.", f"{one}["))
        for place in (field, f"drawing.{field}")
        for one, other in ((place, named), (named, place))
    )


@pytest.mark.parametrize(
    ("field", "named", "expected"),
    [
        ("name", "name", True),
        ("states", "states.0", True),
        ("placements[0].id", "drawing.placements[0].id", True),
        ("width", "drawing", True),
        ("slug", "adopt_disk", False),
        ("name", "names", False),
        ("", "name", False),
    ],
)
def test_a_refusal_is_about_a_value_if_it_names_it(field: str, named: str, expected: bool) -> None:
    assert is_about(field, named) is expected


def test_most_operations_are_asked() -> None:
    assert len(json_schemas()) >= 40
    assert len(query_parameters()) >= 30
    assert sum(len(empty_values(each.node)) for listed in tried().values() for each in listed) >= 1_200
