"""The view of an address, made of one function for each method (ADR 0055)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def methods(**views: View) -> View:
    """`methods(GET=read, PUT=update)`. HEAD is answered as GET; any other method is 405."""
    by_method = _with_head(views)

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (handler := by_method.get(request.method or "")) is None:
            return HttpResponseNotAllowed(list(by_method))  # ProblemMiddleware writes the document
        return handler(request, *args, **kwargs)

    update_wrapper(view, next(iter(views.values())), assigned=("__module__", "__qualname__", "__doc__"), updated=())
    view.methods = by_method  # type: ignore[attr-defined]
    for mark in ("public", "for_pods"):  # an unknown method must not ask for more than the others
        if all(getattr(handler, mark, False) for handler in views.values()):
            setattr(view, mark, True)
    return view


def refuses_methods_first(view: View) -> View:
    """Another method is 405 also without credentials, as from a server whose router comes before them."""
    view.refuses_methods_first = True  # type: ignore[attr-defined]
    return view


def is_refused_first(view: Callable[..., Any], method: str) -> bool:
    return bool(getattr(view, "refuses_methods_first", False)) and method not in getattr(view, "methods", {})


def get(view: View) -> View:
    """The view of an address that can only be read."""
    return methods(GET=view)


def post(view: View) -> View:
    """The view of an address that only takes POST."""
    return methods(POST=view)


def delete(view: View) -> View:
    """The view of an address that only takes DELETE."""
    return methods(DELETE=view)


def mark_of(view: Callable[..., Any], method: str, name: str, default: Any = None) -> Any:
    """What `requires`, `public` or `takes` noted on the function of a method, on the view or on its class."""
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    handler = getattr(view, "methods", {}).get(method.upper()) or getattr(cls, method.lower(), None)
    for thing in (handler, view, cls):
        if (found := getattr(thing, name, None)) is not None:
            return found
    return default


def _with_head(views: Mapping[str, View]) -> dict[str, View]:
    by_method: dict[str, View] = {}
    for method, view in views.items():
        by_method[method] = view
        if method == "GET":
            by_method.setdefault("HEAD", views.get("HEAD", view))
    return by_method
