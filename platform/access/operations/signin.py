"""Signing in by session and by token, with one lock-out for both."""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse

from access.models import ApiToken, User
from access.operations.guessing import count_guess, forget_guesses
from access.operations.tokens import create_login_token
from access.sessions import STARTED
from kernel.errors import BadRequest, TooManyRequests, Unauthorized
from web import clock
from web.address import client_network
from web.audit import audit
from web.problems import problem_of


def check_credentials(request: HttpRequest, username: str, password: str) -> User:
    """Whose name and password these are. Unknown, wrong, inactive: the same message at the same cost.

    Unauthorized: they do not match; TooManyRequests: locked out.
    """
    name = username.strip().lower()
    guess = count_guess(name, client_network(request))
    user = authenticate(request, username=name, password=password)
    if getattr(request, "axes_locked_out", False):
        audit(request, "session.locked", target=name)
        raise locked()
    if not isinstance(user, User):
        raise Unauthorized("The username or password is not correct.", slug="wrong-credentials")
    guess.was_right()
    return user


def check_current_password(request: HttpRequest, username: str, current: str | None) -> User:
    """For changes that an unattended session must not make. BadRequest: missing or wrong; guesses count as attempts."""
    if not current:
        raise BadRequest("Send your current password too, in current_password.", slug="password-needed")
    try:
        return check_credentials(request, username, current)
    except Unauthorized:  # the caller is known; 401 would send them to the sign-in page
        raise BadRequest("The current password is not correct.", slug="wrong-credentials") from None


def start_session(request: HttpRequest, user: User) -> None:
    """Sign in by cookie, with a new session key against session fixation."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[STARTED] = int(clock.now().timestamp())


def start_token(request: HttpRequest, user: User) -> tuple[ApiToken, str]:
    """Sign in by token."""
    row, token = create_login_token(user)
    user_logged_in.send(sender=User, request=request, user=user)
    return row, token


def locked() -> TooManyRequests:
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return TooManyRequests(
        f"Too many failed attempts. Try again in {seconds // 60} minutes, or reset the password.",
        slug="locked-out",
        retry_after=seconds,
    )


def unlock(user: User) -> None:
    """Reset the failed attempts: a link has proved who they are."""
    AxesProxyHandler.reset_attempts(username=user.username)
    forget_guesses(user.username)


def locked_response(request: HttpRequest, response: object = None, credentials: object = None) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: the same response wherever the lock-out is noticed."""
    refusal = problem_of(locked())
    assert refusal is not None
    return refusal
