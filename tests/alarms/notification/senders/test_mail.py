"""E-mail, to a real mail server."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from alarms.notification.channels import EmailTo
from alarms.notification.messages import Outcome
from alarms.notification.senders import mail
from tests.alarms.notification.messages import HOSTILE, LONG, hostile, item, message
from tests.receivers import Mailbox

ANNA = EmailTo("anna@example.org")


def send(to: EmailTo = ANNA, id: str = "d1", **more: Any) -> Outcome:
    return mail.send(to.address, message(**more), id, "https://plant.example")


def test_a_mail_has_text_and_html_and_says_what_it_is(mailbox: Mailbox) -> None:
    assert send().state == "sent"
    (received,) = mailbox.mails
    assert received["Subject"] == "[Plantrace] P1 TT-101 High: 17.9 °C over 14.5 °C"
    assert received["From"] == "Plantrace <alarms@plant.example>" and received["To"] == "anna@example.org"
    assert received["Message-ID"] == "<d1@plant.example>"
    assert received["List-Id"] == "<alarms.acme.plant.example>"
    assert received["Auto-Submitted"] == "auto-generated"
    text, html = received.get_body(("plain",)), received.get_body(("html",))
    assert text is not None and "Start the second chiller" in text.get_content()
    assert html is not None and 'href="https://plant.example/t/acme/alarms?alarm=' in html.get_content()


def test_a_repetition_has_the_same_message_id_and_what_is_about_one_alarm_is_one_thread(mailbox: Mailbox) -> None:
    for id, more in (("d1", {}), ("d1", {}), ("d2", {"reason": "escalated"})):
        assert send(id=id, **more).state == "sent"
    first, again, later = mailbox.mails
    assert first["Message-ID"] == again["Message-ID"] != later["Message-ID"]
    assert first["References"] == later["References"]
    assert mailbox.envelopes[0].rcpt_tos == ["anna@example.org"]


@pytest.mark.parametrize("text", [HOSTILE, LONG, "ü" * 5_000])
def test_names_cannot_add_headers_or_recipients(mailbox: Mailbox, text: str) -> None:
    assert send(items=[hostile(text), item()], tenant_name=text, route=text).state == "sent"
    assert send(items=[hostile(text)], tenant_name=text, route=text).state == "sent"
    for received, envelope in zip(mailbox.mails, mailbox.envelopes, strict=True):
        assert set(received.keys()) <= {
            "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "List-Id", "Auto-Submitted",
            "X-Auto-Response-Suppress", "References",
        }  # fmt: skip
        assert envelope.rcpt_tos == ["anna@example.org"] and len(received["Subject"]) < 250
        html = received.get_body(("html",))
        assert html is not None and "<script" not in html.get_content()


@pytest.mark.parametrize(
    "address", ["anna@example.org\r\nBcc: b@example.org", "anna@example.org,b@example.org", "a b@c"]
)
def test_an_address_is_one_recipient(mailbox: Mailbox, address: str) -> None:
    assert send(EmailTo(address)).state in ("refused", "sent")
    assert all(
        len(envelope.rcpt_tos) == 1 and "b@example.org" not in envelope.rcpt_tos for envelope in mailbox.envelopes
    )
    assert all(received["Bcc"] is None for received in mailbox.mails)


def test_what_the_server_says_decides(mailbox: Mailbox) -> None:
    mailbox.replies = ["451 Busy", "554 Not wanted", "", "250 OK"]
    assert [send().state for _ in range(4)] == ["retry", "refused", "doubtful", "sent"]
    assert len(mailbox.mails) == 4


def test_an_unknown_recipient_is_refused_with_the_servers_words(mailbox: Mailbox) -> None:
    mailbox.refused.add(ANNA.address)
    assert send() == Outcome("refused", "The mail server answered 550 No such user here")


def test_a_server_that_is_down_is_tried_later(mailbox: Mailbox, settings: Any) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = bound.getsockname()[1]
        assert send().state == "retry"
    settings.EMAIL_URL = ""
    assert send() == Outcome("retry", mail.NOT_SET_UP)
    assert mailbox.mails == []
