"""JSON to plain values, with the place of what cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kernel.errors import BadRequest

MAX_DIGITS = 309  # of a whole number: what a float can hold
MAX_ERRORS = 20
_LONG = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))
_TOO_LONG: Any = object()


def decode_json(body: bytes) -> Any:
    """Raises BadRequest, which names members with a number of too many digits."""
    try:
        if _LONG.search(body):
            _check_numbers(body)
        value = msgspec.json.decode(body)
        if b"\\u0000" in body:
            _check_texts(value)
        return value
    except msgspec.ValidationError as error:  # a number beyond all floats, such as 1e999
        raise _not_json(str(error).partition(" - at ")[0]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _not_json(str(error)) from None
    except RecursionError:
        raise BadRequest("The body is nested too deeply.", slug="invalid-body") from None


def _check_texts(value: Any) -> None:
    """PostgreSQL accepts no NUL in texts, and no text of a plant contains one."""
    fields = [pointer for pointer, _ in zip(_texts_with_nul(value, ""), range(MAX_ERRORS), strict=False)]
    if fields:
        why = "contains a NUL character (\\u0000)."
        raise BadRequest(
            " ".join(f"{field or 'The text'} {why}" for field in fields),
            slug="invalid-body",
            errors=[{"field": field, "message": f"This text {why}"} for field in fields],
        )


def _texts_with_nul(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, str):
        if "\0" in value:
            yield pointer
    elif isinstance(value, dict):
        for name, inner in value.items():
            place = _member(pointer, name)
            if "\0" in name:
                yield place
            yield from _texts_with_nul(inner, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts_with_nul(item, f"{pointer}[{index}]")


def _member(pointer: str, name: str) -> str:
    return f"{pointer}.{name[:80]}".removeprefix(".").replace("\0", "�")


def _check_numbers(body: bytes) -> None:
    value = json.loads(body, parse_int=lambda text: _TOO_LONG if len(text.lstrip("-")) > MAX_DIGITS else 0)
    fields = [pointer for pointer, _ in zip(_long_numbers(value, ""), range(MAX_ERRORS), strict=False)]
    if fields:
        why = f"has more than {MAX_DIGITS} digits."
        raise BadRequest(
            " ".join(f"{field or 'The number'} {why}" for field in fields),
            slug="invalid-body",
            errors=[{"field": field, "message": f"This number {why}"} for field in fields],
        )


def _long_numbers(value: Any, pointer: str) -> Iterator[str]:
    if value is _TOO_LONG:
        yield pointer
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _long_numbers(inner, _member(pointer, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _long_numbers(item, f"{pointer}[{index}]")


def _not_json(why: str) -> BadRequest:
    return BadRequest(f"The body is not JSON: {why}.", slug="not-json")
