"""Ids tell their kind, whether it has one letter or two."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import ids

ONE = {kind for name, kind in vars(ids).items() if name.isupper() and isinstance(kind, str) and kind != ids.ALPHABET}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KINDS = st.sampled_from(sorted(ONE)) | st.text(LETTERS, min_size=2, max_size=2)
IDS = KINDS.map(lambda kind: (kind, ids.new_id(kind)))


@given(IDS, KINDS)
def test_an_id_is_of_its_own_kind_only(made: tuple[str, str], other: str) -> None:
    kind, id = made
    assert ids.is_id(id, kind)
    assert ids.is_id(id, other) == (other == kind)


@given(IDS, KINDS)
def test_the_pattern_in_schemas_accepts_what_is_an_id(made: tuple[str, str], other: str) -> None:
    kind, id = made
    assert re.fullmatch(ids.pattern(other), id) is None or other == kind
    assert re.fullmatch(ids.pattern(kind), id) and re.fullmatch(ids.pattern(other, kind), id)


@pytest.mark.parametrize("text", ["", "s", "al", "s123", "sabcdefghij2", "Sabcdefghij", "sabcdefghil", "sabcdefghij\n"])
def test_what_is_no_id_of_a_kind(text: str) -> None:
    assert not ids.is_id(text, ids.SENSOR) and not ids.is_id(text, "al")


def test_ids_of_earlier_versions_are_known() -> None:
    assert ids.is_id("s7k2m9q4xwa", ids.SENSOR) and ids.is_id("n22222222zz", ids.ANNOTATION)


@pytest.mark.parametrize("kind", ["", "A", "7", "abc", "s "])
def test_a_kind_is_one_letter_or_two(kind: str) -> None:
    with pytest.raises(ValueError, match="no kind of ids"):
        ids.new_id(kind)


@given(st.integers(0, 2**64), KINDS)
def test_a_number_has_one_id_and_fifty_bits_of_it_count(number: int, kind: str) -> None:
    id = ids.id_of_number(kind, number)
    assert ids.is_id(id, kind) and id == ids.id_of_number(kind, number % 2**50)
    assert id != ids.id_of_number(kind, number ^ 1)
