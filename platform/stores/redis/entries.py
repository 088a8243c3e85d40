"""Entries of a tenant's stream: what they hold, and what they count against its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

BYTES_PER_SAMPLE = 64  # an entry weighs its samples, or its bytes in this unit if that is more (long texts)


@dataclass(frozen=True, slots=True)
class Entry:
    """One appended payload, as read back."""

    id: str
    payload: bytes
    samples: int

    @property
    def weight(self) -> int:
        return weight_of(self.payload, self.samples)


def weight_of(payload: bytes, samples: int) -> int:
    return max(samples, math.ceil(len(payload) / BYTES_PER_SAMPLE))


def entries_of(rows: Any) -> list[Entry]:
    return [Entry(entry_id.decode(), fields[b"d"], int(fields[b"n"])) for entry_id, fields in rows if fields]


def next_id(entry_id: str) -> str:
    """The smallest id after this one."""
    milliseconds, _, sequence = entry_id.partition("-")
    return f"{milliseconds}-{int(sequence or 0) + 1}"
