"""What a view requires of its caller: `requires`, `public` or `for_pods`. A test checks that every view says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar

from django.http import HttpRequest
from rest_framework.views import APIView

from kernel.errors import Forbidden
from web.caller import Role, caller_of, tenant_of

Scope = Literal["read", "write", "ingest", "operate"]
RoleName = Literal["viewer", "engineer", "admin"]
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Requirement:
    """`role` without a scope implies `read`: a token made to send samples sees nothing of the tenant."""

    scope: Scope | None = None
    role: RoleName | None = None
    tenant: bool = True

    def check(self, request: object) -> None:
        """Raises Unauthorized, BadRequest (no tenant named) or Forbidden."""
        caller = caller_of(request)
        if self.scope == "operate" and not caller.operator:
            raise Forbidden("Only the platform's operators may do this.")
        if self.tenant:
            tenant_of(request)
        if self.role is not None and (caller.role is None or caller.role < Role[self.role]):
            raise Forbidden(f"This needs the role “{self.role}” in the tenant; yours is “{_name(caller.role)}”.")
        if self.scope is not None and self.scope not in caller.scopes:
            raise Forbidden(f"This {caller.via} may not do this: it lacks the scope “{self.scope}”.")


def _name(role: Role | None) -> str:
    return role.name if role is not None else "none"


def requires(scope: Scope | None = None, role: RoleName | None = None, tenant: bool = True) -> Callable[[View], View]:
    """Decorate a plain view, a DRF view's method, or a whole APIView (its methods may require more)."""
    requirement = Requirement(scope or ("read" if role is not None else None), role, tenant)

    def decorate(view: View) -> View:
        if isinstance(view, type) and issubclass(view, APIView):
            return _guard_class(view, requirement)  # type: ignore[return-value]

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            requirement.check(_request_in(args))
            return view(*args, **kwargs)

        guarded.requirement = requirement  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def for_operators(view: View) -> View:
    """The platform's operators, whatever tenant they name."""
    return requires(scope="operate", tenant=False)(view)


def public(view: View) -> View:
    """Mark a view as open to anybody."""
    view.public = True  # type: ignore[attr-defined]
    return view


def for_pods(view: View) -> View:
    """Mark a view as one for tenants' own pods: it accepts service tokens and no user's credentials (ADR 0040)."""
    view.for_pods = True  # type: ignore[attr-defined]
    return view


def _guard_class(view: type[APIView], requirement: Requirement) -> type[APIView]:
    inner = view.initial

    def initial(self: APIView, request: Any, *args: Any, **kwargs: Any) -> None:
        requirement.check(request)
        inner(self, request, *args, **kwargs)

    view.initial = initial  # type: ignore[method-assign]
    view.requirement = requirement  # type: ignore[attr-defined]
    return view


def _request_in(args: tuple[Any, ...]) -> object:
    """The request: first argument of a function, second of a method."""
    return args[0] if isinstance(args[0], HttpRequest) or len(args) == 1 else args[1]
