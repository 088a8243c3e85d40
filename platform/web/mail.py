"""Mail through the installation's server (EMAIL_URL), and what became of it."""

from __future__ import annotations

import contextlib
from email.utils import parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

MAX_LINE = 100
PERMANENT = 500  # replies of SMTP from here on


class MailRefused(Exception):
    """The mail server will never accept it."""


class MailNotSent(Exception):
    """The mail server did not accept it, and may do so later."""


class MailUnanswered(Exception):
    """Whether the mail server accepted it is not known."""


def is_set_up() -> bool:
    return bool(settings.EMAIL_URL)


def sender_address() -> str:
    """That mails are from, without a name."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def sender_domain() -> str:
    return sender_address().rpartition("@")[2] or "localhost"


def in_a_line(text: str, limit: int = MAX_LINE) -> str:
    """User-provided text inside our mail: without line breaks it can neither pass for ours nor become a letter."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:limit]


def deliver(message: EmailMessage) -> None:
    """To one recipient. Raises MailRefused, MailNotSent and MailUnanswered."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:  # a refused password is the operator's to correct
        raise MailNotSent(f"The mail server cannot be reached ({type(error).__name__}).") from error
    try:
        connection.send_messages([message])
    except SMTPRecipientsRefused as error:
        raise _refusal(*next(iter(error.recipients.values()))) from error
    except SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (OSError, SMTPException) as error:
        raise MailUnanswered(f"The mail server did not answer ({type(error).__name__}).") from error
    except ValueError as error:  # an address or a header that cannot be sent
        raise MailRefused(f"The mail cannot be sent: {in_a_line(str(error))}") from error
    finally:
        with contextlib.suppress(OSError, SMTPException):
            connection.close()


def _refusal(code: int, text: bytes | str) -> MailRefused | MailNotSent:
    said = in_a_line(text.decode(errors="replace") if isinstance(text, bytes) else text)
    return (MailRefused if code >= PERMANENT else MailNotSent)(f"The mail server answered {code} {said}")
