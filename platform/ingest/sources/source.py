"""The interface of a source of samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import URLPattern


@dataclass(frozen=True, slots=True)
class Source:
    """A source of samples, in a folder of its own (ADR 0057).

    Its views decode what was sent into points with positions, hand them to `ingest.operations.take_points`, acknowledge
    only when that has returned, and name positions in errors as their senders count them.

    `urlpatterns` start at the root; `describe` declares them in the OpenAPI document. `basic_auth` names the addresses
    whose clients send the token as the password of Basic authentication.
    """

    name: str
    urlpatterns: Sequence[URLPattern]
    describe: Callable[[], None]
    basic_auth: frozenset[str] = frozenset()
