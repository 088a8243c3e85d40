"""One line of line protocol, read with all its escapes: `measurement,tag=value,… field=value,… timestamp`."""

from __future__ import annotations

import re

from ingest.points import RawPoint

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_INTEGER = re.compile(r"-?\d+[iu]")
_BOOLEANS = {word: word[0] in "tT" for word in ("t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE")}
_QUALITIES = {"good": 0, "uncertain": 1, "bad": 2}
FIELDS = ("value", "text", "quality")


class LineError(Exception):
    """What is wrong with a line, without its number."""


class Unterminated(LineError):
    """A text in quotes has no end on this line."""


def read_line(raw: bytes, factor: int) -> RawPoint:
    """The point of one line. Raises LineError."""
    try:
        line = raw.decode().strip("\r").lstrip(" \t")
    except UnicodeDecodeError as error:
        raise LineError(f"byte {error.start + 1} is not UTF-8") from None
    site, at = _until(line, 0, ", ", escapable=", ")
    if not site:
        raise LineError("a line begins with the measurement (the site), not with a comma")
    tags: dict[str, str] = {}
    while line[at : at + 1] == ",":
        key, at = _until(line, at + 1, ",= ")
        if line[at : at + 1] != "=":
            raise LineError(f"the tag {key!r} has no value; a tag is written key=value")
        tags[key], at = _until(line, at + 1, ", ")
        if not tags[key]:
            raise LineError(f"the tag {key!r} has an empty value")
    if at >= len(line):
        raise LineError("there are no fields; a line is `site,sensor=TAG value=1.5 timestamp`")
    fields, at = _fields(line, at + 1)
    if "sensor" not in tags:
        raise LineError("the tag `sensor` is missing; a line is `site,sensor=TAG value=1.5 timestamp`")
    return RawPoint(site, tags["sensor"], _value(fields), _time(line[at:], factor), _quality(fields))


def _until(line: str, at: int, ends: str, escapable: str = ",= ") -> tuple[str, int]:
    """The name from `at` up to the first of `ends` that is not escaped, and where that is."""
    found: list[str] = []
    while at < len(line) and line[at] not in ends:
        if line[at] == "\\" and at + 1 < len(line) and line[at + 1] in escapable:
            at += 1
        found.append(line[at])
        at += 1
    return "".join(found), at


def _fields(line: str, at: int) -> tuple[dict[str, float | bool | str], int]:
    while line[at : at + 1] == " ":
        at += 1
    fields: dict[str, float | bool | str] = {}
    while True:
        key, at = _until(line, at, ",= ")
        if not key or line[at : at + 1] != "=":
            raise LineError(f"the field {key!r} has no value; a field is written key=value")
        if key not in FIELDS:
            raise LineError(f"the field {key!r} is unknown; the fields are `value`, `text` and `quality`")
        if line[at + 1 : at + 2] == '"':
            fields[key], at = _quoted(line, at + 2)
        else:
            word, at = _until(line, at + 1, ", ")
            fields[key] = _scalar(key, word)
        if line[at : at + 1] != ",":
            return fields, at
        at += 1


def _quoted(line: str, at: int) -> tuple[str, int]:
    found: list[str] = []
    while at < len(line):
        if line[at] == '"':
            if line[at + 1 : at + 2] not in ("", ",", " "):
                raise LineError(f"after the text in quotes comes {line[at + 1]!r} instead of a comma or a space")
            return "".join(found), at + 1
        if line[at] == "\\" and line[at + 1 : at + 2] in ('"', "\\") and at + 1 < len(line):
            at += 1
        found.append(line[at])
        at += 1
    raise Unterminated("a text in quotes is not closed")


def _scalar(key: str, word: str) -> float | bool:
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if _NUMBER.fullmatch(word):
        return float(word)
    if len(word) <= 301 and _INTEGER.fullmatch(word):
        return float(int(word[:-1]))
    if word.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        raise LineError(f"{key}={word}: not a number and infinity cannot be stored; leave the sample out")
    raise LineError(f"{key}={word!r} is not a number, true, false or a text in double quotes")


def _value(fields: dict[str, float | bool | str]) -> float | bool | str:
    if "text" in fields and "value" in fields:
        raise LineError("a sample has either `value` or `text`, not both")
    if "text" in fields:
        if not isinstance(fields["text"], str):
            raise LineError('the field `text` is written in double quotes: text="…"')
        return fields["text"]
    if "value" not in fields:
        raise LineError("the field `value` (or `text`) is missing")
    return fields["value"]


def _quality(fields: dict[str, float | bool | str]) -> int:
    quality = fields.get("quality", 0)
    if isinstance(quality, str) and quality.lower() in _QUALITIES:
        return _QUALITIES[quality.lower()]
    if isinstance(quality, (bool, str)) or quality not in (0, 1, 2):
        raise LineError(f"quality={quality!r} is not 0 (good), 1 (uncertain) or 2 (bad)")
    return int(quality)


def _time(rest: str, factor: int) -> int | None:
    rest = rest.strip()
    if not rest:
        return None
    if not re.fullmatch(r"-?\d{1,19}", rest):
        raise LineError(f"the timestamp {rest[:40]!r} is not a whole number")
    return int(rest) * factor
