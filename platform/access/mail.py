"""Mail, if a mail server is configured (EMAIL_URL). A mail with a secret link never waits in a queue."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core import mail

from access.mail_texts import RESET_SUBJECT, reset_text
from kernel.errors import Unavailable
from web.mail import in_a_line, is_set_up
from web.messages import send

log = logging.getLogger(__name__)
SEND_RESETS, TELL_OLD_ADDRESS = "access.tasks.send_resets", "access.tasks.tell_old_address"


def send_invitation(to: str, tenant: str, by: str, link: str) -> None:
    """Unavailable: the mail server did not accept it."""
    by, tenant = in_a_line(by), in_a_line(tenant)
    text = f"{by} invites you to {tenant} on Plantrace.\n\n{link}\n\nThe link works once, within a week.\n"
    _send(to, f"Invitation to {tenant} on Plantrace", text)


def send_reset(to: str, username: str, link: str) -> None:
    """Unavailable: the mail server did not accept it."""
    _send(to, RESET_SUBJECT, reset_text(username, link))


def send_resets(name: str, base: str) -> None:
    """To whoever has that username or address; by the worker, so that timing does not reveal whether it exists."""
    try:
        send(SEND_RESETS, name, base)
    except Unavailable as error:
        raise Unavailable("Mail cannot be sent at present; try again soon.", slug="mail-failed") from error


def tell_old_address(to: str, username: str) -> None:
    """That it is no longer the address of `username`. By the worker, with retries: it contains no secret."""
    if not is_set_up():
        return
    try:
        send(TELL_OLD_ADDRESS, to, username)
    except Unavailable:
        log.warning("The old address of %s could not be notified of the new one", username, exc_info=True)


def _send(to: str, subject: str, text: str) -> None:
    try:
        mail.send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    except (OSError, SMTPException) as error:
        raise Unavailable(
            f"The mail server did not accept the mail to {to} ({type(error).__name__}).", slug="mail-failed"
        ) from error
