"""Identifiers: a kind and ten random base-32 characters, unique across all tenants and never reused.

A kind is one letter, as in `s7k2m9q4xwa`, or two, as in `al7k2m9q4xwa`. All single letters are taken, so new kinds have
two. An id's length says which it has: none is an id of two kinds, whatever letters they begin with.
"""

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
ALARM_RULE = "al"
CASE, CASE_NOTE, PLAN, CAMPAIGN = "cs", "cn", "mp", "rc"  # a file of a case's note is "cn" too; plans of maintenance
NOTIFICATION_CHANNEL, NOTIFICATION_ROUTE, SHIFT_PLAN, PUSH_SUBSCRIPTION = "nc", "nr", "sp", "ps"
ALARM_SINK = "ak"
REMOVAL = "rm"  # of objects of the catalog
EVENT = "v"  # followed by 27 characters: ingest.events.event
VERSION = "v"  # of a schematic
MEMBERSHIP, TOKEN, INVITATION = "m", "k", "v"  # rows of the relational database

_KIND = re.compile(r"[a-z]{1,2}")
_REST = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def new_id(kind: str) -> str:
    """A new id, such as `s7k2m9q4xwa` for kind `s`."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"“{kind}” is no kind of ids: one or two of the letters a to z.")
    return id_of_number(kind, secrets.randbits(5 * LENGTH))


def id_of_number(kind: str, number: int) -> str:
    """Always the same id for a number, of which 50 bits count: of a digest, where something may be made only once."""
    return kind + "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(LENGTH))


def is_id(text: str, kind: str) -> bool:
    """Whether `text` is a well-formed id of that kind."""
    return text.startswith(kind) and _REST.fullmatch(text, len(kind)) is not None


def pattern(*kinds: str) -> str:
    """Of ids of these kinds, for a JSON schema."""
    return f"^({'|'.join(kinds)})[{ALPHABET}]{{{LENGTH}}}$"
