"""Simplifies headers whose parameters Django would decode.

Django looks up the character set that a header names, and accepts codecs that are not for text (`charset=rot13`): then
reading the query string fails. Text is UTF-8 here, whatever a header says, so only `boundary` is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# RFC 2046 allows a boundary 70 characters.
_BOUNDARY = re.compile(r';[ \t]*boundary=(?:"([^";]{1,70})"|([^"; \t]{1,70}))[ \t]*(?:;|$)', re.IGNORECASE)
_ENCODED = re.compile(r"\*[0-9]{0,4}\*?[ \t]*=")  # name*=, name*0*=: a value that names its character set, RFC 2231


def with_plain_headers(application: WSGIApplication) -> WSGIApplication:
    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if ";" in (value := environ.get("CONTENT_TYPE") or ""):
            environ["CONTENT_TYPE"] = plain_content_type(value)
        if "*" in (value := environ.get("HTTP_ACCEPT") or "") and _ENCODED.search(value):
            environ["HTTP_ACCEPT"] = "*/*"
        return application(environ, start_response)

    return wrapped


def plain_content_type(value: str) -> str:
    """The media type, and a multipart body's boundary."""
    media_type = value.partition(";")[0].strip()
    found = _BOUNDARY.search(value)
    return f'{media_type}; boundary="{found[1] or found[2]}"' if found else media_type
