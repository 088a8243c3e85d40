"""A POST to an address that a user gave, and what its answer says about the message."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from alarms.notification.messages import Outcome
from alarms.notification.texts import one_line
from web.outbound.client import MAX_REDIRECTS, Answer, NotSent, Unanswered, outbound
from web.outbound.target import TargetRefused

JSON: Final = "application/json"
MAX_AFTER_S = 86_400.0
# The same request will not be accepted later: wrong method, gone, too large, wrong type or content.
NEVER = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 422, 431})


def post(url: str, body: bytes, headers: Mapping[str, str], id: str, now: int) -> Outcome:
    """`id` goes along as `Idempotency-Key`; `now`: epoch ms."""
    answer = exchange(url, body, headers, id)
    return answer if isinstance(answer, Outcome) else outcome(answer, now)


def exchange(
    url: str, body: bytes, headers: Mapping[str, str], id: str, max_redirects: int = MAX_REDIRECTS
) -> Answer | Outcome:
    """What the server answered, or why it did not."""
    try:
        return outbound().post(url, body, {"Idempotency-Key": id} | dict(headers), max_redirects)
    except TargetRefused as error:
        return Outcome("refused", str(error))
    except NotSent as error:
        return Outcome("retry", str(error))
    except Unanswered as error:
        return Outcome("doubtful", str(error))


def outcome(answer: Answer, now: int) -> Outcome:
    """2xx: sent. What a server may accept later is tried again, also 401, 403 and 404: somebody may correct it."""
    if 200 <= answer.status < 300:
        return Outcome("sent", f"HTTP {answer.status}")
    said = one_line(answer.body.decode(errors="replace"), 200)
    detail = f"HTTP {answer.status}" + (f": {said}" if said else "")
    if answer.status in NEVER:
        return Outcome("refused", detail)
    return Outcome("retry", detail, retry_after_s(answer.headers.get("retry-after", ""), now))


def retry_after_s(text: str, now: int) -> float | None:
    """Of the header: seconds or a date; a day at most."""
    text = text.strip()[:64]
    if text.isascii() and text.isdecimal():
        return min(float(text), MAX_AFTER_S)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - now / 1000
    except (ValueError, OverflowError, TypeError):
        return None
    return min(max(seconds, 0.0), MAX_AFTER_S)
