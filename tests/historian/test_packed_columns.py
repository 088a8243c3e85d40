"""Columns are packed without loss, and give any part of themselves."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from historian.read.packed_columns import Block, joined_blocks, pack
from tests.properties import examples

ANY_FLOAT = st.floats(width=64)
DECIMALS = st.builds(
    lambda whole, scale: whole / scale, st.integers(-(10**7), 10**7), st.sampled_from([1, 10, 100, 1000])
)
COLUMNS = st.one_of(
    st.lists(ANY_FLOAT),
    st.lists(DECIMALS),
    st.lists(st.sampled_from([0.0, -0.0, 1.0, float("nan")])),
    st.builds(lambda value, count: [value] * count, ANY_FLOAT, st.integers(0, 50)),
)
DISTANCES = st.one_of(st.just([60_000_000_000] * 40), st.lists(st.integers(1, 10**13), min_size=40, max_size=40))


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """To the last bit."""
    if one.dtype != other.dtype or len(one) != len(other):
        return False
    return one.tobytes() == other.tobytes() if one.dtype != object else one.tolist() == other.tolist()


@settings(max_examples=examples(200))
@given(COLUMNS, DISTANCES, st.integers(-(2**60), 2**60), st.integers(-5, 45), st.integers(-5, 45))
def test_every_part_of_what_is_packed_is_what_it_was(
    values: list[float], distances: list[int], start: int, first: int, last: int
) -> None:
    count = min(len(values), len(distances))
    t = np.cumsum([start, *distances[1:]])[:count].astype(np.int64)
    quality, texts = np.arange(count, dtype=np.uint8) % 3, np.array([f"s{k}" for k in range(count)], object)
    block = Block(t, (np.array(values[:count], np.float64), t // 7, quality, texts, np.ones(count, np.uint8)))
    packed = pack(block)
    bounds = [int(t[min(max(place, 0), count - 1)]) + place % 2 if count else place for place in (first, last)]
    found, wanted = packed.within(bounds[0], bounds[1]), block.within(*sorted((bounds[0], max(bounds))))
    assert same(found.t, wanted.t)
    assert all(same(one, other) for one, other in zip(found.columns, wanted.columns, strict=True))
    whole = joined_blocks([block.before(bounds[0]), block.since(bounds[0])])
    assert same(whole.t, t)
    assert all(same(one, other) for one, other in zip(packed.block().columns, block.columns, strict=True))


def test_what_plants_measure_takes_a_fraction_of_the_memory() -> None:
    t, draw = np.arange(1000) * 60_000_000_000, np.random.default_rng(1)
    regular = Block(t, (np.round(20 + draw.normal(0, 3, 1000), 2), np.arange(1000, dtype=np.uint8) % 3))
    assert pack(regular).bytes == 3 * 1000, "two bytes of value, one of quality, no times"
    late = Block(t + draw.integers(0, 900, 1000) * 1_000_000, regular.columns)
    assert pack(late).bytes == 7 * 1000, "times in ms since the first"
    constant = Block(t, (regular.columns[0], np.full(1000, 2, np.uint8), np.full(1000, -0.1234567), np.full(1000, 60)))
    assert pack(constant).bytes == 2 * 1000 + 1 + 8 + 8, "a value that is always the same once"
    exact = Block(t + draw.integers(0, 900, 1000), (draw.normal(0, 3, 1000),))
    assert pack(exact).bytes == 16 * 1000


def test_what_is_packed_cannot_be_changed() -> None:
    block = pack(Block(np.array([5, 7, 20]), (np.array([0.1234567, 2.0, 3.0]),))).block()
    assert not block.columns[0].flags.writeable
