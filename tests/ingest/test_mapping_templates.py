"""Templates of mapping rules: what they match, what they are refused for, that they are linear, what is remembered."""

from __future__ import annotations

import re
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mapping.compiled import CompiledMapping
from ingest.mapping.models import MappingDraft, Rule
from ingest.mapping.templates import Template

MATCHES = [
    ("cpu", "cpu", {}),
    ("cpu", "cpus", None),
    ("{all}", "a/b c", {"all": "a/b c"}),
    ("{all}", "", None),
    ("plant/{site}/{device}/temp", "plant/hall_2/tt-1/temp", {"site": "hall_2", "device": "tt-1"}),
    ("plant/{site}/{device}/temp", "plant/hall_2/a/b/temp", None),
    ("plant/{site}/{rest*}", "plant/hall_2/a/b/temp", {"site": "hall_2", "rest": "a/b/temp"}),
    ("{a}-{b}", "x-y-z", {"a": "x", "b": "y-z"}),
    ("usage_{what}", "usage_", None),
    ("{a}.{b}.pv", "x.y.z.pv", {"a": "x", "b": "y.z"}),
    ("{a}x", "xx", {"a": "x"}),
    ("{a}x", "x", None),
]


@pytest.mark.parametrize(("template", "text", "parts"), MATCHES)
def test_a_template_names_the_parts_of_a_text(template: str, text: str, parts: dict[str, str] | None) -> None:
    assert Template(template).match(text) == parts


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{a}{b}", "side by side"),
        ("{a}/{a}", "twice"),
        ("{A}", "{name}"),
        ("{a", "{name}"),
        ("}", "{name}"),
        ("{a*}/x", "at the end"),
        ("x" * 201, "200"),
        ("/".join(f"{{p{k}}}" for k in range(11)), "10"),
    ],
)
def test_a_template_that_is_ambiguous_is_refused(template: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        Template(template)


literals = st.text("ab-./", max_size=3)


@given(st.lists(literals, min_size=2, max_size=5), st.text("ab-./", max_size=14))
def test_it_matches_what_an_expression_that_backtracks_would(pieces: list[str], text: str) -> None:
    inner = [piece or "-" for piece in pieces[1:-1]]
    pieces = [pieces[0], *inner, pieces[-1]]
    template = Template("".join(f"{piece}{{p{k}}}" for k, piece in enumerate(pieces[:-1])) + pieces[-1])
    parts = template.match(text)
    anything = ".+?" if pieces == ["", ""] else "[^/]+?"
    slow = re.fullmatch(
        "".join(f"{re.escape(piece)}({anything})" for piece in pieces[:-1]) + re.escape(pieces[-1]), text
    )
    if parts is not None:
        assert template.fill(parts) == text
        assert slow is not None
    elif "/" not in "".join(pieces):
        assert slow is None


def test_a_hostile_text_costs_no_more_than_its_length() -> None:
    template = Template("-".join(f"{{p{k}}}" for k in range(10)) + "!")
    started = time.process_time()
    assert template.match("a-" * 500_000) is None
    assert template.match("-" * 1_000_000 + "!") is not None
    assert time.process_time() - started < 2


@pytest.mark.parametrize(("count", "length"), [(1_000, 60_000), (5_000, 7_000)])
def test_what_is_remembered_of_series_is_bounded_in_bytes(count: int, length: int) -> None:
    mapping = CompiledMapping(MappingDraft(rules=[Rule(name="m", site="s", sensor="{k}", tags={"k": "{k}"})]))
    tracemalloc.start()
    try:
        for k in range(count):
            assert mapping.match("influxdb", "m", {"k": str(k).zfill(length)}, "x") is not None
        assert tracemalloc.get_traced_memory()[0] < 20_000_000
    finally:
        tracemalloc.stop()
