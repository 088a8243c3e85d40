"""Web Push (RFC 8030) to a browser: encrypted for it (RFC 8291) and signed with the installation's key (RFC 8292)."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlsplit

import http_ece
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from alarms.notification.channels import PushTo
from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.senders.posting import exchange, outcome
from alarms.notification.texts import facts, one_line, page_of, signature, subject
from web.mail import sender_address
from web.outbound.client import outbound

TTL_S, TOKEN_S = 86_400, 12 * 3_600
MAX_BODY_TEXT, MAX_TITLE = 400, 120  # characters; services take 4,096 bytes
POINT, SECRET = 65, 16  # bytes: an uncompressed point of P-256, and what is shared with the browser
NOT_SET_UP = "This installation has no key for browser push: its operator sets VAPID_PRIVATE_KEY."
GONE = Outcome("refused", "This browser is no longer subscribed.")


def send(to: PushTo, message: AlarmMessage, id: str, now: int) -> Outcome:
    """`GONE`: the subscription has ended."""
    if not settings.VAPID_PRIVATE_KEY:
        return Outcome("retry", NOT_SET_UP)
    try:
        body = _encrypted(to, content(message))
    except ValueError:
        return Outcome("refused", "The keys of this browser's subscription are not valid.")
    headers = {
        "Authorization": f"vapid t={_token(to.endpoint, now)}, k={application_server_key()}",
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(TTL_S),
        "Urgency": "high" if any(item.priority <= 2 for item in message.items) else "normal",
        "Topic": hashlib.sha256(id.encode()).hexdigest()[:32],  # a repetition replaces what has not arrived yet
    }
    answer = exchange(to.endpoint, body, headers, id, max_redirects=0)
    if isinstance(answer, Outcome):
        return answer
    return GONE if answer.status in (404, 410) else outcome(answer, now)


def application_server_key() -> str:
    """The public key with which browsers subscribe, in URL-safe Base64; empty: push is not set up."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def check_subscription(to: PushTo) -> None:
    """Raises ValueError (TargetRefused among it) with what is wrong."""
    outbound().check(to.endpoint)
    _receiver(to)


def content(message: AlarmMessage) -> bytes:
    """What the page's service worker shows; `url` is a path."""
    shown: dict[str, str] = {"title": one_line(subject(message), MAX_TITLE), "url": page_of(message, "")}
    if len(message.items) == 1:
        item = message.items[0]
        words = [text for name, text in facts(item) if name in ("Alarm", "Asset", "Site", "Raised", "Returned")]
        shown |= {"body": " · ".join(words), "tag": item.key}
    else:
        shown["body"] = signature(message)
    shown["body"] = shown["body"][:MAX_BODY_TEXT]
    return msgspec.json.encode(shown)


def _encrypted(to: PushTo, content: bytes) -> bytes:
    point, secret = _receiver(to)
    sender = ec.generate_private_key(ec.SECP256R1())
    encrypted: bytes = http_ece.encrypt(content, private_key=sender, dh=point, auth_secret=secret, version="aes128gcm")
    return encrypted


def _receiver(to: PushTo) -> tuple[bytes, bytes]:
    point, secret = _decoded(to.p256dh), _decoded(to.auth)
    if len(point) != POINT or len(secret) != SECRET:
        raise ValueError(f"p256dh must be {POINT} bytes and auth {SECRET}, in URL-safe Base64.")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return point, secret


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _token(endpoint: str, now: int) -> str:
    origin = urlsplit(endpoint)
    public = str(settings.PUBLIC_URL)
    contact = public if public.startswith("https://") else f"mailto:{sender_address()}"
    claims = {"aud": f"{origin.scheme}://{origin.netloc}", "exp": now // 1000 + TOKEN_S, "sub": contact}
    return jwt.encode(claims, _key(), algorithm="ES256")


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_decoded(settings.VAPID_PRIVATE_KEY)), ec.SECP256R1())
