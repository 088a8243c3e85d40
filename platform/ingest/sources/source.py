"""The interface of a source of samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import URLPattern

from ingest.letters import Origin
from ingest.operations import Points
from kernel.tenancy import TenantConnection

Decode = Callable[[bytes, Mapping[str, str]], Points]
TakeItem = Callable[[TenantConnection, bytes, int, Origin], int]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of samples, in a folder of its own (ADR 0057, 0064).

    Its views decode what was sent into points with positions, hand them to `ingest.operations.take_points`, acknowledge
    only when that has returned, and tell their senders what was refused, with positions as they count them.

    `urlpatterns` start at the root; `describe` declares them in the OpenAPI document. `decode` makes points of the item
    of a dead letter once more, given the options of its origin. `basic_auth` names the addresses whose clients send the
    token as the password of Basic authentication. `take_item`, of a source whose items are no points, queues such an
    item instead and returns how many things that are, or raises BadRequest if it is still wrong.
    """

    name: str
    urlpatterns: Sequence[URLPattern]
    describe: Callable[[], None]
    decode: Decode
    basic_auth: frozenset[str] = frozenset()
    take_item: TakeItem | None = None
