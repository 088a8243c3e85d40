"""Whose a saved view or a dashboard is: one person's, or shared in the tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from kernel.errors import Conflict
from web.caller import Caller

MAX_PERSONAL = 100  # of one person, of each kind
HEAD = ("owner", "shared")  # what `check_number` must know of each


class Owned(Protocol):
    @property
    def owner(self) -> int: ...

    @property
    def shared(self) -> bool: ...


def is_visible(item: Owned, caller: Caller) -> bool:
    return item.shared or item.owner == caller.user_id


def check_number(caller: Caller, there: Iterable[Mapping[str, Any]], noun: str) -> None:
    """Raises Conflict if the caller has as many of their own as a person may."""
    if sum(not each["shared"] and each["owner"] == caller.user_id for each in there) >= MAX_PERSONAL:
        raise Conflict(f"You have {MAX_PERSONAL} {noun}s of your own; delete one first.", slug="too-many-personal")
