"""Mail, where a mail server is set up (EMAIL_URL). What carries a secret link never waits in a queue."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core import mail
from kombu.exceptions import OperationalError

from access import tasks
from kernel.errors import Unavailable

log = logging.getLogger(__name__)


def is_set_up() -> bool:
    return bool(settings.EMAIL_URL)


def send_invitation(to: str, tenant: str, by: str, link: str) -> None:
    """Unavailable: the mail server did not take it."""
    by, tenant = in_a_line(by), in_a_line(tenant)
    text = f"{by} invites you to {tenant} on Plantrace.\n\n{link}\n\nThe link works once, for a week.\n"
    _send(to, f"Invitation to {tenant} on Plantrace", text)


def send_reset(to: str, username: str, link: str) -> None:
    """Unavailable: the mail server did not take it."""
    _send(to, tasks.RESET_SUBJECT, tasks.reset_text(username, link))


def send_resets(name: str, base: str) -> None:
    """To whoever has that username or address; by the worker, so that no answer's time tells whether there is one."""
    try:
        tasks.send_resets.delay(name, base)
    except OperationalError as error:
        raise Unavailable("Mail cannot be sent at present; try again soon.", slug="mail-failed") from error


def tell_old_address(to: str, username: str) -> None:
    """That it is no longer the address of `username`. By the worker, which tries for a while: it holds no secret."""
    if not is_set_up():
        return
    try:
        tasks.tell_old_address.delay(to, username)
    except OperationalError:
        log.warning("The old address of %s could not be told of the new one", username, exc_info=True)


def in_a_line(text: str) -> str:
    """Somebody's own words between ours: without line breaks they cannot pass for ours, nor grow into a letter."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:100]


def _send(to: str, subject: str, text: str) -> None:
    try:
        mail.send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    except (OSError, SMTPException) as error:
        raise Unavailable(
            f"The mail server did not take the mail to {to} ({type(error).__name__}).", slug="mail-failed"
        ) from error
