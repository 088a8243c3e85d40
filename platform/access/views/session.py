"""Signing in and out: by cookie for people, by token for programs."""

from __future__ import annotations

from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import ApiToken
from access.operations.epochs import bump_epoch
from access.operations.signin import check_credentials, start_session, start_token
from access.operations.tokens import revoke_token
from access.resolution import subject_of_session
from access.throttling import SignInThrottle
from access.views.helpers import NO_AUTH, body, plain, resolved_of
from access.views.present import ms
from access.views.serializers import CredentialsBody, SessionResponse, TokenResponse
from kernel.errors import BadRequest
from web.audit import audit
from web.caller import caller_of
from web.requires import public, requires

TAGS = ["access"]


class SessionView(APIView):
    throttle_classes = (SignInThrottle,)

    @extend_schema(
        operation_id="session_read", tags=TAGS, summary="Whether the caller is signed in, and the CSRF token",
        responses=SessionResponse, auth=NO_AUTH,
    )  # fmt: skip
    @public
    def get(self, request: Request) -> Response:
        signed_in = getattr(request, "caller", None) is not None
        return Response({"signed_in": signed_in, "csrf": get_token(plain(request))})

    @extend_schema(
        operation_id="session_create", tags=TAGS, summary="Sign in by cookie",
        description="Needs the cookie `plantrace_csrf` (`__Host-plantrace_csrf` over HTTPS; any GET of a page or of "
        "this address sets it) and its value in the header `X-CSRFToken`.",
        request=CredentialsBody, responses=SessionResponse, auth=NO_AUTH,
    )  # fmt: skip
    @public
    def post(self, request: Request) -> Response:
        values = body(request, CredentialsBody)
        user = check_credentials(plain(request), values["username"], values["password"])
        start_session(plain(request), user)
        audit(request, "session.start", target=user.username)
        return Response({"signed_in": True, "csrf": get_token(plain(request))})

    post.csrf_needed = True  # type: ignore[attr-defined]

    @extend_schema(operation_id="session_delete", tags=TAGS, summary="Sign out", responses={204: OpenApiResponse()})
    @requires(tenant=False)
    def delete(self, request: Request) -> Response:
        session = plain(request).session
        key = session.session_key
        audit(request, "session.end", target=caller_of(request).username)
        session.flush()
        if key:
            bump_epoch(subject=subject_of_session(key))
        return Response(status=204)


@public
class LoginView(APIView):
    throttle_classes = (SignInThrottle,)

    @extend_schema(
        operation_id="login", tags=TAGS, summary="Sign in by token",
        description="The token allows everything that the person may do, for 30 days or until `POST /api/v1/logout`.",
        request=CredentialsBody, responses=TokenResponse, auth=NO_AUTH,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        values = body(request, CredentialsBody)
        user = check_credentials(plain(request), values["username"], values["password"])
        row, token = start_token(plain(request), user)
        audit(request, "session.start", target=user.username, detail={"by": "login"})
        return Response({"token": token, "expires": ms(row.expiry)})


@requires(tenant=False)
class LogoutView(APIView):
    @extend_schema(
        operation_id="logout", tags=TAGS, summary="Revoke the token that sends this request", request=None,
        responses={204: OpenApiResponse()},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        digest = resolved_of(request).token_digest
        if digest is None:
            raise BadRequest("You are signed in by a session: send DELETE /api/v1/session.", slug="not-a-token")
        audit(request, "session.end", target=caller_of(request).username)
        for token in ApiToken.objects.filter(digest=digest):
            revoke_token(token)
        return Response(status=204)
