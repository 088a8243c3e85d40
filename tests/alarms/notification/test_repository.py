"""Channels, routes and shift plans as stored: secrets encrypted, references checked."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import pytest
from cryptography.fernet import Fernet

from alarms.notification import repository, route_order, subscriptions
from alarms.notification.channels import MAX_CHANNELS, SlackTo, StoredChannel, WebhookTo, WebhookView, public
from alarms.notification.models import PlanContent, Route, RouteContent, RouteRevision
from alarms.notification.subscriptions import PushKeys, SubscriptionContent
from alarms.sinks.repository import SINKS
from kernel.errors import BadRequest, Conflict, NotFound, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.documents.database import Database
from tenants.encryption import encrypted_texts, rotate
from tests.alarms.notification.world import SECRET, T, World
from tests.conftest import ClientFor
from web.collection import Collection
from web.stores import documents

SLACK = "https://hooks.slack.com/services/T0/B0/secret-part"
KEYS = PushKeys(p256dh="B" * 87, auth="a" * 22)


def _slack(world: World, **more: Any) -> StoredChannel:
    return world.put_channel({"name": "Chat", "settings": {"kind": "slack", "url": SLACK, **more}})


def test_a_secret_is_stored_encrypted_and_not_returned(world: World) -> None:
    hook, slack = world.channel(), _slack(world)
    raw = msgspec.json.encode(documents(world.tenant).find("notification_channels"), enc_hook=int)
    assert SECRET.encode() not in raw and b"secret-part" not in raw
    shown = msgspec.json.encode([public(hook), public(slack)])
    assert SECRET.encode() not in shown and b"secret-part" not in shown
    assert public(hook).settings == WebhookView("https://example.com/hook", True)
    assert slack.host == "hooks.slack.com"
    assert repository.destinations(hook) == [("Hook", WebhookTo("https://example.com/hook", SECRET))]
    assert repository.destinations(slack) == [("Chat", SlackTo(SLACK))]


def test_an_omitted_secret_stays_and_a_new_channel_needs_one(world: World) -> None:
    hook = world.channel()
    moved = {"name": "Moved", "settings": {"kind": "webhook", "url": "https://example.com/new"}}
    after = world.put_channel(moved, hook.id)
    assert repository.destinations(after) == [("Moved", WebhookTo("https://example.com/new", SECRET))]
    with pytest.raises(BadRequest, match="needs this"):
        world.put_channel(moved)
    with pytest.raises(BadRequest, match="kind of a channel stays"):
        world.put_channel({"name": "Chat", "settings": {"kind": "slack", "url": SLACK}}, hook.id)


def test_a_previous_secret_is_valid_until_a_chosen_time(world: World) -> None:
    hook, url, until = world.channel(), "https://example.com/hook", T + 5_000

    def change(**more: Any) -> list[str]:
        settings = {"kind": "webhook", "url": url, **more}
        after = world.put_channel({"name": "Hook", "settings": settings}, hook.id)
        [(_, to)] = repository.destinations(after)
        assert isinstance(to, WebhookTo)
        assert to.secrets(after.old_secret_until or T) == to.secrets(T + 40 * DAY) == [to.secret]
        return to.secrets(T + 4_999)

    assert change(secret="second" * 3, old_secret_until=until) == ["second" * 3, SECRET]
    assert change() == ["second" * 3, SECRET]  # such as another name
    assert change(secret="second" * 3) == ["second" * 3, SECRET]  # the same again
    assert change(old_secret_until=1) == ["second" * 3]
    with pytest.raises(BadRequest, match="no previous secret"):
        change(old_secret_until=until)
    assert change(secret="third" * 4) == ["third" * 4]
    with pytest.raises(BadRequest, match="30 days"):
        change(secret="fourth" * 3, old_secret_until=T + 31 * DAY)
    with pytest.raises(BadRequest, match="null"):
        change(secret="fourth\0fourth fourth")
    with pytest.raises(BadRequest, match="no previous secret"):
        world.put_channel(
            {"name": "New", "settings": {"kind": "webhook", "url": url, "secret": SECRET, "old_secret_until": until}}
        )


def test_keys_are_rotated_with_the_others(world: World, settings: Any) -> None:
    hook, old, new = world.channel(), settings.FERNET_KEYS[0], Fernet.generate_key().decode()
    content = SubscriptionContent(endpoint="https://push.example.com/abc", keys=KEYS)
    subscriptions.subscribe(world.tenant, 1, content, T)
    settings.FERNET_KEYS = [new, old]
    done = rotate()
    assert done.old_keys_may_go and done.reencrypted["documents.notification_channels.encrypted"] == 1
    assert done.reencrypted["documents.push_subscriptions.encrypted"] == 1
    settings.FERNET_KEYS = [new]
    again = repository.CHANNELS.get(world.tenant, hook.id)
    assert repository.destinations(again) == repository.destinations(again) != []
    [browser] = subscriptions.of_people(world.tenant, [1])
    assert subscriptions.destination(browser).endpoint == "https://push.example.com/abc"
    settings.FERNET_KEYS = [old]
    with pytest.raises(Unavailable):
        repository.destinations(again)
    settings.FERNET_KEYS = [old, new]
    assert rotate().old_keys_may_go


def test_every_collection_with_encrypted_documents_is_rotated() -> None:
    there = [each for module in list(sys.modules.values()) for each in vars(module).values()]
    kept = {each.name: each.kind for each in there if issubclass(type(each), Collection)}
    encrypted = {name for name, kind in kept.items() if "encrypted" in kind.__struct_fields__}
    assert {repository.CHANNELS.name, subscriptions.SUBSCRIPTIONS.name, SINKS.name} <= encrypted
    assert {f"documents.{name}.encrypted" for name in encrypted} <= set(map(str, encrypted_texts()))


def test_what_a_route_names_must_exist(world: World, acme: TenantConnection) -> None:
    with pytest.raises(BadRequest, match="There is no channel ncaaaaaaaaaa"):
        world.route({"channels": ["ncaaaaaaaaaa"]})
    with pytest.raises(BadRequest, match="There is no shift plan"):
        world.route({"shifts": ["spaaaaaaaaaa"]})
    with pytest.raises(BadRequest, match="There is no active member"):
        world.route({"people": ["maaaaaaaaaa"]})
    channel = world.channel().id
    for match, said in (
        ({"sites": ["nowhere"]}, "site nowhere"), ({"areas": ["raaaaaaaaaa"]}, "area raaaaaaaaaa"),
        ({"assets": ["aaaaaaaaaaa"]}, "asset aaaaaaaaaaa"), ({"rules": ["alaaaaaaaaaa"]}, "alarm rule alaaaaaaaaaa"),
    ):  # fmt: skip
        with pytest.raises(BadRequest, match=f"There is no {said}"):
            world.route({"channels": [channel]}, match=match)


def test_what_a_route_uses_cannot_be_deleted(world: World, client_for: ClientFor) -> None:
    from access.models import Membership

    client_for("engineer", world.tenant)
    member = Membership.objects.get(user__username="engineer.acme").id
    content = {
        "name": "Operators",
        "zone": "UTC",
        "rotation": {"days": 7, "begins": "2026-01-05", "groups": [[member]]},
    }
    plan = repository.put_plan(world.tenant, None, msgspec.convert(content, PlanContent), None, author="anna", now=T)
    channel = world.channel()
    route = world.route({"channels": [channel.id]}, active={"kind": "shifts", "plan": plan.id})
    with pytest.raises(Conflict, match="“Everybody” uses this channel"):
        repository.delete_channel(world.tenant, channel.id, None)
    with pytest.raises(Conflict, match="“Everybody” uses this shift plan"):
        repository.delete_plan(world.tenant, plan.id, None)
    with pytest.raises(Conflict, match="current revision is 1"):
        repository.delete_route(world.tenant, route.id, 7)
    repository.delete_route(world.tenant, route.id, 1)
    repository.delete_plan(world.tenant, plan.id, None)
    repository.delete_channel(world.tenant, channel.id, None)
    with pytest.raises(NotFound):
        repository.CHANNELS.get(world.tenant, channel.id)


def test_a_browser_belongs_to_who_turned_it_on_last(world: World) -> None:
    content = SubscriptionContent(
        endpoint="https://push.example.com/abc", keys=KEYS, browser="Firefox\u202e\n on Linux"
    )
    first = subscriptions.subscribe(world.tenant, 1, content, T)
    assert first.browser == "Firefox on Linux"
    second = subscriptions.subscribe(world.tenant, 2, content, T)
    assert subscriptions.of_people(world.tenant, [1]) == []
    assert [each.id for each in subscriptions.of_people(world.tenant, [1, 2])] == [second.id]
    with pytest.raises(NotFound):
        subscriptions.unsubscribe(world.tenant, 1, second.id)
    subscriptions.unsubscribe(world.tenant, 2, second.id)
    assert subscriptions.of_people(world.tenant, [1, 2]) == []


def test_there_is_a_limit_of_channels_and_of_a_persons_browsers(world: World) -> None:
    assert repository.CHANNELS.maximum == MAX_CHANNELS
    for n in range(subscriptions.MAX_OF_A_PERSON):
        content = SubscriptionContent(endpoint=f"https://push.example.com/{n}", keys=KEYS)
        subscriptions.subscribe(world.tenant, 1, content, T)
    with pytest.raises(Conflict, match="20 browsers"):
        subscriptions.subscribe(
            world.tenant, 1, SubscriptionContent(endpoint="https://push.example.com/more", keys=KEYS), T
        )


def test_browsers_of_people_who_leave_are_forgotten(world: World) -> None:
    from config.people import discard_left, discard_personal_data

    for user in (1, 2):
        content = SubscriptionContent(endpoint=f"https://push.example.com/{user}", keys=KEYS)
        subscriptions.subscribe(world.tenant, user, content, T)
    discard_personal_data(world.tenant.slug, 1)
    assert subscriptions.of_people(world.tenant, [1]) == []
    discard_left(world.tenant)
    assert subscriptions.of_people(world.tenant, [2]) == []


class Killed(BaseException):
    pass


class Ordering:
    """Three routes A, B and C, and how they are put in the order C, B, A by a process that is killed."""

    def __init__(self, world: World) -> None:
        self.tenant, channel = world.tenant, world.channel().id
        for place, name in enumerate("ABC"):
            world.route({"channels": [channel]}, name=name, order=place * 10)

    def routes(self) -> list[Route]:
        found = repository.routes(self.tenant)
        assert found == [route_order.get(self.tenant, each.id) for each in found]
        return found

    def names(self) -> str:
        return "".join(each.name for each in self.routes())

    def reverse(self) -> list[Route]:
        order = [RouteRevision(id=each.id, revision=each.revision) for each in reversed(self.routes())]
        return repository.put_order(self.tenant, order, author="anna", now=T)

    def rename(self, route: Route, name: str) -> Route:
        content = msgspec.convert(
            {**{field: getattr(route, field) for field in RouteContent.__struct_fields__}, "name": name},
            RouteContent,
            from_attributes=True,
        )
        return repository.put_route(self.tenant, route.id, content, route.revision, author="bob", now=T + 1)


@pytest.mark.parametrize("written", range(4))
def test_an_order_whose_process_is_killed_holds_for_all_routes(
    world: World, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """After the order itself and `written` of the routes are stored."""
    ordering, replace_many = Ordering(world), Database.replace_many

    def killed(database: Database, collection: str, changed: list[Any]) -> Any:
        replace_many(database, collection, changed[:written])
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Database, "replace_many", killed)
        ordering.reverse()
    assert ordering.names() == "CBA"
    last = ordering.routes()[-1]
    assert (last.revision, last.changed, last.changed_by) == (2, T, "anna")
    assert ordering.rename(last, "Z").revision == 3
    assert ordering.names() == "CBZ"
    stored = route_order.ROUTES.find(world.tenant)
    assert sorted(stored, key=lambda route: route.order) == ordering.routes(), "the next change has finished it"
    ordering.reverse()
    assert ordering.names() == "ZBC"


def test_an_order_whose_process_is_killed_before_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ordering = Ordering(world)
    before = ordering.routes()

    def killed(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(route_order, "_store", killed)
        ordering.reverse()
    assert ordering.routes() == before
    repository.delete_route(world.tenant, before[0].id, before[0].revision)
    assert ordering.names() == "BC"
