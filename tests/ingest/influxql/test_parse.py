"""Parsing: bounds, refusals, names, literals. No server is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.influxdb.query.columns import compute
from ingest.sources.influxdb.query.conditions import split_time
from ingest.sources.influxdb.query.errors import ParseError, Unsupported
from ingest.sources.influxdb.query.literals import parse_duration, parse_moment
from ingest.sources.influxdb.query.parse import MAX_CHARS, MAX_NESTING, MAX_STATEMENTS, parse
from ingest.sources.influxdb.query.syntax import Measurement, Pattern, Select
from ingest.sources.influxdb.query.windows import Windows
from kernel.errors import BadRequest
from stores.samples import EARLIEST_NS, LATEST_NS
from tests.isolation import ROOT

S = 10**9
WORDS = (
    "SELECT", "FROM", "WHERE", "GROUP BY", "time", "mean", "(", ")", '"value"', "'T-1'", "value", "*", "/re/", "/", ",",
    ";", "=", "=~", ">", "AND", "OR", "1", "1.5", "5m", "fill(null)", "LIMIT", "ORDER BY time DESC", "SHOW", "TAG",
    "KEYS", "DROP", "::", ".", "-", "now()", "$x", "'", '"', "\\", "\n", "--", "ü", "\x00",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=200))
def test_any_text_is_parsed_or_refused_with_a_sentence(text: str) -> None:
    try:
        parse(text)
    except BadRequest as error:
        assert len(error.detail) > 15


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM b WHERE " + " OR ".join(["c = 'x'"] * 1_400),
        "SELECT " + "- " * 8_000 + "a FROM b",
        "SELECT " + ", ".join(["a"] * 4_000) + " FROM b",
        "SELECT a FROM b WHERE c = '" + "\\'" * 8_000,
        "SELECT a FROM b WHERE c =~ /" + "(a*)*" * 3_000 + "/",
        "SELECT " + "1 + " * 4_000 + "a FROM b",
    ],
)
def test_long_texts_are_answered_without_recursion(text: str) -> None:
    assert len(text) <= MAX_CHARS
    try:
        parse(text)
    except BadRequest as error:
        assert len(error.detail) < 1_000


def test_what_is_too_much_is_refused() -> None:
    with pytest.raises(ParseError, match="characters"):
        parse("SELECT a FROM b" + " " * MAX_CHARS)
    with pytest.raises(ParseError, match="statements"):
        parse("SHOW DATABASES;" * (MAX_STATEMENTS + 1))
    with pytest.raises(ParseError, match="parentheses"):
        parse("SELECT " + "(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1) + " FROM b")
    assert parse("SELECT " + "(" * MAX_NESTING + "a" + ")" * MAX_NESTING + " FROM b")
    with pytest.raises(ParseError, match="within one another"):
        parse("SELECT " + "(" * 29 + "a" + ("+1" * 40 + ")") * 29 + " FROM b")
    for number in ("9" * 400, "9" * 400 + ".5"):
        with pytest.raises(ParseError, match="too large a number"):
            parse(f"SELECT a FROM b WHERE time > {number}")
    for duration in ("9" * 5_000 + "s", "106752d1h"):
        with pytest.raises(ParseError, match="longer than any duration"):
            parse(f"SELECT a FROM b WHERE time > now() - {duration}")
    for value in (10**400, {"integer": 10**400}, float("inf"), float("nan")):
        with pytest.raises(ParseError, match="too large"):
            parse("SELECT a FROM b WHERE a > $x", {"x": value})


def test_an_expression_as_deep_as_is_allowed_is_computed_and_remembered() -> None:
    deep = "(" * 4 + "a" + ("+1" * 48 + ")") * 4
    [statement] = parse(f"SELECT {deep} FROM b")
    assert isinstance(statement, Select)
    [output] = statement.fields
    found = compute(output.expression, lambda _: np.zeros(3), 3)
    assert found.tolist() == [192.0] * 3
    assert hash(statement) == hash(parse(f"SELECT {deep} FROM b")[0])


@pytest.mark.parametrize(
    "condition", [f"time > {9 * 10**300}", f"time < -{9 * 10**300}", "time > now() + 106000d", f"time = {10**300}.5"]
)
def test_a_moment_beyond_all_samples_is_no_error(condition: str) -> None:
    [statement] = parse(f"SELECT a FROM b WHERE {condition}")
    assert isinstance(statement, Select)
    bounds, rest = split_time(statement.condition, 10**18, UTC)
    assert rest is None
    assert (EARLIEST_NS <= bounds.first <= LATEST_NS, EARLIEST_NS <= bounds.stop <= LATEST_NS) == (True, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DROP MEASUREMENT a", "DROP MEASUREMENT is not supported"),
        ("SHOW DATABASES; KILL QUERY 5", "KILL QUERY is not supported"),
        ("SHOW SERIES CARDINALITY", "use SHOW SERIES"),
        ("SHOW TAG KEY CARDINALITY", "use SHOW TAG KEYS"),
        ("EXPLAIN SELECT a FROM b", "send the SELECT without EXPLAIN"),
        ("INSERT a value=1", "POST /write"),
        ("SELCT a FROM b", "Did you mean “SELECT”?"),
        ("SELECT a INTO c FROM b", "without INTO"),
    ],
)
def test_a_refusal_names_what_is_supported(text: str, said: str) -> None:
    with pytest.raises(Unsupported) as told:
        parse(text)
    assert said in told.value.detail


def test_an_error_says_where_it_is() -> None:
    with pytest.raises(ParseError, match=r"found FRM, expected .*FROM.* at line 2, char 1"):
        parse("SELECT value\nFRM site")


def test_names_patterns_and_paths() -> None:
    [statement] = parse('SELECT "a\\"b" FROM "db"."rp".m, "rp"./x\\/y/, db..m, "m.n"')
    assert isinstance(statement, Select)
    assert statement.sources == (
        Measurement("m", "rp", "db"), Measurement(Pattern("x/y"), "rp"), Measurement("m", "", "db"), Measurement("m.n"),
    )  # fmt: skip


@pytest.mark.parametrize(("text", "ns"), [("5m", 300 * S), ("1h30m", 5400 * S), ("2w", 1_209_600 * S), ("7µ", 7_000)])
def test_durations(text: str, ns: int) -> None:
    assert parse_duration(text) == ns


def test_moments() -> None:
    assert parse_moment("1970-01-01T00:00:01.000000001Z", UTC) == S + 1
    assert parse_moment("1970-01-02", UTC) == 86_400 * S
    assert parse_moment("1970-01-01 01:00:00", ZoneInfo("Europe/Berlin")) == 0
    assert parse_moment("1970-01-01T02:00:00+02:00", ZoneInfo("Europe/Berlin")) == 0
    assert parse_moment("yesterday", UTC) is parse_moment("2025-02-30", UTC) is None


def test_windows_of_local_days_have_23_to_25_hours() -> None:
    days = Windows(86_400 * S, 0, ZoneInfo("Europe/Berlin"))
    start, end = (parse_moment(text, UTC) for text in ("2025-03-28T23:00:00Z", "2025-10-27T23:00:00Z"))
    assert start is not None and end is not None
    bounds = days.bounds(start, end)
    hours = {(b - a) // (3600 * S) for a, b in pairwise(bounds.tolist())}
    assert hours == {23, 24, 25}
    assert all(days.window(int(t))[0] == t for t in bounds)


def test_processes_that_answer_no_query_load_neither_the_parser_nor_the_expressions() -> None:
    code = """
import sys
sys.path[:0] = ["platform", "."]
import django
django.setup()
import ingest.urls
print([name for name in ("lark", "re2") if name in sys.modules])
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, env=environment
    )
    assert done.stdout.strip() == "[]", done.stderr[-500:]
