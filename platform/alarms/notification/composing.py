"""What is sent, and to where, looked up when it is sent: alarms with what has happened to them since."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from alarms import states
from alarms.journal.sentences import sentence
from alarms.machine.model import State, What
from alarms.notification import repository, subscriptions
from alarms.notification.actions import Fact, NewDelivery
from alarms.notification.channels import Destination, EmailTo
from alarms.notification.messages import AlarmItem, AlarmMessage
from alarms.notification.seams import Contact, members
from alarms.rules.settings import RULES
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import NotFound, Unavailable
from kernel.tenancy import TenantConnection
from web.stores import documents

log = logging.getLogger(__name__)


class Target(NamedTuple):
    """`recipient`: as people name it. `destinations`: empty if there is none any more, and then `why`; of a person's
    browsers, any of which will do, there may be several.
    """

    recipient: str
    destinations: Sequence[Destination] = ()
    why: str = ""


def target_of(tenant: TenantConnection, delivery: NewDelivery) -> Target:
    """Raises Unavailable."""
    recipient = delivery.recipient
    if recipient.kind == "push" or not recipient.channel:
        contact = members().contacts(tenant, [recipient.to]).get(recipient.to)
        if contact is None:
            return Target("a former member", why="Not a member of the tenant any more.")
        return _email_of(contact) if recipient.kind == "email" else _browsers_of(tenant, contact)
    try:
        channel = repository.CHANNELS.get(tenant, recipient.channel)
    except NotFound:
        return Target("a deleted channel", why="The channel was deleted.")
    name = recipient.to or channel.name
    if not channel.enabled:
        return Target(name, why="The channel is switched off.")
    found = [to for given, to in repository.destinations(channel) if not recipient.to or given == recipient.to]
    return Target(name, found, "" if found else "The channel does not have this address any more.")


def message_of(tenant: TenantConnection, delivery: NewDelivery) -> AlarmMessage:
    """Raises Unavailable if Redis does not answer; names that cannot be read are left out."""
    facts = delivery.facts
    known = states.read(tenant, list({fact.key for fact in facts}))
    catalog, instructions = _catalog(tenant), _instructions(tenant, facts)
    return AlarmMessage(
        reason=delivery.reason,
        tenant=tenant.slug,
        tenant_name=tenant.name,
        route=delivery.route_name,
        step=delivery.step,
        at=delivery.created,
        items=[item_of(fact, known[fact.key].state, catalog, instructions.get(fact.about.rule, "")) for fact in facts],
        more=delivery.more,
    )


def item_of(fact: Fact, state: State, catalog: Snapshot | None, instruction: str = "") -> AlarmItem:
    done, about = fact.transition, fact.about
    raised = done.t if done.occurrence is None else done.occurrence
    same = state.raised == raised
    returned = done.t if done.what is What.RETURNED else state.returned if same else None
    site = catalog.sites.get(about.site) if catalog else None
    sensor = catalog.sensors.get(about.target.id) if catalog else None
    condition: Any = state.condition.value if same else "normal"
    return AlarmItem(
        key=fact.key,
        occurrence=fact.occurrence,
        name=about.name,
        level=about.level,
        priority=about.priority,
        kind=about.kind,
        site=about.site,
        site_name=site.name if site else "",
        zone=site.timezone if site else "UTC",
        target=about.target,
        asset=about.asset,
        event="returned" if done.what is What.RETURNED else "raised",
        condition=condition,
        raised=raised,
        returned=returned,
        acknowledged=state.acknowledged if same else None,
        acknowledged_by=state.acknowledged_by if same else "",
        value=done.value,
        limit=done.limit,
        text=sentence(about, done.value, done.limit, sensor.states if sensor else {}),
        instruction=instruction,
    )


def _email_of(contact: Contact) -> Target:
    name = contact.name or contact.username
    if not contact.email:
        return Target(name, why="There is no e-mail address in this account.")
    return Target(f"{name} <{contact.email}>", [EmailTo(contact.email)])


def _browsers_of(tenant: TenantConnection, contact: Contact) -> Target:
    found = subscriptions.of_people(tenant, [contact.user_id])
    why = "" if found else "Push messages are turned on in no browser of this person."
    return Target(contact.name or contact.username, [subscriptions.destination(each) for each in found], why)


def _catalog(tenant: TenantConnection) -> Snapshot | None:
    try:
        return snapshot_of(tenant)
    except Unavailable as error:
        log.warning("%s: a message goes without names of the plant: %s", tenant.slug, error.detail)
        return None


def _instructions(tenant: TenantConnection, facts: Sequence[Fact]) -> dict[str, str]:
    try:
        found = documents(tenant).get_many(RULES, list({fact.about.rule for fact in facts}))
    except Unavailable as error:
        log.warning("%s: a message goes without instructions: %s", tenant.slug, error.detail)
        return {}
    return {document["_id"]: document.get("instruction", "") for document in found}
