"""Identifiers: a letter for the kind and ten random base-32 characters, unique across all tenants and never reused."""

from __future__ import annotations

import re
import secrets

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # base 32 without the look-alikes l, o, 0, 1
LENGTH = 10

TENANT, SITE, AREA, ASSET, SENSOR = "t", "p", "r", "a", "s"
CONNECTION, SCHEMATIC, IMPORT, JOB, ROLLOUT, BACKUP, CORRECTION = "c", "d", "i", "j", "u", "b", "k"
DEVICE, COMMAND = "g", "x"
SYMBOL = "y"
CALCULATED = "f"
RUN_DEFINITION, RUN_MARK = "w", "z"
SCAN = "e"
BOOKMARK = "m"
ANNOTATION, SAVED_VIEW, DASHBOARD = "n", "l", "h"  # a file of an annotation is "n" too
TEMPLATE = "o"
SOURCE = "q"
EVENT = "v"  # followed by 27 characters: ingest.events.event

_ID = re.compile(rf"[a-z][{ALPHABET}]{{{LENGTH}}}")


def new_id(kind: str) -> str:
    """A new id, such as `s7k2m9q4xwa` for kind `s`."""
    number = secrets.randbits(5 * LENGTH)
    return kind + "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(LENGTH))


def is_id(text: str, kind: str) -> bool:
    """Whether `text` is a well-formed id of that kind."""
    return text[:1] == kind and _ID.fullmatch(text) is not None
