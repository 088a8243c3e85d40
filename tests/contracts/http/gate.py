"""Generates valid and invalid requests from an operation's declaration, and checks responses against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import redis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stores.redis.limits import PREFIX
from tests.access.routes import schema
from tests.contracts.http.callers import Caller
from tests.contracts.http.known import LEAVES, Known, make_known, object_at, references
from tests.installation import Platform
from tests.properties import examples
from web.openapi import PROBLEM
from web.openapi.refusals import PROBLEM_TYPE

_PROBLEM = Draft202012Validator(PROBLEM["content"][PROBLEM_TYPE]["schema"])


def problem_has_the_one_shape(ctx: Any, response: Any, case: Any) -> None:
    """Also where an operation declares one of its own."""
    if PROBLEM_TYPE in response.headers.get("content-type", [""])[0] and response.content:
        _PROBLEM.validate(response.json())


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    problem_has_the_one_shape,
]
# Excluded, because each would end the caller's session.
DESTRUCTIVE = {
    "DELETE /api/v1/session": "signs the caller out",
    "POST /api/v1/logout": "signs the caller out",
}
schemathesis.serializer.alias("text/csv", "text/plain")
MAX_ADDRESS = 65_000
EXAMPLES = {GenerationMode.POSITIVE: examples(2), GenerationMode.NEGATIVE: examples(3)}


@dataclass
class Gate:
    """`asked`: how many requests were made, by caller and mode; `answered`: by caller and status."""

    platform: Platform
    callers: dict[str, Caller]
    known: Known = field(init=False)
    session: requests.Session = field(default_factory=requests.Session)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)

    def renew(self, kind: str = "") -> None:
        """Other objects to ask about, or another of one kind: those before may be gone or changed."""
        if kind in LEAVES:
            self.known.renew(kind)
        else:
            self.known = make_known(self.platform, self.callers["admin"])

    def ask(self, operation: Any, mode: GenerationMode) -> None:
        """Each request is sent by every caller, as generating it costs more than sending it. Raises the errors that
        schemathesis finds in a response."""
        here = object_at(operation.path, self.known)

        @settings(
            max_examples=EXAMPLES[mode],
            derandomize=True,  # the same requests in every run
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
        def run(case: Any, real: bool) -> None:
            if real:
                self._name_what_there_is(case, here)
            for caller in self.callers.values():
                self._send(case, caller, mode)

        run()

    def _send(self, case: Any, caller: Caller, mode: GenerationMode) -> None:
        self.forget_attempts()
        response = case.call(
            base_url=self.platform.url,
            session=self.session,
            headers=caller.headers,
            timeout=30,
            allow_redirects=False,  # to the live stream, which does not end
        )
        self.asked[caller.name, mode.value] += 1
        self.answered[caller.name, response.status_code] += 1
        if response.status_code == 414 and len(response.request.url) > MAX_ADDRESS:
            return  # the web server reads no such request, whatever it is about
        try:
            case.validate_response(response, checks=CHECKS, headers=caller.headers)
        except BaseExceptionGroup as failures:
            failures.add_note(f"asked by the {caller.name}")
            raise

    def summary(self) -> str:
        """Counts for people."""
        lines = []
        for name in self.callers:
            modes = ", ".join(f"{count} {mode}" for (who, mode), count in sorted(self.asked.items()) if who == name)
            statuses = ", ".join(f"{status}: {n}" for (who, status), n in sorted(self.answered.items()) if who == name)
            lines.append(f"{name}: {modes} ({statuses})")
        return f"{sum(self.asked.values())} requests\n" + "\n".join(lines)

    def _name_what_there_is(self, case: Any, here: tuple[str, str] | None) -> None:
        """Objects of the tenant, where nothing is wrong on purpose."""
        if here is not None and not case.meta.is_negative_at(ParameterLocation.PATH):
            case.path_parameters[here[0]] = here[1]
        meant = references(self.known)
        for place, values in ((ParameterLocation.BODY, case.body), (ParameterLocation.QUERY, case.query)):
            if isinstance(values, dict) and not case.meta.is_negative_at(place):
                values.update({name: value for name, value in meant.items() if name in values})

    def forget_attempts(self) -> None:
        """Each request is sent as if nobody had guessed passwords lately."""
        if keys := list(self._redis.scan_iter(f"{PREFIX}*", count=10_000)):
            self._redis.delete(*keys)

    @cached_property
    def _redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.platform.home.redis_url)


def takes_anything(operation: Any) -> bool:
    """Whether its requests can be invalid at all."""
    return bool(list(operation.iter_parameters()) or list(operation.body))


def with_plain_pairs(node: Any) -> Any:
    """Pairs of one type without `prefixItems`, which schemathesis 4.32 turns into what its own validator refuses."""
    if isinstance(node, list):
        return [with_plain_pairs(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {name: with_plain_pairs(value) for name, value in node.items() if name != "prefixItems"}
    if kinds := node.get("prefixItems"):
        assert all(kind == kinds[0] for kind in kinds), kinds
        plain["items"] = kinds[0]
    return plain


def operations() -> dict[str, Any]:
    document = schemathesis.openapi.from_dict(with_plain_pairs(schema()))
    rejection = document.config.checks.negative_data_rejection
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]  # too long to be read at all
    document.config.generation.update(with_security_parameters=False)  # who asks is the gate's to say
    found = [result.ok() for result in document.get_all_operations()]
    return {operation.label: operation for operation in found}


OPERATIONS = operations()
