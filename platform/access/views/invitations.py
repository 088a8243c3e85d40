"""The page behind an invitation's link."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Invitation, User
from access.operations import invitations, people
from access.operations.signin import check_credentials
from access.throttling import LinkThrottle
from access.views import present
from access.views.helpers import NO_AUTH, body, plain, user_of
from access.views.serializers import AcceptBody, AcceptResponse, PublicInvitation
from kernel.errors import BadRequest, Conflict, Unauthorized
from web import clock
from web.audit import audit
from web.requires import public


@public
class InvitationView(APIView):
    throttle_classes = (LinkThrottle,)

    @extend_schema(
        operation_id="invitation_read", tags=["access"], summary="What an invitation is for",
        responses=PublicInvitation, auth=NO_AUTH,
    )  # fmt: skip
    def get(self, request: Request, token: str) -> Response:
        row = invitations.find(token, clock.now())
        by = row.invited_by
        return Response({
            "tenant": row.tenant.name, "slug": row.tenant.slug, "role": row.role, "email": row.email,
            "invited_by": (by.name or by.username) if by else "", "expires": present.ms(row.expires),
        })  # fmt: skip

    @extend_schema(
        operation_id="invitation_accept", tags=["access"], summary="Accept an invitation",
        description="A new username and password create a user; those of an existing user let that one join; "
        "without any, the person who is signed in joins.",
        request=AcceptBody, responses={201: AcceptResponse}, auth=NO_AUTH,
    )  # fmt: skip
    def post(self, request: Request, token: str) -> Response:
        now = clock.now()
        row, values = invitations.find(token, now), body(request, AcceptBody)
        user = _accepting_user(request, row, values)
        membership = invitations.accept(row, user, now)
        detail = {"user": user.username, "after": {"role": membership.role}, "invitation": row.id}
        audit(request, "member.join", membership.id, detail, tenant=row.tenant.slug)
        accepted = {"tenant": row.tenant.slug, "role": membership.role, "username": user.username}
        return Response(accepted, status=201)


def _accepting_user(request: Request, row: Invitation, values: dict[str, Any]) -> User:
    username, password = values.get("username"), values.get("password")
    if not username and not password:
        if getattr(request, "caller", None) is None:
            raise BadRequest("Send a username and a password, or sign in first.", slug="no-user")
        return user_of(request)
    if not username or not password:
        raise BadRequest("Send both username and password.", slug="no-user")
    if User.objects.filter(username=people.checked_username(username)).exists():
        return _existing(request, username, password)
    return people.create_user(username, password, name=values["name"], email=row.email)


def _existing(request: Request, username: str, password: str) -> User:
    try:
        return check_credentials(plain(request), username, password)
    except Unauthorized:
        raise Conflict(
            "This username is taken. If it is yours, enter its password; otherwise choose another.",
            slug="username-taken",
        ) from None
