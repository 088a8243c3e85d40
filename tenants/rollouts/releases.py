"""Operations on releases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

import msgspec
from django.db import IntegrityError, transaction
from msgspec import Meta

from kernel.errors import BadRequest, Conflict, NotFound
from tenants.models import Release, Tenant
from tenants.rollouts.machine import RolloutState

NAME = "[A-Za-z0-9][A-Za-z0-9._+-]{0,62}"
_NAME = re.compile(NAME)
MAX_IMAGE, MAX_VERSION, MAX_SETTING, MAX_NOTES = 500, 64, 20, 10_000  # characters
_IMAGE = re.compile(r"[a-z0-9][a-z0-9._/:-]*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+([-+][A-Za-z0-9.+-]+)?")
PARTS = ("influxdb", "plantrace")
SETTINGS = {
    "cacheMaxMemory": (re.compile(r"[1-9][0-9]*[kmg]"), "a size, such as 512m"),
    "snapshotColdDuration": (re.compile(r"[1-9][0-9]*(s|m|h)"), "a duration, such as 2m"),
}


def _named(names: Iterable[str], max_length: int) -> Meta:
    text = {"type": "string", "minLength": 1, "maxLength": max_length}
    return Meta(extra_json_schema={"properties": dict.fromkeys(names, text), "additionalProperties": False})


class NewRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`images`: of `influxdb` and `plantrace`, as repository:tag. What is not named stays as the chart has it."""

    name: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 63, "pattern": f"^{NAME}$"})]
    images: Annotated[dict[str, Annotated[str, Meta(max_length=MAX_IMAGE)]], _named(PARTS, MAX_IMAGE)] = {}
    chart_version: Annotated[str, Meta(max_length=MAX_VERSION)] = ""
    settings: Annotated[dict[str, Annotated[str, Meta(max_length=MAX_SETTING)]], _named(SETTINGS, MAX_SETTING)] = {}
    notes: Annotated[str, Meta(max_length=MAX_NOTES)] = ""


def create(wanted: NewRelease, who: str) -> Release:
    """Raises BadRequest (field named) or Conflict."""
    _check(wanted)
    try:
        with transaction.atomic():
            return Release.objects.create(
                name=wanted.name,
                images=wanted.images,
                chart_version=wanted.chart_version,
                settings=wanted.settings,
                notes=wanted.notes.strip(),
                created_by=who,
            )
    except IntegrityError:
        raise Conflict(
            f"There is a release {wanted.name} already; releases never change, so give another name.", field="name"
        ) from None


def find(name: str) -> Release:
    """Raises NotFound."""
    found = Release.objects.filter(pk=name).first()
    if found is None:
        raise NotFound(f"There is no release {name[:64]}.")
    return found


def check_known(name: str) -> str:
    """`name` of an existing release, or empty. Raises BadRequest."""
    if name and not Release.objects.filter(pk=name).exists():
        raise BadRequest(f"release “{name[:64]}” does not exist; GET /api/v1/releases lists them.", field="release")
    return name


def usual() -> str:
    """What a new tenant gets: the release that was last rolled out to all; none before the first."""
    done = Release.objects.filter(rollouts__state=RolloutState.done).order_by("-rollouts__created").first()
    return done.name if done else ""


def remove(name: str) -> Release:
    """Delete one that no tenant has and that was never rolled out. Raises NotFound, Conflict."""
    release = find(name)
    if Tenant.objects.filter(release=name).exists() or release.rollouts.exists():
        raise Conflict(f"Release {name} is in use, or was rolled out; its history is kept.", slug="in-use")
    release.delete()
    return release


def _check(wanted: NewRelease) -> None:
    if not _NAME.fullmatch(wanted.name):
        raise _bad("name", wanted.name, "use letters, digits, dots and hyphens, such as 2.4.0")
    for part, image in wanted.images.items():
        if part not in PARTS:
            raise _bad("images", part, f"use one of: {', '.join(PARTS)}")
        if not _IMAGE.fullmatch(image):
            raise _bad(f"images.{part}", image, "name repository and tag, such as registry.example/influxdb:1.8.10")
    if wanted.chart_version and not _VERSION.fullmatch(wanted.chart_version):
        raise _bad("chart_version", wanted.chart_version, "use a version, such as 1.4.0")
    for name, value in wanted.settings.items():
        if name not in SETTINGS:
            raise _bad("settings", name, f"use one of: {', '.join(SETTINGS)}")
        form, says = SETTINGS[name]
        if not form.fullmatch(value):
            raise _bad(f"settings.{name}", value, f"it is {says}")


def _bad(field: str, value: str, what: str) -> BadRequest:
    return BadRequest(f"{field} “{value[:80]}” is invalid: {what}.", field=field)
