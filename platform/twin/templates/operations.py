"""Operations on templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from kernel.errors import Conflict, TooLarge
from kernel.tenancy import TenantConnection
from twin.names import checked_name
from twin.own_symbols.operations import Symbols
from twin.templates.models import MAX_TEMPLATE_BYTES, TEMPLATES, NewTemplate, StoredTemplate, Template
from twin.validation import check_draft
from web.collection import Head
from web.stores import documents


def find(tenant: TenantConnection) -> list[Template]:
    """By name."""
    return [stored.public() for stored in sorted(TEMPLATES.find(tenant), key=place_of)]


def place_of(template: StoredTemplate | Template) -> str:
    return f"{template.name.casefold()}\x1f{template.id}"


def create(tenant: TenantConnection, content: NewTemplate, *, author: str, now: int) -> Template:
    """Raises BadRequest, Conflict (the name is taken, or there are too many)."""
    fields = _checked(tenant, content, author, now)

    def make(there: Sequence[Head]) -> dict[str, Any]:
        _check_name(fields["name"], there)
        return fields

    return TEMPLATES.insert(tenant, make).public()


def change(
    tenant: TenantConnection, id: str, content: NewTemplate, revision: int, *, author: str, now: int
) -> Template:
    """Raises NotFound, BadRequest, Conflict (the name is taken, or the present one as `current`)."""
    fields = _checked(tenant, content, author, now)

    def make(before: StoredTemplate) -> dict[str, Any]:
        if fields["name"].casefold() != before.name.casefold():
            _check_name(fields["name"], TEMPLATES.heads(tenant))
        return fields

    with documents(tenant).exclusive(TEMPLATES.name):
        return TEMPLATES.change(tenant, id, revision, make, StoredTemplate.public).public()


def _checked(tenant: TenantConnection, content: NewTemplate, author: str, now: int) -> dict[str, Any]:
    text = msgspec.json.encode(check_draft(content.drawing, Symbols(tenant))).decode()
    if len(text.encode()) > MAX_TEMPLATE_BYTES:
        raise TooLarge(f"A template has at most {MAX_TEMPLATE_BYTES:,} bytes as JSON.", slug="template-too-large")
    name = checked_name(content.name)
    return {"name": name, "asset": content.asset, "drawing": text, "author": author, "changed": now}


def _check_name(name: str, others: Iterable[Head]) -> None:
    if any(each["name"].casefold() == name.casefold() for each in others):
        raise Conflict(f"There is a template “{name}” already; choose another name, or change it.", slug="name-taken")
