"""Reliability over HTTP."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from tests.historian.plant import write
from tests.work.cases import DAY, HOUR, T
from tests.work.conftest import MAINTENANCE, Clock, Works, open_case, send

pytestmark = pytest.mark.django_db
URL = "/api/v1/reliability"


def failed(client: Client, works: Works, tag: str, day: float, hours: float) -> dict[str, Any]:
    start = T - int(day * DAY)
    down = {"start": start, "end": start + int(hours * HOUR)}
    times = {"opened": start, "began": start, "ended": start + int(hours * HOUR)}
    return open_case(client, works, tag, failure=True, downtime=down, state="done", **times)


@pytest.fixture
def history(engineer: Client, works: Works, clock: Clock) -> None:
    """Of 100 days: four failures of P-1, ever faster, one of CH-1, and what does not count."""
    for day, hours in ((40, 2), (12, 4), (8, 6), (4, 8)):
        failed(engineer, works, "P-1", day, hours)
    failed(engineer, works, "CH-1", 50, 10)
    failed(engineer, works, "P-1", 200, 100)
    open_case(engineer, works, "P-1", kind="maintenance")
    open_case(engineer, works, "P-1", failure=True, state="cancelled", opened=T - DAY)


def ask(client: Client, query: str = "") -> dict[str, Any]:
    response = client.get(f"{URL}?from={T - 100 * DAY}&to={T}{query}")
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_of_an_asset_with_what_it_contains(viewer: Client, works: Works, history: None) -> None:
    found = ask(viewer, f"&asset={works.assets['P-1']}")
    assert (found["failures"], found["restored"], found["assets"]) == (4, 4, 1)
    assert found["downtime_h"] == 20 and found["operating_h"] == 2400 - 20
    assert found["mtbf_h"] == 2380 / 4 and found["mttr_h"] == 5
    assert found["mtbf_interval"]["low"] < found["mtbf_h"] < found["mtbf_interval"]["high"]
    assert found["mttr_interval"]["low"] < 5 < found["mttr_interval"]["high"]
    assert found["trend"]["verdict"] == "worse"
    whole = ask(viewer, f"&asset={works.assets['CH-1']}")
    assert (whole["failures"], whole["assets"], whole["downtime_h"]) == (5, 1, 30)
    assert [(row["asset"]["tag"], row["failures"]) for row in whole["rows"]] == [("P-1", 4), ("CH-1", 1)]


def test_of_a_type_by_month_of_the_site(viewer: Client, works: Works, history: None) -> None:
    found = ask(viewer, f"&type=pump&site={works.slug}")
    assert (found["failures"], found["assets"]) == (4, 2)
    assert found["mtbf_h"] == (2 * 2400 - 20) / 4
    months = found["months"]
    assert [month["failures"] for month in months] == [0, 0, 1, 3]
    assert months[0]["start"] == T - 100 * DAY and months[-1]["end"] == T
    assert all(one["end"] == other["start"] for one, other in pairwise(months))
    assert sum(month["downtime_h"] for month in months) == pytest.approx(20)


def test_of_all_that_has_cases(viewer: Client, works: Works, history: None) -> None:
    found = ask(viewer)
    assert (found["failures"], found["assets"]) == (5, 2)
    lines = viewer.get(f"{URL}?from={T - 100 * DAY}&to={T}&format=csv").content.decode().splitlines()
    assert lines[0].startswith("asset,name,type,failures,operating_h") and len(lines) == 3
    assert lines[1].startswith("P-1,Its pump,pump,4,2380.0,20.0,595.0,")


def test_without_failures_nothing_is_made_up(viewer: Client, works: Works, clock: Clock) -> None:
    found = ask(viewer, "&type=chiller")
    assert (found["mtbf_h"], found["mttr_h"], found["mttr_interval"]) == (None, None, None)
    assert found["mtbf_interval"]["high"] is None and found["trend"] == {"u": None, "verdict": "unknown"}
    nothing = ask(viewer, "&type=none")
    assert (nothing["assets"], nothing["availability"], nothing["mtbf_interval"]) == (0, None, None)


def test_a_period_ends_now_at_the_latest(viewer: Client, works: Works, clock: Clock) -> None:
    found = viewer.get(f"{URL}?to={T + 90 * DAY}").json()
    assert (found["start"], found["end"]) == (T - 365 * DAY, T)
    assert viewer.get(f"{URL}?from={T + 1}").json()["type"] == "/problems/empty-range"
    assert viewer.get(f"{URL}?from={T - 11 * 366 * DAY}").json()["type"] == "/problems/range-too-long"
    both = viewer.get(f"{URL}?asset={works.assets['P-1']}&type=pump")
    assert both.status_code == 400 and both.json()["type"] == "/problems/bad-filter"
    assert viewer.get(f"{URL}?asset=a2222222222").status_code == 404


def test_run_hours_count_where_a_plan_or_a_counter_tells_them(
    engineer: Client, viewer: Client, works: Works, acme: TenantConnection, history: None
) -> None:
    """P-1's state by its plan, P-2's own counter of hours; of CH-1 nothing is known."""
    failed(engineer, works, "P-2", 20, 5)
    start = T - 100 * DAY
    snapshot = snapshot_of(acme)
    state, counter = (snapshot.sensors[works.sensors[tag]] for tag in ("P1-STS", "P2-H"))
    days = range(100)
    on_off = [(start + day * DAY + part, value) for day in days for part, value in ((0, 1.0), (6 * HOUR, 0.0))]
    write(acme, state, on_off)
    write(acme, counter, [(start + day * DAY, 1_000.0 + 2 * day) for day in days])
    pump = f"&asset={works.assets['P-1']}"
    assert ask(viewer, pump)["basis"] == "calendar", "no plan says what counts"
    every = {"run_hours": {"hours": 2_000, "sensor": "P1-STS", "states": ["1"]}}
    plan = {"name": "Grease", "target": {"assets": [works.assets["P-1"]]}, "every": every, "begins": T}
    send(engineer, "post", MAINTENANCE, plan, 201)
    found = ask(viewer, pump)
    assert found["basis"] == "run_hours" and found["operating_h"] == pytest.approx(600, abs=7)
    assert found["mtbf_h"] == pytest.approx(found["operating_h"] / 4) and found["rows"][0]["counted_by"] == "P1-STS"
    assert sum(month["operating_h"] for month in found["months"]) == pytest.approx(found["operating_h"])
    other = ask(viewer, f"&asset={works.assets['P-2']}")
    assert (other["basis"], other["operating_h"]) == ("run_hours", pytest.approx(198, abs=2))
    whole = ask(viewer)
    assert whole["basis"] == "mixed" and whole["operating_h"] == pytest.approx(600 + 198 + 2390, abs=10)
    assert {row["asset"]["tag"]: row["basis"] for row in whole["rows"]} == {
        "P-1": "run_hours", "CH-1": "calendar", "P-2": "run_hours",
    }  # fmt: skip
    csv = viewer.get(f"{URL}?from={T - 100 * DAY}&to={T}&format=csv").content.decode().splitlines()
    assert csv[0].endswith("trend,basis,counted_by") and csv[1].endswith(",run_hours,P1-STS")
