"""The forms in which InfluxDB 1.x writes an error, as the client's `Accept` asks."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

import msgspec

JSON, MSGPACK = "application/json", "application/x-msgpack"
TYPES = (JSON, "application/csv", "text/csv", MSGPACK)  # of ranges such as */* the first that fits
MAX_RANGES = 20  # of an Accept header; more are not looked at


def accepted_type(accept: str) -> str:
    """The one of `TYPES` that the client prefers; JSON if none."""
    ranges = [part.strip().split(";") for part in accept.split(",")[:MAX_RANGES]]
    for name, *_ in sorted(ranges, key=lambda each: -_quality(each[1:])):
        for known in TYPES:
            if name.strip().lower() in (known, f"{known.partition('/')[0]}/*", "*/*", "*"):
                return known
    return JSON


def write_error(text: str, media_type: str) -> bytes:
    if media_type == MSGPACK:
        return msgspec.msgpack.encode({"error": text})
    if media_type == JSON:
        return msgspec.json.encode({"error": text}) + b"\n"
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows([["error"], [text]])
    return out.getvalue().encode()


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
