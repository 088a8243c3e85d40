"""Translates InfluxDB 1.8's error messages to our errors. Nothing else parses them."""

from __future__ import annotations

import re

import msgspec

from stores.timeseries.errors import (
    LinesRefused,
    Refused,
    RefusedCredentials,
    ShardDisabled,
    TimeseriesUnavailable,
    UserExists,
)

FORBIDDEN = (401, 403)
# Matched first: they quote the data written, which may contain anything.
_LINES = re.compile(r"^(?:partial write|unable to parse ')|field type conflict|max key length|time outside range")
_DROPPED = re.compile(r"dropped=(\d+)\s*$")
_CREDENTIALS = re.compile(r"authoriz|authenti")
_DISABLED = re.compile(r"shard is disabled")
_PASSING = re.compile(r"timeout|shutdown|engine is closed")
_EXISTS = re.compile(r"user already exists")


class _Answer(msgspec.Struct):
    error: str


def refusal(body: str, status: int = 200) -> Refused | TimeseriesUnavailable:
    """The error for a body, or for the error of one statement."""
    text = _sentence(body)
    if status in FORBIDDEN:
        return _refused_credentials(text)
    if _LINES.search(text):
        dropped = _DROPPED.search(text)
        return LinesRefused(f"The time series store refused: {text}", int(dropped[1]) if dropped else None)
    if _CREDENTIALS.search(text):
        return _refused_credentials(text)
    if _DISABLED.search(text):
        return ShardDisabled(f"A part of the samples is not available yet: {text}")
    if _PASSING.search(text):
        return TimeseriesUnavailable(f"The time series store could not answer: {text}")
    if _EXISTS.search(text):
        return UserExists(f"The time series store refused: {text}")
    return Refused(f"The time series store refused: {text}")


def _refused_credentials(text: str) -> RefusedCredentials:
    return RefusedCredentials(f"The time series store refused the platform's credentials: {text}")


def _sentence(body: str) -> str:
    """The body of an error is JSON; the error of a statement is not."""
    try:
        return msgspec.json.decode(body, type=_Answer).error.strip()
    except msgspec.DecodeError:
        return body.strip()
