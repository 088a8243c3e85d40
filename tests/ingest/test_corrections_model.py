"""Corrections against a model: a dictionary for each sensor, and every change kept as it was made."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.changes import stored as reading
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import Sample, State, World
from tests.properties import examples

START, TICKS = 1_700_000_000_000, 30
TAGS = ("TT-101", "TT-102")
Change = list[tuple[str, int, Sample | None, Sample | None]]  # tag, time, before, after


@dataclass
class Model:
    state: dict[str, State] = field(default_factory=lambda: {tag: {} for tag in TAGS})
    changes: dict[str, Change] = field(default_factory=dict)

    def do(self, id: str, wanted: dict[tuple[str, int], Sample | None]) -> None:
        self.changes[id] = []
        for (tag, t), sample in wanted.items():
            self.changes[id].append((tag, t, self.state[tag].get(t), sample))
        for (tag, t), sample in wanted.items():
            self.set(tag, t, sample)

    def undo(self, id: str) -> None:
        for tag, t, before, after in self.changes[id]:
            if self.state[tag].get(t) == after:
                self.set(tag, t, before)

    def set(self, tag: str, t: int, sample: Sample | None) -> None:
        self.state[tag].pop(t, None)
        if sample is not None:
            self.state[tag][t] = sample

    def within(self, tag: str, start: int, end: int) -> State:
        return {t: sample for t, sample in self.state[tag].items() if start <= t < end}


ticks = st.integers(0, TICKS)
samples = st.dictionaries(
    ticks.map(lambda n: START + n), st.tuples(st.integers(0, 3).map(float), st.sampled_from((0, 2))), min_size=1,
    max_size=20,
)  # fmt: skip
tags = st.sampled_from(TAGS)
spans = st.tuples(ticks, ticks).filter(lambda pair: pair[0] < pair[1])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), tags, samples),
        st.tuples(st.just("import"), tags, samples),
        st.tuples(st.just("delete"), tags, spans),
        st.tuples(st.just("shift"), tags, spans, st.integers(-12, 12).filter(bool)),
        st.tuples(st.just("swap"), spans),
        st.tuples(st.just("undo"), st.integers(0, 10)),
    ),
    min_size=2,
    max_size=8,
)


@pytest.mark.parametrize("page", [3, 100_000])
@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_sequence_of_corrections_and_undos_matches_the_model(plant: Plant, page: int, steps: list) -> None:
    world, model = World(plant), Model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "PAGE", page)
        for tag in TAGS:
            world.correct("delete", tag, start=START - 1000, end=START + 1000)
        for step in steps:
            _do(world, model, step)
            for tag in TAGS:
                assert world.stored(tag) == model.state[tag], step


def _do(world: World, model: Model, step: tuple) -> None:
    match step:
        case ("write", tag, values):
            world.write(tag, values)
            for t, sample in values.items():
                model.set(tag, t, sample)
        case ("import", tag, values):
            id = world.new_import()
            world.write(tag, values, journal=id)
            model.do(id, {(tag, t): sample for t, sample in values.items()})
        case ("delete", tag, (start, end)):
            done = world.correct("delete", tag, start=START + start, end=START + end)
            gone = model.within(tag, START + start, START + end)
            assert done.result is not None and done.result.removed == len(gone)
            model.do(done.id, {(tag, t): None for t in gone})
        case ("shift", tag, (start, end), by):
            done = world.correct("shift", tag, start=START + start, end=START + end, by_ms=by)
            moved = model.within(tag, START + start, START + end)
            wanted: dict[tuple[str, int], Sample | None] = {(tag, t): None for t in moved}
            model.do(done.id, wanted | {(tag, t + by): sample for t, sample in moved.items()})
        case ("swap", (start, end)):
            done = world.correct("swap", *TAGS, start=START + start, end=START + end)
            one, other = (model.within(tag, START + start, START + end) for tag in TAGS)
            swapped = {(TAGS[0], t): other.get(t) for t in one | other}
            model.do(done.id, swapped | {(TAGS[1], t): one.get(t) for t in one | other})
        case ("undo", number) if model.changes:
            id = list(model.changes)[number % len(model.changes)]
            if model.changes[id]:
                world.undo(id)
                model.undo(id)
