"""The caller's own account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import mail
from access.models import User
from access.operations.passwords import set_password
from access.operations.signin import check_current_password
from access.throttling import SignInThrottle
from access.views.helpers import body, plain, require_person, resolved_of, user_of
from access.views.serializers import MeChange, MeResponse, PasswordChange
from tenants.models import Tenant
from web.audit import audit
from web.caller import caller_of
from web.requires import requires

TAGS = ["access"]


@requires(tenant=False)
class MeView(APIView):
    throttle_classes = (SignInThrottle,)

    @extend_schema(operation_id="me_read", tags=TAGS, summary="Who I am, and my tenants", responses=MeResponse)
    def get(self, request: Request) -> Response:
        return Response(_me(request, user_of(request)))

    @extend_schema(
        operation_id="me_update", tags=TAGS, summary="Change my name or e-mail address",
        description="A new e-mail address needs `current_password`, and the old address is notified.",
        request=MeChange, responses=MeResponse,
    )  # fmt: skip
    def patch(self, request: Request) -> Response:
        require_person(request)
        user, values = user_of(request), body(request, MeChange)
        password, old_address = values.pop("current_password", None), user.email
        if moves := values.get("email", old_address) != old_address:
            check_current_password(plain(request), user.username, password)
        before = {key: getattr(user, key) for key in values}
        for key, value in values.items():
            setattr(user, key, value)
        user.save(update_fields=list(values))
        audit(request, "user.update", target=user.username, detail={"before": before, "after": values})
        if moves and old_address:
            mail.tell_old_address(old_address, user.username)
        return Response(_me(request, user))


@requires(tenant=False)
class MyPasswordView(APIView):
    throttle_classes = (SignInThrottle,)

    @extend_schema(
        operation_id="me_password", tags=TAGS, summary="Change my password",
        description="Ends all other sessions and sign-ins; named API tokens stay unless `revoke_tokens` is true.",
        request=PasswordChange, responses={204: OpenApiResponse()},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        require_person(request)
        values = body(request, PasswordChange)
        user = check_current_password(plain(request), caller_of(request).username, values["current"])
        digest = resolved_of(request).token_digest
        set_password(user, values["new"], revoke_tokens=values["revoke_tokens"], but_digest=digest)
        if digest is None:
            plain(request).user = user  # the current session stays
            update_session_auth_hash(plain(request), user)
        audit(request, "user.password", target=user.username, detail={"revoke_named": values["revoke_tokens"]})
        return Response(status=204)


def _me(request: Request, user: User) -> dict[str, Any]:
    caller, identity = caller_of(request), resolved_of(request).identity
    memberships = identity.memberships if identity else {}
    if identity is not None and identity.bound is not None:
        memberships = {slug: membership for slug, membership in memberships.items() if slug == identity.bound}
    rows = Tenant.objects.filter(slug__in=memberships).order_by("name", "slug")
    return {
        "user": {"username": user.username, "name": user.name, "email": user.email},
        "operator": caller.operator,
        "via": caller.via,
        "scopes": sorted(identity.scopes if identity else caller.scopes),
        "tenants": [
            {"slug": row.slug, "name": row.name, "role": memberships[row.slug].role.name, "state": row.state}
            for row in rows
        ],
        "csrf": get_token(plain(request)) if caller.via == "session" else "",
    }
