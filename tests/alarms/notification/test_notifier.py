"""The process that sends: a share for each tenant, and what is due at any time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from alarms.journal import queries as journal
from alarms.journal.drain import JournalDrain
from alarms.journal.rounds import Rounds
from alarms.machine.model import What
from alarms.notification.notifier import MAX_OF_A_TENANT, Notifier
from alarms.notification.plan import plan
from alarms.notification.senders import send
from kernel.tenancy import TenantConnection
from runtime.supervisor import Supervisor
from stores.timeseries.alarms import JournalFilter
from tenants.drivers.local.names import program_name
from tests.alarms.notification.senders.conftest import receiver
from tests.alarms.notification.world import World, forget
from tests.receivers import Answer, Receiver, http_receiver
from tests.waiting import wait_until
from web.clock import now_ms
from web.stores import alarms, deliveries

assert receiver


@contextmanager
def running(*tenants: TenantConnection) -> Iterator[None]:
    notifier = Notifier(lambda: list(tenants), send, now_ms)
    thread = threading.Thread(target=notifier.run)
    thread.start()
    try:
        yield
    finally:
        notifier.stop()
        thread.join()


@pytest.fixture
def other(rival: TenantConnection) -> Iterator[World]:
    forget(rival)
    yield World(rival)
    forget(rival)


def test_a_receiver_that_hangs_delays_no_other_tenant(world: World, other: World, receiver: Receiver) -> None:
    with http_receiver(Answer(drip=b"HTTP/1.1 200 OK\r\nX-Slow: ")) as stalled:
        world.route({"channels": [world.channel(stalled.url).id]})
        more = [{"channels": [world.channel(stalled.url, f"More {n}").id for n in range(20)]}]
        world.route(*more, name="More")
        other.route({"channels": [other.channel(receiver.url).id]})
        world.now = other.now = now_ms()
        for n in range(3):
            world.raise_alarm(f"s{n}")
        world.plan()
        assert len(world.planned()) > 6 * MAX_OF_A_TENANT
        with running(world.tenant, other.tenant):
            wait_until(lambda: len(stalled.received) > 0)
            other.raise_alarm()
            other.plan()
            wait_until(lambda: bool(receiver.received))
            assert sum(state.state == "sending" for _, state in world.all().values()) <= MAX_OF_A_TENANT


def test_mail_goes_out_while_the_database_is_stopped(world: World, receiver: Receiver, servers: Supervisor) -> None:
    world.route({"channels": [world.channel(receiver.url).id]})
    planning = Rounds(
        "notification",
        lambda: [world.tenant],
        lambda prefixes: set(deliveries().unplanned(prefixes)),
        lambda each: plan(each, now_ms),
        0.02,
        2,
    )
    drain = JournalDrain(lambda: [world.tenant], now_ms, lambda each: plan(each, now_ms))
    servers.stop_program(program_name(world.tenant.id))
    try:
        drain.start()
        planning.start()
        with running(world.tenant):
            world.now = now_ms()
            key = world.raise_alarm("stopped")
            wait_until(lambda: bool(receiver.received) and len(world.outcomes()) == 1)
        assert alarms().outgoing_count(world.tenant.prefix) == 2  # on their way to the journal
        servers.start_program(program_name(world.tenant.id))
        wait_until(lambda: alarms().outgoing_count(world.tenant.prefix) == 0)
    finally:
        planning.stop()
        drain.stop()
        servers.start_program(program_name(world.tenant.id))
    found = journal.page(world.tenant, JournalFilter(*journal.bounds(world.now, None), key=key), 10, now_ms())
    assert sorted(entry.transition.what for entry in found.entries) == [What.NOTIFIED, What.RAISED]


def test_two_notifiers_share_the_work_and_none_sends_what_the_other_has(world: World, receiver: Receiver) -> None:
    world.route({"channels": [world.channel(receiver.url, f"Hook {n}").id for n in range(20)]})
    world.now = now_ms()
    with running(world.tenant), running(world.tenant):
        for n in range(2):
            world.raise_alarm(f"s{n}")
            world.plan()
        wait_until(lambda: all(state.ended for _, state in world.all().values()) and len(world.all()) == 40)
    sent = Counter(each.headers["idempotency-key"] for each in receiver.received)
    assert set(sent) == set(world.all())
    attempts = {id: state.attempts for id, (_, state) in world.all().items()}  # more than one of what is in doubt
    assert all(sent[id] <= attempts[id] for id in sent)
