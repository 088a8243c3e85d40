"""Which alarm follows from which, compared with a slow search over all paths."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from alarms.lists.causes import MAX_AHEAD_MS, Raised, causes, consequences
from alarms.lists.feeding import Feeding
from catalog.models import Connection
from kernel.times import HOUR, MINUTE

ASSETS = "ABCDEF"


def feeds(*pairs: str, start: int | None = None, end: int | None = None) -> list[Connection]:
    return [
        Connection(id=pair, site="s", source=pair[0], target=pair[1], valid_from=start, valid_to=end) for pair in pairs
    ]


def raised(*alarms: tuple[str, int]) -> list[Raised]:
    return [Raised(t, f"{asset}{t}", asset) for asset, t in alarms]


def test_an_alarm_follows_from_an_earlier_one_of_what_feeds_its_asset() -> None:
    assert causes(raised(("A", 1), ("B", 2)), Feeding(feeds("AB"))) == {"B2": "A1"}


def test_an_alarm_of_what_its_asset_feeds_is_no_cause() -> None:
    assert causes(raised(("B", 1), ("A", 2)), Feeding(feeds("AB"))) == {}


def test_an_alarm_raised_later_or_at_the_same_time_is_no_cause() -> None:
    assert causes(raised(("A", 2), ("B", 1), ("B", 2)), Feeding(feeds("AB"))) == {}


def test_what_was_raised_more_than_an_hour_before_is_no_cause() -> None:
    assert causes(raised(("A", 0), ("B", HOUR)), Feeding(feeds("AB"))) == {f"B{HOUR}": "A0"}
    assert causes(raised(("A", 0), ("B", HOUR + 1)), Feeding(feeds("AB"))) == {}


def test_the_cause_is_found_through_assets_without_alarms() -> None:
    assert causes(raised(("A", 1), ("D", 2)), Feeding(feeds("AB", "BC", "CD"))) == {"D2": "A1"}


def test_consequences_of_a_consequence_belong_to_the_first_cause() -> None:
    found = causes(raised(("A", 1), ("B", 2), ("C", 3), ("D", 4)), Feeding(feeds("AB", "BC", "CD")))
    assert found == {"B2": "A1", "C3": "A1", "D4": "A1"}
    assert consequences(found) == {"A1": 3}


def test_the_nearest_asset_is_the_cause_and_of_its_alarms_the_first() -> None:
    found = causes(raised(("A", 1), ("X", 2), ("X", 3), ("C", 4)), Feeding(feeds("AB", "BC", "XC")))
    assert found == {"C4": "X2"}


def test_in_a_loop_the_order_of_the_alarms_decides() -> None:
    assert causes(raised(("B", 1), ("A", 2)), Feeding(feeds("AB", "BA"))) == {"A2": "B1"}


def test_connections_count_as_they_were_when_the_alarm_was_raised() -> None:
    feeding = Feeding(feeds("AB", end=10 * MINUTE))
    assert causes(raised(("A", 1), ("B", 2)), feeding) == {"B2": "A1"}
    assert causes(raised(("A", 1), ("B", 10 * MINUTE)), feeding) == {}


@given(
    st.lists(st.tuples(st.sampled_from(ASSETS), st.integers(0, 2 * HOUR // MINUTE)), max_size=12, unique=True),
    st.lists(st.tuples(st.sampled_from(ASSETS), st.sampled_from(ASSETS)), max_size=12),
)
def test_causes_are_those_of_a_slow_search(alarms: list[tuple[str, int]], pairs: list[tuple[str, str]]) -> None:
    them = raised(*((asset, t * MINUTE) for asset, t in alarms))
    assert causes(them, Feeding(feeds(*("".join(pair) for pair in pairs)))) == slow_causes(them, pairs)


def slow_causes(alarms: list[Raised], pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for alarm in sorted(alarms):
        distances = upstream(alarm.asset, pairs)
        candidates = [
            (distances[each.asset], each.t, each.key)
            for each in alarms
            if alarm.t - MAX_AHEAD_MS <= each.t < alarm.t and each.asset in distances
        ]
        if candidates:
            cause = min(candidates)[2]
            found[alarm.key] = found.get(cause, cause)
    return found


def upstream(asset: str, pairs: list[tuple[str, str]]) -> dict[str, int]:
    seen, queue = {asset: 0}, deque([asset])
    while queue:
        here = queue.popleft()
        for source, target in pairs:
            if target == here and source not in seen:
                seen[source] = seen[here] + 1
                queue.append(source)
    del seen[asset]
    return seen
