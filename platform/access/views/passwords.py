"""Forgotten passwords. Nothing here reveals whether a name exists."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import mail
from access.links import base_url
from access.operations import passwords
from access.operations.signin import unlock
from access.throttling import LinkThrottle, MailThrottle
from access.views.helpers import NO_AUTH, body, plain
from access.views.serializers import DetailResponse, ResetConfirm, ResetRequest
from web.audit import audit
from web.mail import is_set_up
from web.requires import public

BY_MAIL = "If that name exists and has an e-mail address, a link has been sent to it."
BY_PEOPLE = "No mail server is configured: ask one of your tenant's admins, or the operators, for a link."


@public
class ResetView(APIView):
    throttle_classes = (MailThrottle,)

    @extend_schema(
        operation_id="password_reset", tags=["access"], summary="Ask for a link that sets a new password",
        request=ResetRequest, responses={202: DetailResponse}, auth=NO_AUTH,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        name = body(request, ResetRequest)["username"]
        if is_set_up():
            mail.send_resets(name, base_url(plain(request)))
        return Response({"detail": BY_MAIL if is_set_up() else BY_PEOPLE}, status=202)


@public
class ResetConfirmView(APIView):
    throttle_classes = (LinkThrottle,)

    @extend_schema(
        operation_id="password_reset_confirm", tags=["access"], summary="Set a new password with a link",
        description="Ends all sessions and sign-ins of the person, and any lock-out.",
        request=ResetConfirm, responses={204: OpenApiResponse()}, auth=NO_AUTH,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        values = body(request, ResetConfirm)
        user = passwords.user_of_reset(values["token"])
        passwords.set_password(user, values["password"])
        unlock(user)
        audit(request, "user.password", target=user.username, detail={"by": "reset link"})
        return Response(status=204)
