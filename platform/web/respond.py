"""Fast JSON in and out of plain views, by msgspec."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest

T = TypeVar("T")

_encoder = msgspec.json.Encoder(enc_hook=lambda value: _plain(value))


def encode(value: Any) -> bytes:
    """JSON of plain values, msgspec structs, dataclasses and numpy arrays."""
    return _encoder.encode(value)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # numpy arrays and scalars
        return value.tolist()
    return str(value)


def json_response(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(encode(value), status=status, content_type="application/json")


def read_json(request: HttpRequest, kind: type[T]) -> T:
    """The request's body as `kind`; BadRequest says which field is wrong and why."""
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The body is not right: {error}.", slug="invalid-body") from None
    except msgspec.DecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.", slug="not-json") from None
    except RecursionError:
        raise BadRequest("The body is nested too deeply.", slug="invalid-body") from None
