"""When versions show what: compared with asking each moment which version is valid."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog.models import DrawnPeriod, Link
from twin.derivation.timeline import Shown, in_order, periods_of
from twin.models import VersionInfo
from twin.versions import valid_at

AB, BC = Link("A", "B", "water"), Link("B", "C", "water")


def test_consecutive_versions_that_show_it_are_one_period() -> None:
    shown = [Shown(1, 0, frozenset({AB})), Shown(2, 10, frozenset({AB, BC})), Shown(3, 20, frozenset({BC}))]
    assert periods_of("d1", shown) == {AB: [DrawnPeriod("d1", 1, 0, 20)], BC: [DrawnPeriod("d1", 2, 10, None)]}


def test_what_was_removed_and_came_back_has_two_periods() -> None:
    shown = [Shown(1, 0, frozenset({AB})), Shown(2, 10, frozenset()), Shown(3, 20, frozenset({AB}))]
    assert periods_of("d1", shown) == {AB: [DrawnPeriod("d1", 1, 0, 10), DrawnPeriod("d1", 3, 20, None)]}


def test_of_versions_with_one_beginning_the_newest_is_valid() -> None:
    versions = [
        VersionInfo(number, valid_from, "", "", 0) for number, valid_from in ((1, 0), (2, 50), (3, 50), (4, 20))
    ]
    assert [version.version for version in in_order(versions)] == [1, 4, 3]


@given(st.lists(st.tuples(st.integers(0, 6), st.frozensets(st.sampled_from((AB, BC)))), min_size=1, max_size=8))
def test_at_every_moment_it_is_what_the_version_of_that_moment_shows(
    published: list[tuple[int, frozenset[Link]]],
) -> None:
    """In whatever order versions were published, also for the past."""
    versions = [VersionInfo(number, valid_from, "", "", 0) for number, (valid_from, _) in enumerate(published, 1)]
    links = {number: shown for number, (_, shown) in enumerate(published, 1)}
    periods = periods_of("d1", [Shown(v.version, v.valid_from, links[v.version]) for v in in_order(versions)])
    for at in range(-1, 8):
        valid = valid_at(versions, at)
        assert {
            link
            for link, drawn in periods.items()
            for period in drawn
            if period.valid_from <= at and (period.valid_to is None or at < period.valid_to)
        } == (links[valid.version] if valid else frozenset())
