"""The alarms as they are now, of which a process decodes what has changed: the same as all of them decoded."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from django.conf import settings as configured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alarms import states
from alarms.about import About, AlarmTarget
from alarms.journal.replay import is_normal
from alarms.lists import present
from alarms.lists.listing import Filters, Listed, arrange, presented
from alarms.machine.model import Acknowledge
from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from stores.redis.alarms import StoredState
from stores.redis.client import redis_client
from tests.alarms.alarm_world import about, change, clear_alarm, forget_alarms, raise_alarm
from tests.historian.plant import add_sensors
from tests.properties import examples
from web.stores import alarms

NOW = 1_773_481_320_000


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    forget_alarms(acme)
    return add_sensors(acme, *[{"unit": "°C"}] * 3)


def all_decoded(tenant: TenantConnection) -> dict[str, Listed]:
    _, known = states.read_all(tenant)
    return {
        key: Listed(key, each.kept.state, each.kept.about, each.revision)
        for key, each in known.items()
        if each.kept is not None and not is_normal(each.kept.state)
    }


def listed(tenant: TenantConnection) -> dict[str, Listed]:
    return {each.key: each for each in present.alarms_now(tenant).listed}


def test_what_has_not_changed_is_not_decoded_again(acme: TenantConnection, sensors: list[Sensor]) -> None:
    keys = [raise_alarm(acme, about(sensor), NOW) for sensor in sensors]
    before = listed(acme)
    change(acme, about(sensors[0]), Acknowledge(NOW + 1, "ada", "", ""))
    after = listed(acme)
    assert after == all_decoded(acme) and set(after) == set(keys)
    assert after[keys[0]] != before[keys[0]]
    assert all(after[key] is before[key] for key in keys[1:])


def test_another_state_with_the_same_revision_is_seen(acme: TenantConnection, sensors: list[Sensor]) -> None:
    """As after Redis has lost its file: revisions begin again, numbers do not."""
    key = raise_alarm(acme, about(sensors[0]), NOW)
    [before] = listed(acme).values()
    other = states.read(acme, [raise_alarm(acme, about(sensors[1]), NOW)])
    assert listed(acme).keys() == {key, *other}
    redis, name = stored_states(acme)
    [kept, different] = redis.hmget(name, [key, *other])
    redis.hset(name, key, kept[:4] + different[4:])
    redis.incr(f"{acme.prefix}alarms:number")
    after = listed(acme)[key]
    assert after.revision == before.revision and after.about.target.id == sensors[1].id


def stored_states(tenant: TenantConnection) -> tuple[Any, str]:
    return redis_client(configured.REDIS_URL), f"{tenant.prefix}alarms:state"


def test_what_cannot_be_read_stops_nobody(acme: TenantConnection, sensors: list[Sensor]) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW)
    redis, name = stored_states(acme)
    redis.hset(name, "x:y", b"\x00\x00\x00\x01nonsense")
    alarms()._redis.incr(f"{acme.prefix}alarms:number")
    assert set(listed(acme)) == {key}


DONE = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["raise", "clear", "acknowledge"])), max_size=12)


@given(DONE)
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_list_is_as_if_all_were_decoded(
    acme: TenantConnection, sensors: list[Sensor], done: list[tuple[int, str]]
) -> None:
    forget_alarms(acme)
    for t, (place, what) in enumerate(done):
        of, at = about(sensors[place]), NOW + 1_000 * t
        if what == "raise":
            raise_alarm(acme, of, at)
        elif what == "clear":
            clear_alarm(acme, of, at)
        else:
            change(acme, of, Acknowledge(at, "ada", "", ""))
        alarms()._redis.incr(f"{acme.prefix}alarms:number")  # a sample alone changes a state, and makes no transition
        assert listed(acme) == all_decoded(acme)


def test_an_alarm_is_presented_again_when_its_cause_or_its_sensor_is_another(
    acme: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW)
    catalog = snapshot_of(acme)

    def shown() -> object:
        arranged = arrange(present.alarms_now(acme).listed, catalog, Filters(), "active", None, NOW)
        return presented(arranged.by_key[key], arranged, catalog)

    first = shown()
    assert shown() is first
    change(acme, about(sensors[0]), Acknowledge(NOW + 1, "ada", "", ""))
    assert shown() != first


def test_python_s_garbage_collector_does_not_go_through_alarms() -> None:
    of = About(rule="r", name="n", priority=1, kind="limit", target=AlarmTarget(kind="sensor", id="s"))
    kept = states.Kept(states.State(), of)
    assert not any(map(gc.is_tracked, (of, of.target, kept, kept.state, Listed("k", kept.state, of))))
    assert not gc.is_tracked(StoredState(1, b""))
