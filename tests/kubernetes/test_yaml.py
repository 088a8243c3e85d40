"""YAML that we write means the same in 1.1 (Flux, Helm, kubectl) and 1.2, and ambiguous YAML of others is reported."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tenants.drivers.kubernetes.yaml import dump, is_misread, is_plain

# Each is something else than this text to one parser or another: to YAML 1.1 as PyYAML has it, to Go's, or to 1.2.
MISREAD = """
    On on ON no No NO yes Yes y Y n N off OFF true True TRUE false null Null NULL ~ 1e3 1E3 +1 1e+3 1. .5 -.5 0x10 0X1F
    010 0o10 0b11 1_000 1_0.5 2001-01-01 2001-1-1 2001-12-14T21:59:43.10-05:00 12:30 12:30:45 1:30.5
    .inf -.INF +.inf .nan .NaN
    = << 00 -0x1 -1_0
""".split()  # noqa: SIM905
PARTS = st.sampled_from(
    [*MISREAD, "-", ":", "#", " ", "'", '"', "!", "&", "*", "a", "e", "0", "\n", "%", "\u2028", "é"]
)
TEXTS = st.one_of(st.sampled_from(MISREAD), st.lists(PARTS, max_size=4).map("".join), st.text(max_size=12))


@given(
    st.dictionaries(TEXTS, st.one_of(TEXTS, st.lists(TEXTS, max_size=3), st.integers(-(10**9), 10**9), st.booleans()))
)
def test_both_parsers_read_back_any_text(value: dict[str, Any]) -> None:
    try:
        text = dump(value)
        text.encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair: no text at all
    assert YAML(typ="safe", pure=True).load(text) == value
    assert yaml.safe_load(text) == value


@pytest.mark.parametrize("word", MISREAD)
def test_a_misread_word_is_quoted_and_known(word: str) -> None:
    assert dump({"name": word}) == f'name: "{word}"\n'
    assert is_misread(word) or word in ("true", "false", "null", "~")


@given(st.one_of(st.sampled_from(MISREAD), st.from_regex(r"[-+.0-9xobeEyYnNoOfF_:TZ]{1,10}", fullmatch=True)))
def test_texts_not_reported_as_misread_are_equal_to_both_parsers(word: str) -> None:
    """Only where both parsers take it without quotes at all."""
    if is_misread(word):
        return
    try:
        one, other = yaml.safe_load(word), YAML(typ="safe", pure=True).load(word)
    except Exception:
        return  # no plain text
    assert (one, type(one)) == (other, type(other))


@pytest.mark.parametrize("word", ["Acme", "pt-t4k2m9q4xwa", "plantrace.io/slug", "/spec/resources", "InfluxDB_1.8"])
def test_words_stay_as_people_write_them(word: str) -> None:
    assert is_plain(word) and not is_misread(word)
    assert dump([word]) == f"  - {word}\n"


@pytest.mark.parametrize("word", ["10m", "20Gi", "1.4.0", "true", "5", "0.5", "-3", "v1", "a:b"])
def test_unambiguous_texts_need_no_quotes(word: str) -> None:
    assert not is_misread(word)
