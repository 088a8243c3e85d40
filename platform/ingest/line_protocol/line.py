"""One line of line protocol, read with all its escapes: `measurement,tag=value,… field=value,… timestamp`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.points import Arrival, PointError, RawPoint

# Each of these matches a text in one way only and never backtracks, so the cost is linear in the line's length.
_SITE = re.compile(r"(?:[^, \\]++|\\[, ]?)*+")
_KEY = re.compile(r"(?:[^,= \\]++|\\[,= ]?)*+")
_WORD = re.compile(r"(?:[^, \\]++|\\[,= ]?)*+")
_TEXT = re.compile(r'(?:[^"\\]++|\\["\\]?)*+')
_ESCAPED_IN_SITE = re.compile(r"\\([, ])")
_ESCAPED_IN_NAME = re.compile(r"\\([,= ])")
_ESCAPED_IN_TEXT = re.compile(r'\\(["\\])')
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"(-?[0-9]+)([iu])")
_TIMESTAMP = re.compile(r"-?[0-9]{1,19}")
_INTEGERS = {"i": (-(2**63), 2**63 - 1), "u": (0, 2**64 - 1)}
MAX_INTEGER_CHARS = 40  # leading zeros are legal; anything longer is beyond 64 bits or malicious
_BOOLEANS = {word: word[0] in "tT" for word in ("t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE")}
_QUALITIES = {"good": 0, "uncertain": 1, "bad": 2}
FIELDS = frozenset({"value", "text", "quality"})


class LineError(PointError):
    """What is wrong with a line, without its number."""

    decoded = False


class NotASample(LineError):
    """A valid line that is no sample of a sensor."""

    decoded = True


class Unterminated(LineError):
    """A quoted text does not end on this line."""


@dataclass(frozen=True, slots=True)
class LineParts:
    """The parts of any line; `time` is an integer, or empty."""

    measurement: str
    tags: dict[str, str]
    fields: dict[str, float | bool | str]
    time: str


def read_line(raw: bytes, factor: int) -> RawPoint | Arrival:
    """The point of one line; an arrival if it has more tags or other fields than a point. Raises LineError."""
    line, name, tags, at = _begin(raw)
    fields, at = _fields(line, at + 1)
    t = _time(line[at:], factor)
    try:
        point = _point(name, tags, fields, t)
    except NotASample as error:
        return Arrival(name, tags, fields, t, otherwise=str(error))
    return point if len(tags) == 1 else Arrival(name, tags, fields, t, point)


def read_parts(raw: bytes) -> LineParts:
    """The parts of one line, whatever its tags and fields. Raises LineError."""
    line, measurement, tags, at = _begin(raw)
    fields, at = _fields(line, at + 1)
    time = _time(line[at:], 1)
    return LineParts(measurement, tags, fields, "" if time is None else str(time))


def _begin(raw: bytes) -> tuple[str, str, dict[str, str], int]:
    """The decoded line, its measurement and tags, and where its fields begin."""
    try:
        line = raw.decode().strip("\r").lstrip(" \t")
    except UnicodeDecodeError as error:
        raise LineError(f"byte {error.start + 1} is not UTF-8") from None
    site, at = _name(line, 0, _SITE, _ESCAPED_IN_SITE)
    if not site:
        raise LineError("a line begins with the measurement (the site), not with a comma")
    tags, at = _tags(line, at)
    if at >= len(line):
        raise LineError("there are no fields; a line is `site,sensor=TAG value=1.5 timestamp`")
    return line, site, tags, at


def _name(line: str, at: int, form: re.Pattern[str], escaped: re.Pattern[str]) -> tuple[str, int]:
    """The name from `at` up to the first character that ends it and is not escaped, and where that is."""
    found = form.match(line, at)
    text = found[0] if found else ""
    return escaped.sub(r"\1", text) if "\\" in text else text, at + len(text)


def _tags(line: str, at: int) -> tuple[dict[str, str], int]:
    tags: dict[str, str] = {}
    while line[at : at + 1] == ",":
        key, at = _name(line, at + 1, _KEY, _ESCAPED_IN_NAME)
        if line[at : at + 1] != "=":
            raise LineError(f"the tag {_shown(key)} has no value; a tag is written key=value")
        if key in tags:
            raise LineError(f"the tag {_shown(key)} is given twice")
        tags[key], at = _name(line, at + 1, _WORD, _ESCAPED_IN_NAME)
        if not tags[key]:
            raise LineError(f"the tag {_shown(key)} has an empty value")
    return tags, at


def _point(site: str, tags: dict[str, str], fields: dict[str, float | bool | str], t: int | None) -> RawPoint:
    """Raises NotASample."""
    if not fields.keys() <= FIELDS:
        key = next(key for key in fields if key not in FIELDS)
        raise NotASample(f"the field {_shown(key)} is unknown; the fields are `value`, `text` and `quality`")
    if "sensor" not in tags:
        raise NotASample("the tag `sensor` is missing; a line is `site,sensor=TAG value=1.5 timestamp`")
    return RawPoint(site, tags["sensor"], _value(fields), t, _quality(fields))


def _fields(line: str, at: int) -> tuple[dict[str, float | bool | str], int]:
    while line[at : at + 1] == " ":
        at += 1
    fields: dict[str, float | bool | str] = {}
    while True:
        key, at = _name(line, at, _KEY, _ESCAPED_IN_NAME)
        if not key or line[at : at + 1] != "=":
            raise LineError(f"the field {_shown(key)} has no value; a field is written key=value")
        if key in fields:
            raise LineError(f"the field {_shown(key)} is given twice")
        if line[at + 1 : at + 2] == '"':
            fields[key], at = _quoted(line, at + 2)
        else:
            word, at = _name(line, at + 1, _WORD, _ESCAPED_IN_NAME)
            fields[key] = _scalar(key, word)
        if line[at : at + 1] != ",":
            return fields, at
        at += 1


def _quoted(line: str, at: int) -> tuple[str, int]:
    text, at = _name(line, at, _TEXT, _ESCAPED_IN_TEXT)
    if at >= len(line):
        raise Unterminated("a text in quotes is not closed")
    if line[at + 1 : at + 2] not in ("", ",", " "):
        raise LineError(f"after the text in quotes comes {line[at + 1]!r} instead of a comma or a space")
    return text, at + 1


def _scalar(key: str, word: str) -> float | bool:
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if _NUMBER.fullmatch(word):
        return float(word)
    if integer := _INTEGER.fullmatch(word):
        return _whole(key, *integer.groups())
    if word[:20].lower().lstrip("+-") in ("nan", "inf", "infinity"):
        raise LineError(f"{key}={word}: not a number and infinity cannot be stored; leave the sample out")
    raise LineError(f"{key}={_shown(word)} is not a number, true, false or a text in double quotes")


def _whole(key: str, digits: str, kind: str) -> float:
    low, high = _INTEGERS[kind]
    if len(digits) > MAX_INTEGER_CHARS or not low <= int(digits) <= high:
        what = "unsigned integer" if kind == "u" else "integer"
        raise LineError(f"{key}={_shown(digits + kind)} is not from {low} to {high}, the range of a 64-bit {what}")
    return float(digits)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:79]}…")


def _value(fields: dict[str, float | bool | str]) -> float | bool | str:
    if "text" in fields and "value" in fields:
        raise NotASample("a sample has either `value` or `text`, not both")
    if "text" in fields:
        if not isinstance(fields["text"], str):
            raise NotASample('the field `text` is written in double quotes: text="…"')
        return fields["text"]
    if "value" not in fields:
        raise NotASample("the field `value` (or `text`) is missing")
    return fields["value"]


def _quality(fields: dict[str, float | bool | str]) -> int:
    quality = fields.get("quality", 0)
    if isinstance(quality, str) and quality.lower() in _QUALITIES:
        return _QUALITIES[quality.lower()]
    if isinstance(quality, (bool, str)) or quality not in (0, 1, 2):
        shown = _shown(quality) if isinstance(quality, str) else repr(quality)
        raise NotASample(f"quality={shown} is not 0 (good), 1 (uncertain) or 2 (bad)")
    return int(quality)


def _time(rest: str, factor: int) -> int | None:
    rest = rest.strip()
    if not rest:
        return None
    if not _TIMESTAMP.fullmatch(rest):
        raise LineError(f"the timestamp {rest[:40]!r} is not a whole number")
    return int(rest) * factor
