"""Fast JSON in and out of plain views, by msgspec."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest
from web.decoding import decode_json
from web.openapi.unknown_names import check_members

T = TypeVar("T")
_UNTYPED = (Any, list[Any], dict[str, Any])

_encoder = msgspec.json.Encoder(enc_hook=lambda value: _plain(value))


def encode(value: Any) -> bytes:
    """JSON of plain values, msgspec structs, dataclasses and numpy arrays."""
    return _encoder.encode(value)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # numpy arrays and scalars
        return value.tolist()
    return str(value)


def json_response(value: Any, status: int = 200, location: str = "") -> HttpResponse:
    """`location`: where what was created, or the job that was accepted, is found."""
    response = HttpResponse(encode(value), status=status, content_type="application/json")
    if location:
        response["Location"] = location
    return response


def no_content() -> HttpResponse:
    return HttpResponse(status=204)


def read_json(request: HttpRequest, kind: type[T]) -> T:
    """The request's body as `kind`; BadRequest says which field is wrong and why."""
    value = decode_json(request.body)
    check_members(request, _typed_members(value, kind))
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _not_right(error) from None


def _typed_members(value: Any, kind: Any) -> Any:
    """Without the untyped fields, which their reader checks itself, unknown names included."""
    if not isinstance(value, dict) or not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return None
    untyped = _untyped_of(kind)
    return {name: None if name in untyped else inner for name, inner in value.items()}


@lru_cache(maxsize=200)
def _untyped_of(kind: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(kind) if field.type in _UNTYPED)


def _not_right(error: msgspec.ValidationError) -> BadRequest:
    """msgspec says `Expected `int`, got `str` - at `$.points``."""
    message, _, place = str(error).rpartition(" - at `$")
    field = place.rstrip("`").removeprefix(".")
    return BadRequest(
        f"The body is not valid: {error}.",
        slug="invalid-body",
        errors=[{"field": field if message else "", "message": f"{message or error}."}],
    )
