"""Query parameters. Each function names the parameter in its error, with what would be right."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from kernel.errors import BadRequest
from kernel.numbers import parse_count
from kernel.times import parse_time

MAX_SHOWN = 40  # characters of a wrong value in an error
_FLAGS = {"1": True, "true": True, "0": False, "false": False}


def flag(request: HttpRequest, name: str, default: bool = False) -> bool:
    return parse_flag(request.GET.get(name), name, default)


def parse_flag(text: str | None, name: str, default: bool = False) -> bool:
    """`default` where the parameter is missing."""
    if text is None:
        return default
    if (value := _FLAGS.get(text.lower())) is None:
        raise BadRequest(f"{name}={text[:MAX_SHOWN]} is neither true nor false.", slug="bad-flag", parameter=name)
    return value


def whole_number(request: HttpRequest, name: str, default: int, minimum: int, maximum: int) -> int:
    text = request.GET.get(name)
    if text is None:
        return default
    number = parse_count(text)
    if number is None or not minimum <= number <= maximum:
        raise BadRequest(
            f"{name}={text[:MAX_SHOWN]} is not a number from {minimum} to {maximum}.",
            slug=f"bad-{name}",
            parameter=name,
        )
    return number


def choice(request: HttpRequest, name: str, choices: Sequence[str], default: str, slug: str = "bad-parameter") -> str:
    text = request.GET.get(name, default)
    if text not in choices:
        raise BadRequest(f"{name}={text[:MAX_SHOWN]} is not one of {', '.join(choices)}.", slug=slug, parameter=name)
    return text


def moment(request: HttpRequest, name: str) -> int | None:
    """Epoch ms; None where the parameter is missing."""
    text = request.GET.get(name)
    return None if text is None else parse_time(text, name)


def required_moment(request: HttpRequest, name: str) -> int:
    if (found := moment(request, name)) is None:
        raise BadRequest(f"{name} is missing: ISO 8601 with a zone, or epoch milliseconds.", parameter=name)
    return found
