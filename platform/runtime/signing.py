"""Proof that an archive is ours and complete: an HMAC over its digest, in an empty gzip member at the end.

gunzip and tar skip an empty member, so any tool opens an archive. The member's comment names the key. As the HMAC is
over a digest, the owner of the file can have it checked by the owner of the key, and neither is sent.
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

CHUNK_BYTES = 2**20
_HEAD = bytes([0x1F, 0x8B, 8, 0x10, 0, 0, 0, 0, 0, 255])  # deflate, with a comment, no time, no system
_TAIL = b"\x00" + b"\x03\x00" + struct.pack("<II", 0, 0)  # the comment's end, nothing deflated, its checksum and size
_SCHEME = "plantrace hmac-of-sha256"
_COMMENT = re.compile(_SCHEME.encode() + rb" ([0-9a-f]{16}) ([0-9a-f]{64})")
LENGTH = len(_HEAD) + len(_SCHEME) + 1 + 16 + 1 + 64 + len(_TAIL)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`id` names it without revealing it."""

    id: str
    secret: bytes = field(repr=False)

    def sign(self, digest: str) -> str:
        return hmac.new(self.secret, bytes.fromhex(digest), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file claims: which key signed it, and its HMAC (`hmac`). `digest` is the SHA-256 of its real content."""

    key_id: str
    hmac: str
    digest: str


class Signing:
    """A file that is written sequentially and signed at its end."""

    def __init__(self, file: BinaryIO, key: SigningKey) -> None:
        self._file, self._key = file, key
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self._digest.update(piece)
        return self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()

    def sign(self) -> None:
        signature = self._key.sign(self._digest.hexdigest())
        self._file.write(_HEAD + f"{_SCHEME} {self._key.id} {signature}".encode() + _TAIL)


def read_signature(path: Path) -> Signature | None:
    """None if it has none of ours. Raises OSError."""
    remaining = path.stat().st_size - LENGTH
    with path.open("rb") as file:
        member = _last(file, remaining)
        if member is None:
            return None
        file.seek(0)
        digest = hashlib.sha256()
        while remaining and (piece := file.read(min(CHUNK_BYTES, remaining))):
            digest.update(piece)
            remaining -= len(piece)
    return Signature(*member, digest.hexdigest())


def why_not_ours(signature: Signature, keys: Mapping[str, SigningKey]) -> str:
    """Why the file cannot be trusted; empty if one of the keys signed all of it."""
    key = keys.get(signature.key_id)
    if key is None:
        return f"was signed by another installation, or with a key that was lost (key {signature.key_id})"
    ours = hmac.compare_digest(key.sign(signature.digest), signature.hmac)
    return "" if ours else "is not what we signed: it was changed, or is damaged"


def _last(file: BinaryIO, start: int) -> tuple[str, str] | None:
    """Key id and HMAC, if the file ends with our signature."""
    if start < 0:
        return None
    file.seek(start)
    member = file.read(LENGTH)
    comment = _COMMENT.fullmatch(member[len(_HEAD) : -len(_TAIL)])
    if comment is None or not member.startswith(_HEAD) or not member.endswith(_TAIL):
        return None
    return comment[1].decode(), comment[2].decode()
