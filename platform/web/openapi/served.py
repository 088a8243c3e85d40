"""GET /api/schema/: the OpenAPI document, made once in each form; it follows from the code alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from web.openapi.declared import generating

LANG = OpenApiParameter(
    "lang",
    {"type": "string", "minLength": 1, "maxLength": 20},
    description="Ignored, removed in 0.3: the document is in English",
    deprecated=True,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    body: bytes
    content_type: str
    file_name: str
    etag: str


class SchemaView(SpectacularAPIView):
    @extend_schema(
        parameters=[LANG],
        responses={200: OpenApiTypes.OBJECT, 304: OpenApiResponse(description="As it was, by `If-None-Match`")},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rendered = _rendered(cast(Any, type(request.accepted_renderer)))
        response = HttpResponse(rendered.body, content_type=rendered.content_type)
        response["ETag"] = rendered.etag
        response["Content-Disposition"] = f'inline; filename="{rendered.file_name}"'
        plain: HttpRequest = request._request
        return get_conditional_response(plain, etag=rendered.etag, response=response) or response


@cache
def _document() -> dict[str, Any]:
    with generating:
        return dict(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


@cache
def _rendered(kind: type[BaseRenderer]) -> Rendered:
    renderer = kind()
    body = cast(bytes, renderer.render(_document(), kind.media_type, {}))
    content_type = f"{kind.media_type}; charset={kind.charset}" if kind.charset else str(kind.media_type)
    return Rendered(body, content_type, f"Plantrace.{kind.format}", f'"{hashlib.sha256(body).hexdigest()[:32]}"')
