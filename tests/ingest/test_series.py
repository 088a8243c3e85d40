"""How many series there are, what creates them, and when the limit is reached."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from ingest.series.counting import ALL, DAY_S, SITE, record_series
from ingest.series.queries import DAYS, series_growth, warning_of
from ingest.series.trend import days_until, slope
from kernel.tenancy import Limits, TenantConnection
from stores.redis.series_points import KNOWN, NEW
from tests.conftest import ClientFor
from tests.ingest.mapping_world import T, forget, map_by, rule, write
from web.stores import streams


@pytest.fixture
def tenant(acme: TenantConnection) -> TenantConnection:
    forget(acme)
    redis: Any = streams()._redis
    for part in (KNOWN, NEW):
        for key in redis.scan_iter(match=f"{acme.prefix}{part}*"):
            redis.delete(key)
    bulk_upsert(acme, "sites", [{"slug": slug, "name": slug, "timezone": "UTC"} for slug in ("harbour", "mill")])
    return acme


@pytest.fixture
def viewer(acme: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("viewer", acme)


def shown(client: Client) -> dict[str, Any]:
    response = client.get("/api/v1/series")
    assert response.status_code == 200, response.content
    return dict(response.json())


def keep_past(tenant: TenantConnection, totals: dict[int, int]) -> int:
    """The totals of so many days ago. The time now, in ms."""
    now_s = int(time.time())
    (harbour, _) = sorted(snapshot_of(tenant).sites.values(), key=lambda site: site.slug)
    for ago, total in totals.items():
        streams().series_points.keep(tenant.prefix, now_s // DAY_S - ago, {ALL: total, SITE + harbour.id: total})
    return now_s * 1000


def test_new_series_are_counted_by_site_source_and_rule(
    tenant: TenantConnection, viewer: Client, rival: TenantConnection, client_for: ClientFor
) -> None:
    map_by(tenant, unmatched="create", rules=[rule("plant/{site}/{device}", "{site}", "{device}.{field}")])
    wide = [f"plant/harbour/P-{k} pressure=4.5,speed={k} {T}" for k in range(3)]
    write(tenant, *wide, f"mill,sensor=TT-9 value=1 {T}")
    write(tenant, f"plant/harbour/P-1 pressure=4.6 {T + 1}")  # a known one
    found = shown(viewer)
    assert (found["known"], found["limit"]) == (7, tenant.limits.sensors)
    assert [(each["slug"], each["known"], each["days"][-1]) for each in found["sites"]] == [
        ("harbour", 6, 6),
        ("mill", 1, 1),
    ]
    assert [(each["name"], each["grown"], each["days"][-1]) for each in found["sources"]] == [("influxdb", 7, 7)]
    label = "plant/{site}/{device} → {site}/{device}.{field}"
    assert [(each["name"], each["grown"]) for each in found["rules"]] == [(label, 6)]
    assert found["days"][:-1] == [None] * (DAYS - 1) and found["per_day"] is None and found["warning"] == ""
    theirs = shown(client_for("viewer", rival))
    assert label not in {each["name"] for each in theirs["rules"]}


def test_the_day_is_kept_as_it_was_last_seen(tenant: TenantConnection) -> None:
    today = int(time.time()) // DAY_S
    for tags in (["A-1"], ["A-2", "A-3"]):
        bulk_upsert(tenant, "sensors", [{"site": "mill", "tag": tag, "name": tag} for tag in tags])
        record_series(tenant, today * DAY_S)
        record_series(tenant, today * DAY_S + 60)
    mill = snapshot_of(tenant).site("mill")
    assert mill is not None
    assert streams().series_points.known(tenant.prefix, [today]) == [{ALL: 3, SITE + mill.id: 3}]


def test_only_the_largest_sites_are_kept(tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.series.counting.MAX_SITES", 1)
    tags = [("mill", "A-1"), ("harbour", "B-1"), ("harbour", "B-2")]
    bulk_upsert(tenant, "sensors", [{"site": site, "tag": tag, "name": tag} for site, tag in tags])
    now_s = int(time.time())
    record_series(tenant, now_s)
    harbour = snapshot_of(tenant).site("harbour")
    assert harbour is not None
    assert streams().series_points.known(tenant.prefix, [now_s // DAY_S]) == [{ALL: 3, SITE + harbour.id: 2}]
    assert [each.slug for each in series_growth(tenant, now_s * 1000).sites] == ["harbour"]


def test_a_warning_comes_before_the_limit_is_reached(tenant: TenantConnection, viewer: Client) -> None:
    bulk_upsert(tenant, "sensors", [{"site": "harbour", "tag": f"A-{k}", "name": "A"} for k in range(20)])
    now = keep_past(tenant, {ago: 20 - ago for ago in range(1, 11) if ago != 4})  # nobody looked on one day
    near = series_growth(replace(tenant, limits=Limits(sensors=45)), now)
    assert near.per_day == 1.0 and near.limit_at == now + 25 * DAY_S * 1000
    assert "20 of 45 series exist, and at the present rate the limit is reached in 25 days" in near.warning
    assert (near.sites[0].slug, near.sites[0].grown) == ("harbour", 7)
    assert near.days[-5] is None and near.sites[0].days[-5] is None
    far = shown(viewer)
    assert far["warning"] == "" and far["limit_at"] is None, "19,980 days are too far away to be foretold"


@pytest.mark.parametrize(
    ("known", "left", "says"),
    [
        (79, None, ""),
        (79, 31.0, ""),
        (80, None, "80 of 100 series exist. Delete"),
        (10, 30.0, "reached in 30 days"),
        (99, 0.4, "reached in a day"),
        (100, 0.0, "All 100 series that the limit allows exist"),
    ],
)
def test_the_warning_says_how_near_the_limit_is(known: int, left: float | None, says: str) -> None:
    warning = warning_of(known, 100, left)
    assert says in warning and bool(says) == bool(warning)


def test_a_jump_does_not_change_the_trend() -> None:
    steady = [(day, 100 + 3 * day) for day in range(30)]
    assert slope(steady) == 3
    for known in (4, 14, 30):
        for at in range(1, known):
            jump = [(day, number + (5_000 if day >= at else 0)) for day, number in steady[:known]]
            assert slope(jump) == 3, "wherever it is"
    weekly = slope([(day, 70 * (day // 7)) for day in range(30)])
    assert weekly is not None and 9 < weekly < 11, "several alike are the rule"
    assert slope(steady[:2]) is None
    assert slope([(day, 7) for day in range(30)]) == 0


def test_the_limit_is_reached_only_by_what_grows() -> None:
    assert days_until(100, 40, 3.0) == 20
    assert days_until(100, 40, 0.0) is days_until(100, 40, -1.0) is days_until(100, 40, None) is None
    assert days_until(100, 100, None) == 0
