"""What Grafana, shells and client libraries send: equal to a real InfluxDB, or refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.sources.influxdb.query.errors import Unsupported
from kernel.errors import PlantraceError
from tests.ingest.influxql.random_statements import random_statement
from tests.ingest.influxql.world import NS, Beside, differences
from tests.properties import examples

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
CASES = (HERE / "cases.txt").read_text().splitlines()
WORK = [line[2:] for line in CASES if line.startswith("+ ")]
REFUSED = [line[2:] for line in CASES if line.startswith("- ")]
EQUAL = [line for line in (HERE / "equal.txt").read_text().splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("statement", WORK)
def test_a_statement_gives_what_influxdb_gives(beside: Beside, statement: str) -> None:
    assert differences(beside.ours(statement), beside.theirs(statement)) == ""


@pytest.mark.parametrize("statement", REFUSED)
def test_a_statement_is_refused_with_the_nearest_form(beside: Beside, statement: str) -> None:
    with pytest.raises(PlantraceError) as told:
        beside.ours(statement)
    assert isinstance(told.value, Unsupported) or told.value.problem == "database-not-found"
    assert len(told.value.detail) > 40


def test_many_more_statements_give_what_influxdb_gives(beside: Beside) -> None:
    wrong = {}
    for statement in EQUAL:
        found = differences(beside.ours(statement), beside.theirs(statement))
        if found:
            wrong[statement] = found
    assert wrong == {}


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_random_statements_give_what_influxdb_gives(beside: Beside, chance: Random) -> None:
    statement = random_statement(chance, beside.now * 1000 // NS)
    assert differences(beside.ours(statement), beside.theirs(statement)) == "", statement
