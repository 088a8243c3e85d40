"""What becomes of deliveries, with real receivers, and what the journal has of it."""

from __future__ import annotations

from typing import Any

import pytest

from alarms.machine.model import What
from alarms.notification import attempts
from alarms.notification.progress import MAX_DOUBTS, Progress
from alarms.notification.repository import CHANNELS
from alarms.notification.senders import send
from config import outgoing_metrics
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.redis.deliveries import StoredDelivery
from stores.redis.outgoing_figures import OutgoingFigures
from tests.alarms.alarm_world import write_journal
from tests.alarms.notification.senders.conftest import mailbox, receiver
from tests.alarms.notification.world import SECRET, World
from tests.conftest import ClientFor
from tests.receivers import Answer, Mailbox, Receiver
from web.stores import alarms, deliveries, outgoing_counts, outgoing_figures

assert mailbox and receiver


def attempt(world: World, stored: StoredDelivery | None = None) -> Progress | None:
    [due] = world.due() if stored is None else [stored]
    return attempts.attempt(world.tenant, due, send, world.clock)


def hooked(world: World, receiver: Receiver) -> str:
    """An alarm that is told to the receiver; its key."""
    world.route({"channels": [world.channel(receiver.url).id]})
    key = world.raise_alarm()
    world.plan()
    return key


def test_what_was_sent_is_in_the_journal_once_and_is_not_due_any_more(world: World, receiver: Receiver) -> None:
    key = hooked(world, receiver)
    [stored] = world.due()
    world.now += 500
    done = attempt(world)
    assert done is not None and (done.state, done.ended, done.attempts) == ("sent", world.now, 1)
    assert attempt(world, stored) is None  # somebody who read it before
    assert [each.headers["idempotency-key"] for each in receiver.received] == [stored.id]
    assert world.due() == []
    [(told, transition)] = world.outcomes()
    assert (told, transition.what, transition.note) == (key, What.NOTIFIED, "Webhook to Hook (Everybody)")
    assert write_journal(world.tenant) == 2
    assert alarms().outgoing_count(world.tenant.prefix) == 0


def test_attempts_and_outcomes_are_counted_and_the_oldest_has_an_age(world: World, receiver: Receiver) -> None:
    before = outgoing_counts().all()
    hooked(world, receiver)
    receiver.answers = [Answer(503), Answer(200)]
    attempt(world)
    [figures] = outgoing_figures().of([world.tenant.prefix])
    assert (figures.deliveries, figures.planned, figures.due) == (1, world.now, world.now + 10_000)
    world.now += 12_000
    told = exposed(figures, world.now)
    assert told["plantrace_notification_waiting"] == 1 and told["plantrace_notification_lag_seconds"] == 2
    assert told["plantrace_notification_oldest_seconds"] == 12
    attempt(world)
    after = outgoing_counts().all()
    grown = {name: number - before.get(name, 0) for name, number in after.items() if number != before.get(name, 0)}
    assert grown == {"retry webhook": 1, "delivery sent webhook": 1}
    [figures] = outgoing_figures().of([world.tenant.prefix])
    assert (figures.deliveries, figures.planned, figures.due) == (0, None, None)


def exposed(figures: OutgoingFigures, now: int) -> dict[str, float]:
    families = outgoing_metrics._Outgoing([figures], {}, now).collect()
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_a_receiver_that_is_busy_is_asked_again_when_it_says_and_with_the_same_id(
    world: World, receiver: Receiver
) -> None:
    hooked(world, receiver)
    receiver.answers = [Answer(503, [("Retry-After", "120")]), Answer(503), Answer(200)]
    began = world.now
    for waited in (120, 20):
        done = attempt(world)
        assert done is not None and done.state == "waiting" and "503" in done.detail
        assert world.due() == []
        world.now += waited * 1000 - 1
        assert world.due() == []
        world.now += 1
    done = attempt(world)
    assert done is not None and (done.state, done.attempts, world.now - began) == ("sent", 3, 140_000)
    assert len({each.headers["idempotency-key"] for each in receiver.received}) == 1
    assert len({each.body for each in receiver.received}) == 1


def test_a_day_later_it_has_failed(world: World, receiver: Receiver) -> None:
    hooked(world, receiver)
    receiver.answers = [Answer(500)]
    began = world.now
    while True:
        done = attempt(world)
        assert done is not None
        if done.ended is not None:
            break
        world.now = done.due
    assert done.state == "failed" and world.now - began <= DAY
    [(_, transition)] = world.outcomes()
    assert transition.what is What.NOTIFICATION_FAILED
    assert transition.note.startswith("Webhook to Hook (Everybody) failed: HTTP 500")


def test_what_is_refused_has_failed_at_once(world: World, receiver: Receiver) -> None:
    hooked(world, receiver)
    receiver.answers = [Answer(410)]
    done = attempt(world)
    assert done is not None and (done.state, done.attempts) == ("failed", 1)


def test_what_may_have_arrived_is_repeated_with_the_same_id(world: World, receiver: Receiver) -> None:
    hooked(world, receiver)
    receiver.answers = [Answer(silent=True), Answer(200)]
    done = attempt(world)
    assert done is not None and (done.state, done.ended) == ("doubtful", None)
    world.now = done.due
    done = attempt(world)
    assert done is not None and (done.state, done.doubts) == ("sent", 1)
    first, again = receiver.received
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]


def test_whose_attempt_was_killed_is_repeated_until_it_has_been_in_doubt_too_often(
    world: World, receiver: Receiver
) -> None:
    hooked(world, receiver)

    def killed(*_: Any) -> Any:
        raise SystemExit

    done = None
    for _ in range(MAX_DOUBTS + 1):
        [stored] = world.due()
        with pytest.raises(SystemExit):
            attempts.attempt(world.tenant, stored, killed, world.clock)
        assert world.due() == []  # others leave it for as long as an attempt may take
        world.now += 60_000
    done = attempt(world)
    assert done is not None and done.state == "doubtful" and done.ended is not None
    assert receiver.received == []
    [(_, transition)] = world.outcomes()
    assert transition.what is What.NOTIFICATION_FAILED and "may have arrived" in transition.note


def test_a_channel_that_was_switched_off_or_deleted_meanwhile_gets_nothing(world: World, receiver: Receiver) -> None:
    hooked(world, receiver)
    [channel] = CHANNELS.find(world.tenant)
    settings = {"kind": "webhook", "url": receiver.url, "secret": SECRET}
    world.put_channel({"name": "Hook", "enabled": False, "settings": settings}, channel.id)
    done = attempt(world)
    assert done is not None and (done.state, done.detail) == ("cancelled", "The channel is switched off.")
    world.put_channel({"name": "Hook", "enabled": True, "settings": settings}, channel.id)
    world.raise_alarm("s2")
    world.plan()
    CHANNELS.delete(world.tenant, channel.id, None)
    done = attempt(world)
    assert done is not None and (done.state, done.detail) == ("cancelled", "The channel was deleted.")
    assert receiver.received == [] and world.outcomes() == []


def test_people_get_a_mail_at_the_address_of_their_account(
    world: World, mailbox: Mailbox, acme: TenantConnection, client_for: ClientFor
) -> None:
    from access.models import Membership

    client_for("engineer", acme)
    member = Membership.objects.get(user__username="engineer.acme")
    world.route({"people": [member.id]})
    world.raise_alarm()
    world.plan()
    without = attempt(world)
    assert without is not None and without.state == "cancelled" and "no e-mail address" in without.detail
    member.user.email, member.user.name = "erin@example.com", "Erin"
    member.user.save()
    world.raise_alarm("s2")
    world.plan()
    done = attempt(world)
    assert done is not None and (done.state, done.recipient) == ("sent", "Erin <erin@example.com>")
    [envelope] = mailbox.envelopes
    assert envelope.rcpt_tos == ["erin@example.com"]
    member.active = False
    member.save()
    world.raise_alarm("s3")
    world.plan()
    left = attempt(world)
    assert left is not None and left.detail == "Not a member of the tenant any more."


def test_a_member_of_another_tenant_cannot_be_named(
    world: World, rival: TenantConnection, client_for: ClientFor
) -> None:
    from access.models import Membership
    from kernel.errors import BadRequest

    client_for("engineer", rival)
    member = Membership.objects.get(user__username="engineer.rival")
    with pytest.raises(BadRequest, match="no active member"):
        world.route({"people": [member.id]})


def test_each_alarm_of_a_digest_has_the_outcome_in_the_journal(world: World, receiver: Receiver) -> None:
    world.route({"channels": [world.channel(receiver.url).id]}, digest={"every_s": 60})
    keys = {world.raise_alarm(f"s{n}") for n in range(3)}
    world.plan()
    world.fire(60)
    assert attempt(world) is not None
    assert {key for key, _ in world.outcomes()} == keys and len(world.outcomes()) == 3
    assert len(receiver.received) == 1
    [(kept, _)] = world.all().values()
    assert len(kept.facts) == 1 and kept.more == 2  # what has ended keeps little


def test_what_cannot_be_read_ends_and_stops_nothing(world: World) -> None:
    from stores.redis.deliveries import Moved

    action = ("d", "broken", str(world.now), "no JSON", "{}")
    deliveries().apply(world.tenant.prefix, Moved("", "1-1"), [action], 10)
    assert attempt(world) is None
    assert world.due() == []
