"""Background work of access: mail, and deleting what has expired."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db.models import Q

from access.links import reset_link
from access.mail_texts import CHANGED_SUBJECT, RESET_SUBJECT, changed_text, reset_text
from access.models import ApiToken, Invitation, User
from access.operations import passwords
from access.throttling import of_address, of_own_resets, refund, take
from kernel.errors import TooManyRequests
from stores.redis.limits import Limit
from web import clock

log = logging.getLogger(__name__)
RETRIES = {"autoretry_for": (OSError,), "max_retries": 8, "retry_backoff": 30, "retry_backoff_max": 3600}
MIN_MAIL_INTERVAL_S = 300
INVITATION_RETENTION = timedelta(days=90)


@shared_task(name="access.tasks.send_resets")  # type: ignore[untyped-decorator]
def send_resets(name: str, base: str) -> None:
    """A reset link to everybody with that username or address: one in five minutes, within the limits of mail."""
    wanted = name.strip().lower()
    for user in User.objects.filter(Q(username=wanted) | Q(email__iexact=wanted), is_active=True).exclude(email=""):
        tenants = user.memberships.filter(active=True).values_list("tenant_id", flat=True)
        counted = [Limit(("reset-mail", str(user.pk)), 1, MIN_MAIL_INTERVAL_S), *of_address(user.email)]
        counted += of_own_resets(tenants)
        try:
            take(counted, "Too many mails to this person.")
        except TooManyRequests:
            continue
        try:
            text = reset_text(user.username, _link(user, base))
            mail.send_mail(RESET_SUBJECT, text, settings.DEFAULT_FROM_EMAIL, [user.email])
        except OSError:  # SMTP's errors are such
            refund(counted)
            log.warning("The mail server did not accept a reset link for %s", user.username, exc_info=True)


@shared_task(name="access.tasks.tell_old_address", **RETRIES)  # type: ignore[untyped-decorator]
def tell_old_address(to: str, username: str) -> None:
    """Notifies the account's former address; retried while the mail server is down."""
    mail.send_mail(CHANGED_SUBJECT, changed_text(username), settings.DEFAULT_FROM_EMAIL, [to])


@shared_task(name="access.tasks.clear_expired")  # type: ignore[untyped-decorator]
def clear_expired() -> None:
    """Daily: deletes expired sessions, tokens and invitations."""
    now = clock.now()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    tokens, _ = ApiToken.objects.filter(expiry__lt=now).delete()
    invitations, _ = Invitation.objects.filter(expires__lt=now - INVITATION_RETENTION).delete()
    log.info("Deleted %d expired sessions, %d tokens, %d invitations", sessions, tokens, invitations)


def _link(user: User, base: str) -> str:
    return reset_link(passwords.reset_token(user), base)
