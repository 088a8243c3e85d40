"""Roll-outs to real local tenants: an upgrade is a restart with the release's configuration."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kernel.errors import BadRequest, Conflict, NotFound
from kernel.tenancy import TenantConnection
from runtime.home import Home
from stores.timeseries import Timeseries
from tenants import operations as tenants
from tenants import reconciler
from tenants.lifecycle import Ring
from tenants.models import Release, Rollout, RolloutMember, Tenant
from tenants.rollouts import engine, operations, queries, releases
from tenants.rollouts.machine import Gate, read_gate
from tenants.rollouts.operations import NewRollout, RollBack
from tests.tenants.conftest import MakeTenant
from tests.tenants.conftest import make_tenant as make_tenant
from web import stores

QUICK = {"soak_s": 0, "healthy_within_s": 1, "concurrency": 2}
LINE = b"p1,sensor=s1 value=1.5,quality=0i 1700000000000000000"


def release(name: str, **given: Any) -> Release:
    return releases.create(releases.NewRelease(name, **given), "olga")


def broken(name: str) -> Release:
    """One that no check of ours would let in, and that no InfluxDB starts with."""
    return Release.objects.create(name=name, settings={"snapshotColdDuration": "soon"})


def play(rollout: Rollout, rounds: int = 40) -> Rollout:
    """Run the worker until nothing more happens."""
    for _ in range(rounds):
        Tenant.objects.update(not_before=None)
        engine.advance(timezone.now())
        reconciler.reconcile()
        rollout.refresh_from_db()
        at_work = rollout.members.filter(state__in=["upgrading", "checking", "soaking", "returning"])
        if rollout.state != "running" and not at_work.exists():
            return rollout
        time.sleep(0.05)
    return rollout


def states(rollout: Rollout) -> dict[str, str]:
    return {each.tenant.slug: each.state for each in rollout.members.select_related("tenant")}


def configuration(home: Home, slug: str) -> str:
    return Path(home.path / "disks" / Tenant.objects.get(slug=slug).disk / "influxdb.conf").read_text()


@pytest.fixture
def fleet(make_tenant: MakeTenant) -> dict[str, Tenant]:
    """A tenant in each ring, and one that is pinned."""
    rings = {"first": Ring.canary, "second": Ring.early, "third": Ring.all, "pinned": Ring.all}
    made = {slug: make_tenant(slug, ring=ring) for slug, ring in rings.items()}
    tenants.change("pinned", tenants.Changes(pinned=True))
    return made


def test_a_release_reaches_ring_after_ring_and_no_sample_is_lost(fleet: dict[str, Tenant], home: Home) -> None:
    for tenant in fleet.values():
        connection = tenant.connection()
        Timeseries(connection.influx_url, connection.writer).write_lines("raw", LINE)
    release("2.0", settings={"cacheMaxMemory": "256m"})
    rollout = play(operations.start(NewRollout("2.0", QUICK), "olga"))

    assert rollout.state == "done", rollout.reason
    assert states(rollout) == {"first": "done", "second": "done", "third": "done", "pinned": "left out"}
    for slug in ("first", "second", "third"):
        assert configuration(home, slug).startswith("# release 2.0\n")
        assert 'cache-max-memory-size = "256m"' in configuration(home, slug)
    assert "release" not in configuration(home, "pinned").partition("\n")[0]
    order = [event.tenant for event in rollout.events.filter(what="upgrading")]
    assert order == ["first", "second", "third"]
    for tenant in Tenant.objects.all():
        assert _samples(tenant.connection()) == 1
    assert rollout.events.get(what="started").who == "olga"
    assert releases.usual() == "2.0"


def _samples(connection: TenantConnection) -> int:
    [found] = Timeseries(connection.influx_url, connection.reader).read(['SELECT count("value") FROM raw.p1'])
    return int(found[0].values[0][1])


def test_a_new_tenant_gets_the_release_last_rolled_out_to_all(make_tenant: MakeTenant) -> None:
    release("2.0")
    assert make_tenant("before").release == ""
    assert play(operations.start(NewRollout("2.0", QUICK), "")).state == "done"
    assert make_tenant("after").release == "2.0"
    assert make_tenant("chosen", release="2.0").release == "2.0"


def test_a_release_that_does_not_start_stops_at_the_canaries(fleet: dict[str, Tenant], home: Home) -> None:
    broken("2.1")
    rollout = play(operations.start(NewRollout("2.1", QUICK), "olga"))

    assert rollout.state == "stopped"
    assert rollout.reason.startswith("first: ") and "invalid duration" in rollout.reason, "in InfluxDB's own words"
    assert states(rollout) == {"first": "failed", "second": "waiting", "third": "waiting", "pinned": "waiting"}
    assert Tenant.objects.get(slug="second").release == ""

    operations.roll_back(rollout.pk, RollBack(tenant="first"), "olga")
    rollout = play(rollout)
    assert states(rollout)["first"] == "returned"
    first = Tenant.objects.get(slug="first")
    assert (first.state, first.release) == ("ready", "")
    assert "# release" not in configuration(home, "first")
    assert rollout.state == "stopped", "it goes on only if somebody says so"
    assert rollout.events.get(what="roll back").who == "olga"


def test_samples_that_are_not_written_stop_it(fleet: dict[str, Tenant]) -> None:
    """Nobody writes here: what was accepted waits, and after the gate's time that is why the roll-out stops."""
    tenant = fleet["first"]
    release("2.0")
    stores.streams().append(tenant.connection(), [(1, LINE)])
    gate = {**QUICK, "max_lag_s": 1}
    rollout = operations.start(NewRollout("2.0", gate), "")
    time.sleep(1.1)
    rollout = play(rollout, rounds=100)
    assert rollout.state == "stopped"
    assert "Samples of first have been waiting" in rollout.reason
    stores.streams().drop_tenant(tenant.connection().prefix)


def test_a_paused_roll_out_starts_nothing_until_it_is_resumed(fleet: dict[str, Tenant]) -> None:
    release("2.0")
    rollout = operations.start(NewRollout("2.0", {**QUICK, "concurrency": 1}), "olga")
    operations.pause(rollout.pk, "pat")
    rollout = play(rollout, rounds=3)
    assert rollout.state == "paused"
    assert set(states(rollout).values()) == {"waiting"}
    assert rollout.events.get(what="paused").who == "pat"
    operations.resume(rollout.pk, "pat")
    assert play(rollout).state == "done"


def test_a_ring_is_rolled_back_and_the_roll_out_waits(fleet: dict[str, Tenant], home: Home) -> None:
    release("1.9")
    assert play(operations.start(NewRollout("1.9", QUICK), "")).state == "done"
    release("2.0")
    rollout = operations.start(NewRollout("2.0", QUICK), "olga")
    while states(rollout)["first"] != "done":
        play(rollout, rounds=1)
    operations.roll_back(rollout.pk, RollBack(ring=Ring.canary), "olga")
    rollout = play(rollout)
    assert rollout.state == "paused"
    assert "Ring canary was rolled back by olga" in rollout.reason
    assert states(rollout)["first"] == "returned"
    assert Tenant.objects.get(slug="first").release == "1.9"
    assert configuration(home, "first").startswith("# release 1.9")


def test_only_one_roll_out_runs_and_a_newer_one_supersedes_a_stopped_one(make_tenant: MakeTenant) -> None:
    make_tenant("alone")
    release("2.0")
    release("2.1")
    first = operations.start(NewRollout("2.0", QUICK), "")
    with pytest.raises(Conflict, match=r"2\.0 is being rolled out"):
        operations.start(NewRollout("2.1"), "")
    operations.pause(first.pk, "")
    second = operations.start(NewRollout("2.1", QUICK), "")
    first.refresh_from_db()
    assert first.state == "superseded"
    with pytest.raises(Conflict, match="superseded"):
        operations.resume(first.pk, "")
    assert play(second).state == "done"
    assert Tenant.objects.get(slug="alone").release == "2.1"


def test_a_killed_worker_is_replaced_by_another(make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it was doing: the next worker continues, and no tenant is upgraded twice."""
    make_tenant("alone")
    release("2.0")
    rollout = operations.start(NewRollout("2.0", QUICK), "")
    real, calls = engine._make, []

    def dying(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) % 2:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setattr(engine, "_make", dying)
    for _ in range(12):
        try:
            play(rollout, rounds=1)
        except KeyboardInterrupt:
            continue
    rollout.refresh_from_db()
    assert rollout.state == "done"
    assert rollout.events.filter(what="upgrading").count() == 1


def test_two_workers_do_not_interfere(make_tenant: MakeTenant) -> None:
    make_tenant("alone")
    release("2.0")
    rollout = operations.start(NewRollout("2.0", QUICK), "")
    now = timezone.now()
    with engine._claimed(rollout.pk, now) as mine:
        assert mine is not None
        with engine._claimed(rollout.pk, now) as other:
            assert other is None
        with engine._claimed(rollout.pk, now + timedelta(seconds=31)) as heir:
            assert heir is not None, "a dead worker's is free after 30 s"
    operations.pause(rollout.pk, "")


def test_many_tenants_cost_few_queries(db: None, django_assert_max_num_queries: Any) -> None:
    release("2.0")
    Tenant.objects.bulk_create(
        Tenant(slug=f"t{n}", name="T", state="requested", disk=f"d{n}", ring="canary") for n in range(300)
    )
    rollout = operations.start(NewRollout("2.0"), "")
    with django_assert_max_num_queries(8):
        engine.advance(timezone.now())
    with django_assert_max_num_queries(3):
        queries.rollout_view(Rollout.objects.get(pk=rollout.pk))
    with django_assert_max_num_queries(1):
        assert len([queries.member_view(each) for each in queries.members(rollout)]) == 300


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": "two words"}, "letters, digits"),
        ({"name": "2", "images": {"redis": "x:1"}}, "use one of: influxdb, plantrace"),
        ({"name": "2", "images": {"influxdb": "influxdb"}}, "repository and tag"),
        ({"name": "2", "chart_version": "newest"}, "use a version"),
        ({"name": "2", "settings": {"cacheMaxMemory": "a lot"}}, "a size"),
        ({"name": "2", "settings": {"colour": "red"}}, "use one of: cacheMaxMemory"),
    ],
)
def test_an_invalid_release_is_rejected(given: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        releases.create(releases.NewRelease(**given), "")
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_a_release_is_immutable_and_deletable_only_if_unused() -> None:
    release("2.0")
    with pytest.raises(Conflict, match="never change"):
        release("2.0")
    with pytest.raises(BadRequest, match="does not exist"):
        tenants.create(tenants.NewTenant(slug="wrong", release="9"))
    tenants.create(tenants.NewTenant(slug="holder", release="2.0"))
    with pytest.raises(Conflict, match="in use"):
        releases.remove("2.0")
    Tenant.objects.all().delete()
    releases.remove("2.0")
    for call in (lambda: releases.find("2.0"), lambda: operations.start(NewRollout("2.0"), "")):
        with pytest.raises(NotFound):
            call()


@pytest.mark.django_db
def test_deprecated_names_of_the_gate_are_accepted_and_returned_until_the_next_release() -> None:
    release("2.0")
    rollout = operations.start(NewRollout("2.0", {"at_once": 3, "max_lag_s": 9}), "")
    assert (rollout.gate["concurrency"], rollout.gate["max_lag_s"]) == (3, 9)
    shown = queries.rollout_view(rollout).gate
    assert (shown["concurrency"], shown["at_once"], shown["max_lag_s"], shown["most_lag_s"]) == (3, 3, 9, 9)
    Rollout.objects.filter(pk=rollout.pk).update(gate={"at_once": 4, "most_lag_s": 8})  # one of the last release
    rollout.refresh_from_db()
    assert read_gate(rollout.gate) == Gate(concurrency=4, max_lag_s=8)


@pytest.mark.django_db
def test_a_wrong_gate_or_a_roll_back_of_nothing_is_refused() -> None:
    release("2.0")
    for gate, says in (
        ({"soak": 5}, "use one of: concurrency"),
        ({"concurrency": 0}, "outside 1"),
        ({"soak_s": -1}, "outside 0"),
    ):
        with pytest.raises(BadRequest, match=says):
            operations.start(NewRollout("2.0", gate), "")
    tenants.create(tenants.NewTenant(slug="waiting"))
    rollout = operations.start(NewRollout("2.0"), "")
    with pytest.raises(Conflict, match="nothing to roll back"):
        operations.roll_back(rollout.pk, RollBack(), "")
    with pytest.raises(BadRequest, match="not both"):
        operations.roll_back(rollout.pk, RollBack("waiting", Ring.all), "")
    assert RolloutMember.objects.get().state == "waiting"
