"""The address of an object, as people write it: `s3://bucket/prefix/name`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

SCHEME = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PART = re.compile(r"[^\x00-\x1f/\x7f]+")


@dataclass(frozen=True, slots=True)
class Address:
    """An object, or with an empty `key` the bucket itself. A prefix of objects is an address too."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError, in a sentence."""
        if not text.startswith(SCHEME):
            raise ValueError(f"{text} is not the address of a bucket: it must begin with {SCHEME}.")
        bucket, _, key = text.removeprefix(SCHEME).partition("/")
        if not _BUCKET.fullmatch(bucket):
            raise ValueError(
                f"{text} names no bucket: a bucket's name has 3 to 63 lowercase letters, digits, dots and hyphens."
            )
        key = key.rstrip("/")
        if key and any(part in (".", "..") or not _PART.fullmatch(part) for part in key.split("/")):
            raise ValueError(f"{text} is not the address of an object: its parts are names separated by a single /.")
        return cls(bucket, key)

    def __truediv__(self, name: str) -> Address:
        return Address(self.bucket, f"{self.key}/{name}" if self.key else name)

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def path(self) -> str:
        """As Arrow wants it."""
        return f"{self.bucket}/{self.key}" if self.key else self.bucket

    def __str__(self) -> str:
        return SCHEME + self.path


def check_endpoint(url: str) -> str:
    """An S3 server's address, or nothing for Amazon's. Raises ValueError, in a sentence."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query):
        raise ValueError(f"must be http:// or https:// and a server's name, with its port, not {url!r}")
    return url.rstrip("/")
