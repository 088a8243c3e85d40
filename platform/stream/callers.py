"""On what a caller's rights depend. `config` provides it: only `access` knows."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from django.http import HttpRequest

from kernel.seams import Seam


class Rights(NamedTuple):
    """`subjects`: the rights are to be asked for again once one of them changes (`stores.redis.epochs`)."""

    subjects: frozenset[str]
    ends_in_s: float | None


class Callers(Protocol):
    def rights_of(self, request: HttpRequest) -> Rights:
        """Of a request that was admitted."""


callers = Seam[Callers]("callers' rights")
