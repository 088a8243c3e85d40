"""Signed webhooks: docs/api/webhooks.md."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.payload import webhook_body
from alarms.notification.senders.posting import JSON, post

HEADER = "Plantrace-Signature"


def send(url: str, secrets: Sequence[str], message: AlarmMessage, id: str, base: str, now: int) -> Outcome:
    body = webhook_body(message, id, base)
    headers = {"Content-Type": JSON, HEADER: signature(secrets, body, now // 1000)}
    return post(url, body, headers, id, now)


def signature(secrets: Sequence[str], body: bytes, t: int) -> str:
    """`t=…,v1=…`: the HMAC-SHA256 of `<t>.<body>` in hexadecimal, so that an old request cannot be sent again as new;
    a `v1` for each secret. `t`: Unix seconds.
    """
    signed = f"{t}.".encode() + body
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={t}", *(f"v1={digest}" for digest in digests)])
