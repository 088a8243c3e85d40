"""Rules as YAML: what comes back is what was written, and hostile files are refused before they cost anything."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.rules.models import (
    Applies,
    Armed,
    Deviation,
    Discrepancy,
    EventCount,
    Expression,
    Frozen,
    InState,
    Limit,
    OutOfRange,
    Override,
    Rate,
    RuleContent,
    Schedule,
    Stale,
)
from alarms.rules.yaml_files import Imported, export_text, parse
from alarms.rules.yaml_text import MAX_CHARS, InvalidYaml, dump, load

words = st.sampled_from(
    ["on", "no", "null", "~", "1", "1e3", "12:30", "2026-01-01", "0x10", "é°✓", "a: b", "#c", "- d", "{TT-1} > 3"]
)
texts = (words | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)).filter(str.strip)
numbers = st.floats(-1e12, 1e12)
positive = st.floats(0.001, 86_400)
limits = st.builds(Limit, side=st.sampled_from(["high", "low"]), limit=numbers, deadband=positive, level=texts)
triggers = st.one_of(
    limits,
    st.builds(Deviation, set_point=numbers | texts, limit=positive),
    st.builds(Rate, limit=positive, window_s=positive),
    st.builds(InState, states=st.lists(numbers | texts, min_size=1, max_size=3)),
    st.builds(Discrepancy, command=texts, within_s=positive),
    st.builds(Stale, after_s=st.floats(1, 1e6)),
    st.builds(Frozen, after_s=st.floats(1, 1e6), within=positive),
    st.builds(OutOfRange, quality=st.booleans()),
    st.builds(EventCount, event_type=texts, count=st.integers(1, 1_000), window_s=positive),
    st.builds(Expression, expression=texts),
)
schedules = st.builds(Schedule, days=st.lists(st.integers(1, 7), min_size=1, max_size=7), start=st.just("10:30"))
rules = st.builds(
    RuleContent,
    name=texts,
    applies=st.builds(
        Applies, site=st.none() | texts, sensors=st.lists(texts, max_size=3), asset_type=st.none() | texts
    ),
    trigger=triggers,
    on_delay_s=st.sampled_from([0.0, 30.0, 0.5]),
    armed=st.none() | st.builds(Armed, expression=st.none() | texts, schedule=st.none() | schedules),
    consequence=st.sampled_from(["minor", "severe"]),
    latching=st.booleans(),
    enabled=st.booleans(),
    instruction=st.just("") | texts | st.just("First line\nsecond: line\n\n  third"),
    suppressed_by=st.lists(texts, max_size=2),
    overrides=st.lists(
        st.builds(Override, target=texts, trigger=st.none() | limits, on_delay_s=st.none() | positive), max_size=2
    ),
)


@given(st.lists(rules, max_size=3))
def test_what_is_exported_is_what_is_imported(contents: list[RuleContent]) -> None:
    assert parse(export_text(contents)) == contents


def test_texts_are_in_quotes_and_what_is_as_usual_is_left_out() -> None:
    content = RuleContent(
        name="yes", applies=Applies(sensors=["on"]), trigger=Limit(side="high", limit=3.0), note="not exported"
    )
    assert export_text([content]) == (
        'format: 1\nrules:\n- name: "yes"\n  applies:\n    sensors:\n    - "on"\n'
        '  trigger:\n    kind: "limit"\n    side: "high"\n    limit: 3.0\n'
    )


def test_what_people_write_without_quotes_are_words() -> None:
    assert load("a: 10:30\nb: on\nc: 2026-01-01\nd: 012\ne: 1_000\nf: 0x10") == {
        "a": "10:30", "b": "on", "c": "2026-01-01", "d": "012", "e": "1_000", "f": "0x10",
    }  # fmt: skip
    assert load("a: 10\nb: -2.5e3\nc: true\nd: null\ne:") == {"a": 10, "b": -2500.0, "c": True, "d": None, "e": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x [1]\nb: *x", "Line 2: aliases (*name) are not taken"),
        ("a: 1\na: 2", "Line 2: “a” is there twice."),
        ("1: 2", "Line 1: a key must be a word."),
        ("[" * 21 + "]" * 21, "nested more than 20 deep"),
        ("a: [1", "The file is not YAML"),
        ("a: !!python/object/apply:os.system ['true']", "Line 1: tags (!name) are not taken"),
        ("a: 1\nb: !!bool maybe", "Line 2: tags (!name) are not taken"),
        ("a: !!timestamp x", "tags (!name) are not taken"),
        ('a: !!int ""', "tags (!name) are not taken"),
        ("a: !!set [b]", "tags (!name) are not taken"),
        ("!!map\na: b", "tags (!name) are not taken"),
        ("a: ! b", "tags (!name) are not taken"),
        ("%TAG !a! tag:yaml.org,2002:\n---\na: 1", "Line 1: directives (%TAG) are not taken"),
        ("# Rules\r%YAML 1.1\r---\ra: 1", "Line 2: directives (%YAML) are not taken"),
        ("a: \x00", "The file is not YAML"),
        ("a: 1\n---\nb: 2", "The file is not YAML"),
        ("x" * (MAX_CHARS + 1), "at most 2,000,000 are accepted"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(InvalidYaml) as refused:
        load(text)
    assert expected in refused.value.detail


def test_a_bomb_of_aliases_costs_nothing() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + k)}: &{chr(98 + k)} [{','.join(['*' + chr(97 + k)] * 9)}]\n" for k in range(20)
    )
    began = time.process_time()
    with pytest.raises(InvalidYaml):
        load(bomb)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", ["[" + "1," * 250_000 + "]", "a:\n" + "- {}\n" * 250_000, "- a: b\n" * 101_000])
def test_more_values_than_any_file_of_rules_has_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alarms.rules.yaml_text.yaml.load", lambda *_, **__: pytest.fail("it was built"))
    with pytest.raises(InvalidYaml, match="more than 200,000 values"):
        load(text)


def test_deep_nesting_is_refused_before_it_is_built() -> None:
    with pytest.raises(InvalidYaml):
        load("[" * 500_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a", "has no list `rules`"),
        ("rules: 3", "has no list `rules`"),
        ("rules: []\nrule: 1", "unknown key, rule. Did you mean “rules”?"),
        ("format: 2\nrules: []", "format is 2; 1 is understood"),
    ],
)
def test_a_file_that_is_no_list_of_rules(text: str, expected: str) -> None:
    with pytest.raises(InvalidYaml) as refused:
        parse(text)
    assert expected in refused.value.detail


def test_a_rule_that_is_not_understood_is_named_with_the_place_of_its_error() -> None:
    text = "rules:\n- name: Hot\n  applies: {sensors: [TT-1]}\n  trigger: {kind: limit, side: up, limit: 3}\n"
    [refused] = parse(text)
    assert isinstance(refused, Imported)
    assert (refused.name, refused.what) == ("Hot", "refused") and "$.trigger.side" in refused.detail


def test_unknown_members_are_refused() -> None:
    [refused] = parse("rules:\n- {name: a, applies: {sensors: [b]}, trigger: {kind: stale, after_s: 5, every: 3}}")
    assert isinstance(refused, Imported) and "every" in refused.detail


@given(
    st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    )
)
def test_plain_values_come_back(value: Any) -> None:
    assert load(dump(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        'a: !!int "' + "1:" * 80_000 + '1"',
        "".join(f"%TAG !t{number}! x\n" for number in range(20_000)) + "---\na: 1",
    ],
)
def test_what_costs_the_square_of_its_length_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidYaml):
        load(text)
    assert time.process_time() - began < 0.5


def test_a_text_may_begin_with_what_a_directive_does() -> None:
    assert load('a: "%YAML"\nb: |\n  %TAG\n  %\nc: 5 %') == {"a": "%YAML", "b": "%TAG\n%\n", "c": "5 %"}
