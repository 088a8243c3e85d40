"""E-mail: text and HTML. Mails about one occurrence are one thread."""

from __future__ import annotations

import hashlib
from email.header import Header
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.texts import PRODUCT, html, plain_text, subject
from web.mail import MailNotSent, MailRefused, MailUnanswered, deliver, is_set_up, sender_domain

NOT_SET_UP = "This installation has no mail server: its operator sets EMAIL_URL."


class _Mail(EmailMultiAlternatives):
    def message(self, **options: Any) -> Any:
        """Django begins a long subject on the next line, and some programs show that as a blank."""
        made = super().message(**options)
        made.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
        return made


def send(address: str, message: AlarmMessage, id: str, base: str) -> Outcome:
    if not is_set_up():
        return Outcome("retry", NOT_SET_UP)
    try:
        deliver(composed(address, message, id, base))
    except MailRefused as error:
        return Outcome("refused", str(error))
    except MailNotSent as error:
        return Outcome("retry", str(error))
    except MailUnanswered as error:
        return Outcome("doubtful", str(error))
    return Outcome("sent", "The mail server accepted it.")


def composed(address: str, message: AlarmMessage, id: str, base: str) -> EmailMultiAlternatives:
    """With the delivery's id as Message-ID, by which mail programs know a repetition."""
    domain = sender_domain()
    headers = {
        "Message-ID": f"<{id}@{domain}>",
        "List-Id": f"<alarms.{message.tenant}.{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",  # Exchange's
    }
    if len(message.items) == 1:
        thread = hashlib.sha256(message.items[0].occurrence.encode()).hexdigest()[:32]
        headers["References"] = f"<{thread}.occurrence@{domain}>"
    mail = _Mail(
        f"[{PRODUCT}] {subject(message)}",
        plain_text(message, base),
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers=headers,
    )
    mail.attach_alternative(html(message, base), "text/html")
    return mail
