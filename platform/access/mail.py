"""Mail, where a mail server is set up (EMAIL_URL). What carries a secret link never waits in a queue."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core import mail
from kombu.exceptions import OperationalError

from access import tasks
from kernel.errors import Unavailable


def is_set_up() -> bool:
    return bool(settings.EMAIL_URL)


def send_invitation(to: str, tenant: str, by: str, link: str) -> None:
    """Unavailable: the mail server did not take it."""
    text = f"{by} invites you to {tenant} on Plantrace.\n\n{link}\n\nThe link works once, for a week.\n"
    _send(to, f"Invitation to {' '.join(tenant.split())} on Plantrace", text)


def send_reset(to: str, username: str, link: str) -> None:
    """Unavailable: the mail server did not take it."""
    _send(to, tasks.RESET_SUBJECT, tasks.reset_text(username, link))


def send_resets(name: str, base: str) -> None:
    """To whoever has that username or address; by the worker, so that no answer's time tells whether there is one."""
    try:
        tasks.send_resets.delay(name, base)
    except OperationalError as error:
        raise Unavailable("Mail cannot be sent at present; try again soon.", slug="mail-failed") from error


def _send(to: str, subject: str, text: str) -> None:
    try:
        mail.send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    except (OSError, SMTPException) as error:
        raise Unavailable(
            f"The mail server did not take the mail to {to} ({type(error).__name__}).", slug="mail-failed"
        ) from error
