from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from demo.spans import length, merge_spans, missing, newest_first

moments = st.integers(0, 400)
spans = st.lists(st.tuples(moments, moments), max_size=12)


def seconds(of: object) -> set[int]:
    return {t for start, end in of for t in range(start, end)}  # type: ignore[attr-defined]


@given(spans)
def test_united_spans_are_the_same_time_in_order_and_apart(given_spans: list[tuple[int, int]]) -> None:
    result = merge_spans(given_spans)
    assert seconds(result) == seconds(given_spans)
    assert all(first[1] < second[0] for first, second in itertools.pairwise(result))


@given(spans, moments, moments)
def test_missing_and_covered_spans_add_up_to_the_whole(covered: list[tuple[int, int]], start: int, end: int) -> None:
    lacking = missing(covered, start, end)
    assert seconds(lacking) == set(range(start, end)) - seconds(covered)
    assert length(lacking) == len(seconds(lacking))


@given(spans, st.integers(1, 50))
def test_chunks_are_newest_first_and_complete(given_spans: list[tuple[int, int]], chunk: int) -> None:
    pieces = list(newest_first(merge_spans(given_spans), chunk))
    assert seconds(pieces) == seconds(given_spans)
    assert sum(end - start for start, end in pieces) == len(seconds(pieces))
    assert all(0 < end - start <= chunk for start, end in pieces)
    assert pieces == sorted(pieces, reverse=True)
