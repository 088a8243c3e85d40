"""What shows that an archive is ours and whole: an HMAC over all of its bytes, in an empty gzip member behind them.

gunzip and tar read on over an empty member, so an archive opens with any tool. The member's comment names the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

PIECE = 2**20
_HEAD = bytes([0x1F, 0x8B, 8, 0x10, 0, 0, 0, 0, 0, 255])  # deflate, with a comment, no time, no system
_TAIL = b"\x00" + b"\x03\x00" + struct.pack("<II", 0, 0)  # the comment's end, nothing deflated, its checksum and size
_COMMENT = re.compile(rb"plantrace hmac-sha256 ([0-9a-f]{16}) ([0-9a-f]{64})")
LENGTH = len(_HEAD) + len("plantrace hmac-sha256 ") + 16 + 1 + 64 + len(_TAIL)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`id` names it and gives nothing away."""

    id: str
    secret: bytes = field(repr=False)


class Signing:
    """A file that is written from its start to its end, and signed there."""

    def __init__(self, file: BinaryIO, key: SigningKey) -> None:
        self._file, self._key = file, key
        self._mac = hmac.new(key.secret, digestmod=hashlib.sha256)

    def write(self, piece: bytes) -> int:
        self._mac.update(piece)
        return self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()

    def sign(self) -> None:
        self._file.write(_HEAD + f"plantrace hmac-sha256 {self._key.id} {self._mac.hexdigest()}".encode() + _TAIL)


def why_not_ours(path: Path, keys: Mapping[str, SigningKey]) -> str:
    """Why nothing in the file can be trusted; empty: one of the keys signed all of it. Raises OSError."""
    signed = path.stat().st_size - LENGTH
    with path.open("rb") as file:
        member = _last(file, signed)
        if member is None:
            return "is not signed: it was taken by an older version, written elsewhere, or cut off"
        key_id, said = member
        key = keys.get(key_id)
        if key is None:
            return f"was signed by another installation, or with a key that is lost (key {key_id})"
        file.seek(0)
        mac = hmac.new(key.secret, digestmod=hashlib.sha256)
        while signed:
            piece = file.read(min(PIECE, signed))
            if not piece:
                break
            mac.update(piece)
            signed -= len(piece)
    return "" if hmac.compare_digest(mac.hexdigest(), said) else "is not what we signed: it was changed, or is damaged"


def _last(file: BinaryIO, start: int) -> tuple[str, str] | None:
    """Key and signature, if the file ends with ours."""
    if start < 0:
        return None
    file.seek(start)
    member = file.read(LENGTH)
    comment = _COMMENT.fullmatch(member[len(_HEAD) : -len(_TAIL)])
    if comment is None or not member.startswith(_HEAD) or not member.endswith(_TAIL):
        return None
    return comment[1].decode(), comment[2].decode()
