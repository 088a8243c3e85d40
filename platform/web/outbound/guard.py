"""For libraries that connect by themselves: while guarded, this thread connects only where our own sender may."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from web.outbound.networks import Network, is_permitted, parse_address


class ConnectionNotPermitted(PermissionError):
    """The address is neither public nor in a network that the operator allows."""


class _Guarded(threading.local):
    networks: Sequence[Network] | None = None


_guarded = _Guarded()


@contextmanager
def guarded(allowed: Sequence[Network]) -> Iterator[None]:
    """Whatever this thread connects to meanwhile is checked at the moment of connecting, so also where redirects lead
    and what a name resolves to by then.
    """
    _install()
    before, _guarded.networks = _guarded.networks, allowed
    try:
        yield
    finally:
        _guarded.networks = before


@cache
def _install() -> None:
    sys.addaudithook(_check)  # for good; others than connections cost it a comparison


def _check(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect" or _guarded.networks is None:
        return
    try:
        permitted = is_permitted(parse_address(str(args[1][0])), _guarded.networks)
    except (ValueError, TypeError, IndexError):  # not of the internet
        permitted = False
    if not permitted:
        raise ConnectionNotPermitted("not a permitted address")
