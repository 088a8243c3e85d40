"""An alarm that is suppressed, shelved or out of service no more, and still active, is told, by all processes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from alarms.evaluation.tenant import TenantEvaluator
from alarms.lists import operations as people
from alarms.notification.channels import ChannelContent
from alarms.notification.models import RouteContent
from alarms.notification.plan import plan
from alarms.notification.repository import put_channel, put_route
from alarms.rules.models import AlarmRule
from catalog.operations import bulk_upsert
from tests.alarms.notification.senders.conftest import receiver
from tests.alarms.notification.test_notifier import running
from tests.alarms.notification.world import World, forget
from tests.receivers import Receiver
from tests.waiting import wait_until
from tests.work.test_suppression import Site, site
from web.clock import now_ms

pytestmark = pytest.mark.django_db
assert receiver
assert site
SECOND, MINUTE = 1_000, 60_000


@dataclass
class Told:
    """`rule` is for TT-101 at pump P-1."""

    site: Site
    rule: AlarmRule
    evaluator: TenantEvaluator
    receiver: Receiver

    @property
    def key(self) -> str:
        return self.site.plant.key(self.rule)

    def measure(self, value: float, tag: str = "TT-101") -> None:
        self.site.plant.now += SECOND
        self.site.plant.send((tag, self.site.plant.now, value))
        self.evaluate()

    def evaluate(self) -> None:
        plant = self.site.plant
        plant.run(self.evaluator)
        plan(plant.tenant, lambda: plant.now)

    def by_hand(self, act: Callable[..., Any], *more: Any) -> None:
        plant = self.site.plant
        plant.now += SECOND
        act(plant.tenant, [self.key], "anna", *more, plant.now)
        self.evaluate()

    def messages(self, count: int) -> list[tuple[str, str]]:
        """Reason and rule of those that arrived: so many, and no more were planned."""
        planned = World(self.site.plant.tenant)
        with running(self.site.plant.tenant):
            wait_until(lambda: all(progress.ended for _, progress in planned.all().values()))
        bodies = [json.loads(each.body) for each in self.receiver.received]
        assert len(bodies) == len(planned.all()) == count
        return [(body["reason"], body["alarms"][0]["name"]) for body in bodies]


@pytest.fixture
def told(site: Site, receiver: Receiver) -> Iterator[Told]:
    plant = site.plant
    plant.now = now_ms() - 10 * MINUTE
    hook = {"kind": "webhook", "url": receiver.url, "secret": "0123456789abcdef"}
    content = msgspec.convert({"name": "Hook", "settings": hook}, ChannelContent)
    channel = put_channel(plant.tenant, None, content, None, author="anna", now=plant.now)
    route = msgspec.convert({"name": "Everybody", "steps": [{"channels": [channel.id]}]}, RouteContent)
    put_route(plant.tenant, None, route, None, author="anna", now=plant.now)
    rule = plant.rule("TT-101", name="Too warm")
    yield Told(site, rule, plant.run(), receiver)
    forget(plant.tenant)


ONE = ("raised", "Too warm")


def test_an_alarm_raised_during_maintenance_is_told_after_it(told: Told) -> None:
    case = told.site.work_on("P-1")
    told.measure(90.0)
    assert told.site.plant.state(told.key).active and told.messages(0) == []
    told.site.set(case, state="done")
    told.evaluate()
    assert told.messages(1) == [ONE]


def test_an_alarm_that_was_told_before_maintenance_is_told_again_after_it(told: Told) -> None:
    told.measure(90.0)
    case = told.site.work_on("P-1")
    told.evaluate()
    told.site.plant.now += MINUTE
    told.site.set(case, state="cancelled")
    told.evaluate()
    assert told.messages(2) == [ONE, ONE]


def test_what_returned_during_maintenance_is_not_told(told: Told) -> None:
    case = told.site.work_on("P-1")
    told.measure(90.0)
    told.measure(20.0)
    told.site.set(case, state="done")
    told.evaluate()
    assert told.messages(0) == []
    told.measure(91.0)
    assert told.messages(1) == [ONE]


def test_a_shelf_that_ends_tells_at_its_end(told: Told) -> None:
    told.measure(90.0)
    plant = told.site.plant
    told.by_hand(people.shelve, plant.now + MINUTE, "waiting for a part")
    ends = plant.state(told.key).shelf
    assert ends is not None
    plant.now = ends.until - 1
    told.evaluate()
    assert told.messages(1) == [ONE]
    plant.now = ends.until
    told.evaluate()
    assert plant.state(told.key).annunciated and told.messages(2) == [ONE, ONE]


def test_an_alarm_raised_on_the_shelf_is_told_when_somebody_takes_it_off(told: Told) -> None:
    plant = told.site.plant
    told.by_hand(people.shelve, plant.now + 10 * MINUTE, "being calibrated")
    told.measure(90.0)
    assert told.messages(0) == []
    told.by_hand(people.unshelve)
    assert told.messages(1) == [ONE]


def test_an_alarm_that_is_back_in_service_is_told(told: Told) -> None:
    told.by_hand(people.take_out_of_service, "sensor is replaced")
    told.measure(90.0)
    assert told.messages(0) == []
    told.by_hand(people.return_to_service)
    assert told.messages(1) == [ONE]


def test_who_acknowledged_knows_of_it(told: Told) -> None:
    """Acknowledged before or during maintenance, it is active and acknowledged afterwards."""
    told.measure(90.0)
    told.by_hand(people.acknowledge, "", "")
    case = told.site.work_on("P-1")
    told.evaluate()
    told.site.set(case, state="done")
    told.evaluate()
    assert told.site.plant.state(told.key).active and told.messages(1) == [ONE]


def test_an_alarm_whose_cause_is_gone_is_told(told: Told) -> None:
    """Suppressed by another alarm at its asset."""
    plant = told.site.plant
    sensor = {"site": plant.slug, "tag": "TT-102", "name": "TT-102", "unit": "°C", "interval_s": 1.0, "asset": "P-1"}
    bulk_upsert(plant.tenant, "sensors", [sensor])
    cause = plant.rule("TT-102", name="Pump is off")
    plant.change(told.rule, suppressed_by=[cause.id])
    told.measure(90.0, "TT-102")
    told.measure(90.0)
    assert told.messages(1) == [("raised", "Pump is off")]
    told.measure(20.0, "TT-102")
    assert plant.state(told.key).annunciated
    assert told.messages(2) == [("raised", "Pump is off"), ONE]
