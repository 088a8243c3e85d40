"""When devices were last heard, what they reported, and the state that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import msgspec

from stores.redis import device_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.errors import decoded, translated
from stores.redis.questions import Question, question

State = Literal["unseen", "online", "late", "offline"]
LATE_AFTER, OFFLINE_AFTER = 1.5, 3.0  # intervals without a sign of life
USUAL_INTERVAL_MS = 300_000  # of a device that has declared none
DEVICES_PER_STEP = 500
UNAUDITED_MS = 60_000  # after which the worker writes the entry of a step; its own process may be about to


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of life of a device. Empty or None: not known. `interval_ms`: as it declared; `set_ms`: as set by hand, 0
    if it is not; `reported`: when it had that firmware (epoch ms).
    """

    device: str
    heard: int | None = None
    interval_ms: int | None = None
    firmware: str = ""
    configuration: str = ""
    reported: int = 0
    set_ms: int | None = None


class Contact(msgspec.Struct, frozen=True):
    """What is known of a device. Times are epoch ms, 0 if there was none; `interval` is in ms."""

    heard: float = 0
    interval: float = 0
    firmware: str = ""
    configuration: str = ""
    reported: float = 0
    state: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The state that a device has now, and had not before."""

    device: str
    state: State


_decoder = msgspec.json.Decoder(Contact)


def state_at(heard: float, interval: float, now: int) -> State:
    """By the device's own interval; all in ms."""
    if not heard:
        return "unseen"
    if now < heard + interval * LATE_AFTER:
        return "online"
    return "late" if now < heard + interval * OFFLINE_AFTER else "offline"


class Devices:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._note = self._redis.register_script(scripts.NOTE)
        self._sweep = self._redis.register_script(scripts.SWEEP)

    def note(self, prefix: str, signs: Sequence[Sign], now: int) -> list[Changed]:
        """Older signs of life, and older reports, never replace newer ones."""
        changed: list[Changed] = []
        for start in range(0, len(signs), DEVICES_PER_STEP):
            arguments: list[Any] = [now, LATE_AFTER, OFFLINE_AFTER, USUAL_INTERVAL_MS]
            for sign in signs[start : start + DEVICES_PER_STEP]:
                heard, declared, set_ms = (
                    "" if value is None else value for value in (sign.heard, sign.interval_ms, sign.set_ms)
                )
                arguments += (
                    sign.device, heard, declared, sign.firmware, sign.configuration, sign.reported, set_ms,
                )  # fmt: skip
            with translated("noting signs of life of devices"):
                changed += _changed(self._note(keys=_keys(prefix), args=arguments))
        return changed

    def sweep(self, prefix: str, now: int) -> list[Changed]:
        """Those that have become late or offline."""
        with translated("looking for silent devices"):
            return _changed(self._sweep(keys=_keys(prefix), args=[now, LATE_AFTER, OFFLINE_AFTER, DEVICES_PER_STEP]))

    def contacts(self, prefix: str, ids: Iterable[str]) -> dict[str, Contact]:
        """Of those that are known."""
        wanted = list(ids)
        found: dict[str, Contact] = {}
        with decoded("reading when devices were heard"):
            for start in range(0, len(wanted), DEVICES_PER_STEP):
                part = wanted[start : start + DEVICES_PER_STEP]
                kept = self._redis.hmget(prefix + scripts.CONTACTS, part)
                found |= {id: _decoder.decode(each) for id, each in zip(part, kept, strict=True) if each}
        return found


def due_question(prefix: str, now: int) -> Question:
    """Whether something of the tenant's devices or commands is due; see `is_due`."""
    limits = ("LIMIT", 0, 1)
    return question(
        ("ZRANGEBYSCORE", prefix + scripts.DUE, "-inf", now, *limits),
        ("ZRANGEBYSCORE", prefix + scripts.OPEN, "-inf", now, *limits),
        ("ZRANGEBYSCORE", prefix + scripts.UNAUDITED, "-inf", now - UNAUDITED_MS, *limits),
    )


def is_due(replies: Sequence[Any]) -> bool:
    return any(isinstance(reply, list) and reply for reply in replies)


def _keys(prefix: str) -> list[str]:
    return [prefix + scripts.CONTACTS, prefix + scripts.DUE]


def _changed(pairs: Any) -> list[Changed]:
    return [Changed(id.decode(), cast(State, state.decode())) for id, state in pairs]
