"""What msgspec leaves to the first use of a struct, done before threads use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec


def resolve_structs() -> None:
    """Resolves the annotations of all structs that are defined so far; call it before threads start.

    msgspec (0.22) does that when a struct is first converted, and ends the process with a segmentation fault if another
    thread converts one meanwhile that contains it.
    """
    for struct in _subclasses(msgspec.Struct):
        with suppress(Exception):  # says so where it is used; such as one that is only described, and never decoded
            msgspec.json.Decoder(struct)


def _subclasses(of: type) -> Iterator[type]:
    children: list[type] = of.__subclasses__()
    for each in children:
        yield each
        yield from _subclasses(each)
