"""How a delivery proceeds: what each attempt makes of it. Pure. Times are epoch ms."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from alarms.notification.messages import Outcome
from alarms.notification.models import DeliveryState
from kernel.times import DAY, HOUR

FIRST_RETRY, MAX_RETRY = 10_000, HOUR
MAX_DOUBTS = 12  # repetitions of what may have arrived, over some four hours
ATTEMPT_TIMEOUT = 60_000  # longer than a sender takes; then another process may repeat it
MAX_DETAIL = 300


class Progress(Struct, frozen=True, omit_defaults=True):
    """`due`: when it is looked at next. `detail`: of the last attempt. `recipient`: as people name it, once known."""

    state: DeliveryState
    due: int
    attempts: int = 0
    doubts: int = 0
    ended: int | None = None
    detail: str = ""
    recipient: str = ""


def first(now: int) -> Progress:
    return Progress("waiting", now)


def claimed(before: Progress, now: int) -> Progress:
    """An attempt begins. If one began before and nobody knows how it ended, this one repeats it."""
    doubts = before.doubts + (before.state == "sending")
    return replace(before, state="sending", due=now + ATTEMPT_TIMEOUT, attempts=before.attempts + 1, doubts=doubts)


def after(before: Progress, outcome: Outcome, created: int, now: int) -> Progress:
    """The attempt has ended. `ended` is set unless another one follows."""
    detail = outcome.detail[:MAX_DETAIL]
    match outcome.state:
        case "sent":
            return replace(before, state="sent", due=now, ended=now, detail=detail)
        case "refused":
            return replace(before, state="failed", due=now, ended=now, detail=detail)
    doubtful = outcome.state == "doubtful"
    doubts = before.doubts + doubtful
    due = now + delay(before.attempts, outcome.after_s)
    if doubts > MAX_DOUBTS:
        return replace(before, state="doubtful", due=now, ended=now, doubts=doubts, detail=detail)
    if due > created + DAY:
        state: DeliveryState = "doubtful" if doubts else "failed"
        return replace(before, state=state, due=now, ended=now, doubts=doubts, detail=detail)
    state = "doubtful" if doubtful else "waiting"
    return replace(before, state=state, due=due, doubts=doubts, detail=detail)


def delay(attempts: int, after_s: float | None) -> int:
    """Until the next attempt: 10 s, doubled up to an hour; longer if the receiver wants it."""
    doubled = min(MAX_RETRY, FIRST_RETRY << min(max(attempts - 1, 0), 20))
    wanted = round(min(max(after_s or 0.0, 0.0), DAY / 1000) * 1000)
    return max(doubled, wanted)


def cancelled(before: Progress, detail: str, now: int) -> Progress:
    return replace(before, state="cancelled", due=now, ended=now, detail=detail[:MAX_DETAIL])


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Progress).decode
