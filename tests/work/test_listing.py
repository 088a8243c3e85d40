"""Lists of cases: filters, order and counts."""

from __future__ import annotations

from tests.work.cases import DAY, HOUR, T, case
from work.cases.csv_export import csv_text
from work.cases.listing import NOBODY, Filters, listed
from work.cases.models import Case, CaseStep
from work.fields import Person

ANNA = Person(id="m2222222222", name="Anna")


def closed(number: int, ended: int, state: str = "done") -> Case:
    steps = [CaseStep(at=T, state="open", by=""), CaseStep(at=ended, state=state, by="")]  # type: ignore[arg-type]
    return case(number, state=state, ended=ended, steps=steps)


def numbers(cases: list[Case], filters: Filters = Filters(), now: int = T + DAY) -> list[int]:
    return [each.number for each in listed(cases, filters, now)[0]]


def test_open_cases_come_first_the_overdue_before_others() -> None:
    cases = [
        closed(1, T + 1), closed(2, T + 2), case(3, priority=1), case(4, priority=2, due=T + HOUR),
        case(5, priority=1, due=T + 9 * DAY), case(6, priority=2, due=T + 2 * HOUR),
    ]  # fmt: skip
    assert numbers(cases) == [4, 6, 5, 3, 2, 1]


def test_filters_and_counts() -> None:
    cases = [
        case(1, due=T), case(2, state="in_progress", assigned=ANNA, asset="a2", kind="retrofit"), closed(3, T + 1),
        closed(4, T + 2, "cancelled"), case(5, title="Oil leak", asset=None),
    ]  # fmt: skip
    assert numbers(cases, Filters(states=frozenset({"open"}))) == [1, 5]
    assert numbers(cases, Filters(overdue=True)) == [1]
    assert numbers(cases, Filters(assets=frozenset({"a2", "a9"}))) == [2]
    assert numbers(cases, Filters(assigned=ANNA.id)) == [2]
    assert numbers(cases, Filters(assigned=NOBODY, states=frozenset({"open"}))) == [1, 5]
    assert numbers(cases, Filters(words=("oil", "#5"))) == [5]
    assert numbers(cases, Filters(kinds=frozenset({"retrofit"}))) == [2]
    counts = listed(cases, Filters(states=frozenset({"done"})), T + DAY)[1]
    assert (counts.open, counts.in_progress, counts.done, counts.cancelled) == (2, 1, 1, 1)
    assert (counts.overdue, counts.unassigned) == (1, 2)


def test_cases_of_a_site_and_of_none() -> None:
    cases = [case(1), case(2, site=""), case(3, site="p2")]
    assert numbers(cases) == [1, 2, 3]
    assert numbers(cases, Filters(site="p2")) == [3] and numbers(cases, Filters(site=None)) == [2]


def test_a_csv_cell_is_never_a_formula() -> None:
    lines = csv_text([case(1, title='=HYPERLINK("x")', due=T)]).splitlines()
    assert lines[0].startswith("number,title,kind,state") and lines[1].startswith("1,\"'=HYPERLINK")
    assert "2026-03-14T12:00:00.000Z" in lines[1]
