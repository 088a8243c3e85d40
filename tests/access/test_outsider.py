"""Nobody can access another tenant. Generated from the URL patterns: an endpoint that is in none of the tables fails.

The outsider is an admin of a tenant of their own, which has objects of every kind, too. For each endpoint that names an
object, the victim's own users get a response (so the request is valid), and the outsider gets 404 for every method.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from access import operations
from kernel.tenancy import TenantConnection
from tests.access.conftest import bearer
from tests.access.references import REFERENCES
from tests.access.routes import Route, routes, schema
from tests.access.tables import LISTS, NAMED, NOTHING_OF_A_TENANT, OPERATORS
from tests.access.world import World, make_world, send
from web.views import mark_of

pytestmark = pytest.mark.django_db


@dataclass
class Meeting:
    victim: World
    outsider: World


@pytest.fixture
def meeting(acme: TenantConnection, rival: TenantConnection, tenant_rows: dict[str, Any]) -> Meeting:
    """acme is the victim; the outsider is an admin of rival."""
    return Meeting(make_world(acme, tenant_rows["acme"]), make_world(rival, tenant_rows["rival"]))


def by_name() -> dict[str, Route]:
    return {route.name: route for route in routes()}


def test_every_address_is_in_a_table() -> None:
    known = set(NAMED) | LISTS | set(REFERENCES) | OPERATORS | set(NOTHING_OF_A_TENANT)
    found = set(by_name())
    assert found - known == set(), "say in tests/access/tables.py what tenant's object these addresses name"
    assert known - found == set(), "these addresses are gone"


def test_every_argument_of_an_address_names_something_in_the_tables() -> None:
    free = OPERATORS | {"invitation"}
    for name, route in by_name().items():
        if "{" in route.path and name not in free:
            assert name in NAMED, f"{route.path} takes an argument, so it names an object"


# What the object's state does not allow yet.
NOT_YET = {(name, 409) for name in ("import-start", "import-undo", "correction-start", "correction-undo")}
NOT_YET.add(("schematic-publish", 409))
NOT_YET.add(("own-command-acknowledge", 403))  # nobody is that device
NOT_YET.add(("event-table-rows", 409))  # which revision it replaces is in a header


def test_another_tenants_object_is_404_for_every_method(meeting: Meeting) -> None:
    victim, wrong = meeting.victim, []
    strangers = outsiders(meeting.outsider)
    for name, verb, path, body in requests(victim):
        for who, client in strangers.items():
            response = send(client, verb.upper(), path, body)
            if response.status_code != 404 or leaked(response, victim, path):
                wrong.append(f"{who}: {verb} {name}: {response.status_code} {response.content[:200]!r}")
    assert wrong == []


def test_the_same_requests_work_for_the_victim_s_own_people(meeting: Meeting) -> None:
    wrong = []
    for name, verb, path, body in requests(meeting.victim):
        response = send(meeting.victim.client, verb.upper(), path, body)
        if response.status_code >= 300 and (name, response.status_code) not in NOT_YET:
            wrong.append(f"{verb} {name}: {response.status_code} {response.content[:300]!r}")
    assert wrong == []


def test_requests_by_outsiders_change_nothing(meeting: Meeting) -> None:
    victim = meeting.victim
    before, strangers = readings(victim), outsiders(meeting.outsider)
    for _, verb, path, body in requests(victim):
        for client in strangers.values():
            send(client, verb.upper(), path, body)
    for _, verb, path, body in references(victim):
        send(meeting.outsider.client, verb.upper(), path, body)
    assert readings(victim) == before


def test_naming_another_s_tenant_is_404_at_every_address(meeting: Meeting) -> None:
    """Also for one's own objects, and in lists: the named tenant does not exist for the caller."""
    wrong, slug = [], meeting.victim.tenant.slug
    for name, route in by_name().items():
        if name in NOTHING_OF_A_TENANT or name == "session":
            continue
        path = address(route, meeting.outsider, "")
        for verb in route.verbs:
            for headers in ({"X-Plantrace-Tenant": slug}, {"Host": f"{slug}.localhost"}):
                response = meeting.outsider.client.generic(
                    verb.upper(), path, b"{}", "application/json", headers=headers
                )
                if response.status_code != 404:
                    wrong.append(f"{verb} {name} {headers}: {response.status_code} {response.content[:120]!r}")
            response = send(meeting.outsider.client, verb.upper(), f"{path}?tenant={slug}", {})
            if response.status_code != 404:
                wrong.append(f"{verb} {name} ?tenant: {response.status_code} {response.content[:120]!r}")
    assert wrong == []


def test_lists_contain_nothing_of_another_tenant(meeting: Meeting) -> None:
    wrong = []
    for name in sorted(LISTS):
        route = by_name()[name]
        response = meeting.outsider.client.get(route.path + declared(route, "get", "?limit=1000"))
        own = [word for word in meeting.outsider.words if word.encode() in response.content]
        if response.status_code != 200 or leaked(response, meeting.victim):
            wrong.append(f"{name}: {response.status_code} {response.content[:200]!r}")
        if name not in ("session", "units") and not own:
            wrong.append(f"{name}: holds nothing of the outsider's own either, so it proves nothing")
    assert wrong == []


def test_a_reference_to_another_tenants_object_is_not_found(meeting: Meeting) -> None:
    wrong = []
    for name, verb, path, body in references(meeting.victim):
        response = send(meeting.outsider.client, verb.upper(), path, body)
        listed = verb == "get" and response.status_code == 200 and json.loads(response.content).get("results") == []
        if not listed and response.status_code not in (400, 404):
            wrong.append(f"{verb} {name}: {response.status_code} {response.content[:200]!r}")
        if leaked(response, meeting.victim, path, body):
            wrong.append(f"{verb} {name} tells something: {response.content[:200]!r}")
    assert wrong == []


def test_operator_endpoints_reveal_nothing_to_others(meeting: Meeting) -> None:
    for name in OPERATORS:
        route = by_name()[name]
        for verb in route.verbs:
            responses = [
                send(meeting.outsider.client, verb.upper(), route.path.format(slug=slug, id=slug, name=slug), {})
                for slug in (meeting.victim.tenant.slug, "nobody")
            ]
            assert [response.status_code for response in responses] == [403, 403], f"{verb} {name}"
            assert responses[0].content == responses[1].content


def test_anonymous_callers_reach_only_public_endpoints(meeting: Meeting) -> None:
    wrong = []
    for name, route in by_name().items():
        for verb in route.verbs:
            if is_public(route, verb):
                continue
            response = send(Client(), verb.upper(), address(route, meeting.victim, ""), {})
            if response.status_code != 401:
                wrong.append(f"{verb} {name}: {response.status_code}")
    assert wrong == []


def test_exactly_the_intended_views_are_public() -> None:
    public = {name for name, route in by_name().items() if any(is_public(route, verb) for verb in route.verbs)}
    assert public == {
        "session", "login", "password-reset", "password-reset-confirm", "invitation", "ping", "health", "ready",
        "healthz", "readyz", "schema",
    }  # fmt: skip


def test_a_viewer_changes_nothing(meeting: Meeting) -> None:
    """And neither does a read-only token, whoever owns it."""
    viewer = operations.create_user("vera", "correct horse battery staple")
    operations.ensure_membership(viewer, meeting.victim.row, "viewer")
    clients = {
        "viewer": bearer(operations.create_login_token(viewer)[1]),
        "read token of an admin": read_only(meeting.victim),
    }
    harmless = {
        "samples-query",
        "runs-overlay",
        "rule-backtest",
        "notification-preview",
        "push-subscriptions",
        "push-subscription",
        "calculated-check",
        "dexpi-export",
        "query",
        "me",
        "my-password",
        "logout",
        "session",
        "tokens",
        "token",
    }  # one's own, or reading
    wrong = []
    for name, route in by_name().items():
        for verb in set(route.verbs) - {"get"}:
            if name in harmless or is_public(route, verb):
                continue
            for who, client in clients.items():
                response = send(client, verb.upper(), address(route, meeting.victim, ""), {})
                if response.status_code != 403:
                    wrong.append(f"{who}: {verb} {name}: {response.status_code} {response.content[:120]!r}")
    assert wrong == []


def test_an_operator_without_membership_sees_tenants_but_no_data(meeting: Meeting) -> None:
    olga = operations.create_user("olga", "correct horse battery staple", operator=True)
    wrong = []
    for client in (
        bearer(operations.create_login_token(olga)[1]),
        bearer(operations.create_token(olga, None, ["operate"], "pipeline")),
    ):
        for name, verb, path, body in requests(meeting.victim):
            joined = f"{path}{'&' if '?' in path else '?'}tenant={meeting.victim.tenant.slug}"
            for address_ in (path, joined):
                response = send(client, verb.upper(), address_, body)
                if response.status_code not in (400, 403, 404) or leaked(response, meeting.victim, address_):
                    wrong.append(f"{verb} {name}: {response.status_code} {response.content[:120]!r}")
    assert wrong == []


def test_verbs_that_the_schema_does_not_name_are_405(meeting: Meeting) -> None:
    wrong = []
    for name, route in by_name().items():
        for verb in {"get", "post", "put", "patch", "delete"} - set(route.verbs):
            if name in OPERATORS:
                continue
            response = send(meeting.victim.client, verb.upper(), address(route, meeting.victim, ""), {})
            if response.status_code != 405:
                wrong.append(f"{verb} {name}: {response.status_code} {response.content[:120]!r}")
    assert wrong == []


def outsiders(world: World) -> dict[str, Client]:
    """The ways in which a user of another tenant may send a request."""
    admin = operations.create_user("second-admin", "correct horse battery staple")
    operations.ensure_membership(admin, world.row, "admin")
    named = operations.create_token(admin, world.row, ["read", "write", "ingest"], "named")
    return {"signed in": world.client, "by a named token": bearer(named)}


def read_only(world: World) -> Client:
    admin = operations.create_user("reading-admin", "correct horse battery staple")
    operations.ensure_membership(admin, world.row, "admin")
    return bearer(operations.create_token(admin, world.row, ["read"], "reader"))


def requests(world: World) -> Iterator[tuple[str, str, str, Any]]:
    """Every valid request to an endpoint that names an object of this tenant: name, method, path, body."""
    order = list(NAMED)
    for names, deleting in ((order, False), (order[::-1], True)):
        for name in names:
            route, named = by_name()[name], NAMED[name]
            for verb in sorted(route.verbs, key=["get", "patch", "put", "post", "delete"].index):
                if (verb == "delete") is deleting:
                    body = named.bodies.get(verb, lambda world: None)(world)
                    yield name, verb, address(route, world, declared(route, verb, named.query)), body


def references(world: World) -> Iterator[tuple[str, str, str, Any]]:
    for name, cases in REFERENCES.items():
        for verb, query, body in cases:
            yield name, verb, by_name()[name].path + query.format(tenant=world.tenant.slug, **world.ids), body(world)


def declared(route: Route, verb: str, query: str) -> str:
    """The part of a query that this method accepts; each rejects what it does not declare."""
    parameters = schema()["paths"][route.path][verb].get("parameters", ())
    names = {each["name"] for each in parameters if each["in"] == "query"}
    kept = [part for part in query.removeprefix("?").split("&") if part.partition("=")[0] in names]
    return f"?{'&'.join(kept)}" if kept else ""


def address(route: Route, world: World, query: str) -> str:
    named = NAMED.get(route.name)
    missing = {"slug": "nobody", "token": "none", "id": "none", "name": "none", "file": "none"}
    values = (
        {
            "version": "1",
            "name": world.ids["attachment"],
            "runs": world.ids["runs"],
            "file": world.ids["case_file" if route.name == "case-file" else "annotation_file"],
            named.argument: world.ids[named.object],
        }
        if named
        else missing
    )
    return route.path.format(**values) + query.format(**world.ids)


def readings(world: World) -> dict[str, Any]:
    """What the victim's users see of every object."""
    seen = {}
    for name, verb, path, _ in requests(world):
        if verb == "get" and name not in ("schematic-frame", "schematic-playback"):  # they tell the present
            response = send(world.client, "GET", path)
            assert response.status_code == 200, f"{path}: {response.content!r}"
            seen[path] = response.content
    for name in ("sites", "areas", "assets", "sensors", "connections", "schematics", "members", "invitations"):
        seen[name] = send(world.client, "GET", f"/api/v1/{by_name()[name].path.removeprefix('/api/v1/')}").content
    return seen


def leaked(response: Any, victim: World, *expected: Any) -> list[str]:
    """The victim's words in a response that were not in the request."""
    echoed = json.dumps([str(part) for part in expected])
    return [word for word in victim.words if word.encode() in response.content and word not in echoed]


def is_public(route: Route, verb: str) -> bool:
    return bool(mark_of(route.view, verb, "public"))
