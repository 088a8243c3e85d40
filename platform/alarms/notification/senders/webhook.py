"""Signed webhooks: docs/api/webhooks.md."""

from __future__ import annotations

import hashlib
import hmac

from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.payload import webhook_body
from alarms.notification.senders.posting import JSON, post

HEADER = "Plantrace-Signature"


def send(url: str, secret: str, message: AlarmMessage, id: str, base: str, now: int) -> Outcome:
    body = webhook_body(message, id, base)
    headers = {"Content-Type": JSON, HEADER: signature(secret, body, now // 1000)}
    return post(url, body, headers, id, now)


def signature(secret: str, body: bytes, t: int) -> str:
    """`t=…,v1=…`: the HMAC-SHA256 of `<t>.<body>` in hexadecimal, so that an old request cannot be sent again as new.
    `t`: Unix seconds.
    """
    digest = hmac.new(secret.encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={t},v1={digest}"
