"""Makes names of uploaded files safe for our file system."""

from __future__ import annotations

MAX_NAME_BYTES = 120  # file systems take 255 bytes, of which a number of ours needs some


def file_name(name: str) -> str:
    """Its end, which has the suffix; control characters and separators become `_`."""
    plain = "".join("_" if character in "/\\" or not character.isprintable() else character for character in name)
    end = plain.encode("utf-8", "replace")[-MAX_NAME_BYTES:].decode("utf-8", "ignore")
    return "file.csv" if end in ("", ".", "..") else end
