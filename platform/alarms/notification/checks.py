"""What of channels, routes and shift plans their types do not say. Pure but for the catalog that is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from urllib.parse import urlsplit

from msgspec.structs import replace

from alarms.notification.channels import ChannelSettings, EmailSettings
from alarms.notification.models import DuringShifts, Match, PlanContent, RouteContent, Weekly
from catalog.snapshot import Snapshot
from catalog.zones import check_zone
from kernel.errors import BadRequest
from kernel.text import CONTROL

# Without quoted local parts and without IP addresses; one @, and a domain with a dot.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}")


def invalid(field: str, message: str) -> BadRequest:
    return BadRequest(message, slug="invalid-body", errors=[{"field": field, "message": message}])


def checked_name(name: str) -> str:
    text = " ".join(name.split())
    if not text or CONTROL.search(text):
        raise invalid("name", "A name is one line of text.")
    return text


def check_settings(settings: ChannelSettings) -> None:
    """BadRequest. Whether a URL's host may be reached is for senders to say."""
    if isinstance(settings, EmailSettings):
        for place, address in enumerate(settings.addresses):
            if not _ADDRESS.fullmatch(address):
                raise invalid(f"settings.addresses[{place}]", "This is no e-mail address, such as name@example.com.")
        if len({address.casefold() for address in settings.addresses}) < len(settings.addresses):
            raise invalid("settings.addresses", "An address is listed twice.")
        return
    url = getattr(settings, "url", None) or ""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise invalid("settings.url", "A URL has ASCII characters only, and no blanks; encode others with %.")


def split_url(url: str) -> tuple[str, str]:
    """Scheme and host, in lower case; empty if it has none."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower(), (parts.hostname or "").lower()
    except ValueError:
        raise invalid("settings.url", "This is no URL, such as https://example.com/alarms.") from None


def check_plan(content: PlanContent) -> None:
    check_zone_of("zone", content.zone)
    if not content.entries and content.rotation is None:
        raise invalid("entries", "A shift plan needs entries, a rotation or both.")
    if content.rotation is None and not any(entry.people for entry in content.entries):
        raise invalid("entries", "Nobody is on duty: name people in an entry, or add a rotation.")
    if content.rotation is not None:
        if not any(content.rotation.groups):
            raise invalid("rotation.groups", "Nobody is in any group.")
        try:
            date.fromisoformat(content.rotation.begins)
        except ValueError:
            raise invalid("rotation.begins", "This is no day of the calendar.") from None


def check_route(content: RouteContent) -> None:
    for place, step in enumerate(content.steps):
        if not (step.channels or step.people or step.shifts):
            raise invalid(f"steps[{place}]", "A step names channels, people or shift plans.")
        if place == 0 and step.after_s != 0:
            raise invalid("steps[0].after_s", "The first step is at once: 0.")
        if place and step.after_s <= content.steps[place - 1].after_s:
            raise invalid(f"steps[{place}].after_s", "A step is later than the one before it.")
    if isinstance(content.active, Weekly):
        check_zone_of("active.zone", content.active.zone)
    if content.quiet is not None:
        check_zone_of("quiet.zone", content.quiet.zone)
        if content.quiet.start == content.quiet.end:
            raise invalid("quiet.to", "Quiet hours end at another time than they begin.")
    if (digest := content.digest) is not None:
        check_zone_of("digest.zone", digest.zone)
        if (digest.every_s is None) == (digest.at is None):
            raise invalid("digest", "A digest has either `every_s` or `at`.")
        if len(content.steps) > 1 or content.repeat_s is not None:
            raise invalid("digest", "A digest has one step and no repetition.")


def check_reached(content: RouteContent, kinds: Mapping[str, str]) -> None:
    """By the kinds of its channels, a step reaches somebody."""
    for place, step in enumerate(content.steps):
        if not (step.people or step.shifts) and all(kinds[id] == "push" for id in step.channels):
            raise invalid(
                f"steps[{place}].people",
                "A channel of browsers reaches those of the people whom the step names: name people or shift plans.",
            )


def used_channels(content: RouteContent) -> list[tuple[str, str]]:
    """With the fields in which they are named."""
    return [
        (f"steps[{place}].channels[{i}]", id)
        for place, step in enumerate(content.steps)
        for i, id in enumerate(step.channels)
    ]


def used_plans(content: RouteContent) -> list[tuple[str, str]]:
    found = [
        (f"steps[{place}].shifts[{i}]", id)
        for place, step in enumerate(content.steps)
        for i, id in enumerate(step.shifts)
    ]
    return [*found, ("active.plan", content.active.plan)] if isinstance(content.active, DuringShifts) else found


def used_people(content: RouteContent) -> list[tuple[str, str]]:
    return [
        (f"steps[{place}].people[{i}]", id)
        for place, step in enumerate(content.steps)
        for i, id in enumerate(step.people)
    ]


def people_of_plan(content: PlanContent) -> list[tuple[str, str]]:
    found = [
        (f"entries[{place}].people[{i}]", id)
        for place, entry in enumerate(content.entries)
        for i, id in enumerate(entry.people)
    ]
    groups = content.rotation.groups if content.rotation else []
    found += [
        (f"rotation.groups[{place}][{i}]", id) for place, group in enumerate(groups) for i, id in enumerate(group)
    ]
    return found


def check_known(used: Iterable[tuple[str, str]], known: Callable[[str], bool], noun: str) -> None:
    for field, id in used:
        if not known(id):
            raise invalid(field, f"There is no {noun} {id}.")


def checked_match(match: Match, catalog: Snapshot, is_rule: Callable[[str], bool]) -> Match:
    """Sites by slug become ids."""
    sites: list[str] = []
    for place, given in enumerate(match.sites):
        site = catalog.site(given)
        if site is None:
            raise invalid(f"match.sites[{place}]", f"There is no site {given}.")
        sites.append(site.id)
    for name, ids, known in (("areas", match.areas, catalog.areas), ("assets", match.assets, catalog.assets)):
        check_known(((f"match.{name}[{i}]", id) for i, id in enumerate(ids)), known.__contains__, name[:-1])
    check_known(((f"match.rules[{i}]", id) for i, id in enumerate(match.rules)), is_rule, "alarm rule")
    return replace(match, sites=sites)


def check_zone_of(field: str, zone: str) -> None:
    try:
        check_zone(zone)
    except ValueError as error:
        raise invalid(field, str(error)) from None
