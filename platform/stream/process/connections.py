"""Who is connected: their number is bounded, and their rights are asked for again."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from kernel.errors import TooManyRequests, Unavailable
from stores.redis.epochs import Epochs, Position
from stream.process.asking import Question, Refusal, WebProcess
from stream.process.hub import Viewer
from stream.subscription import Subscription

log = logging.getLogger(__name__)

POLL_S = 1.0
AGAIN_S = 60.0  # rights are asked for again even if nothing announced a change
RETRY_S = 5.0
SETTLED_S = 1.5  # after a change every web process knows of it (`access.identity_cache`)
MAX_UNSURE_S = 120.0  # after the last answer a stream ends, should the web process not answer
CONCURRENCY = 8  # questions at once
MAX_STREAMS, PER_TENANT, PER_PERSON = 5_000, 1_000, 30  # a person has one for each tab


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many streams may be open."""

    total: int = MAX_STREAMS
    tenant: int = PER_TENANT
    person: int = PER_PERSON  # in one tenant


@dataclass(eq=False, slots=True)
class Connection:
    question: Question
    viewer: Viewer
    subscription: Subscription
    asked_at: float  # monotonic: when the web process last said that it may go on
    settles_at: float  # answers to earlier questions may not know of the last change yet
    again_at: float
    ends_at: float
    is_asked: bool = False


class Connections:
    def __init__(self, web: WebProcess, epochs: Epochs, bounds: Bounds) -> None:
        self._web, self._epochs, self._bounds = web, epochs, bounds
        self._all: set[Connection] = set()
        self._tenants: Counter[str | None] = Counter()
        self._people: Counter[tuple[str | None, int]] = Counter()
        self._asking = asyncio.Semaphore(CONCURRENCY)
        self._threads = ThreadPoolExecutor(CONCURRENCY, "asking")  # of its own: readings of values do not wait for them
        self._questions: set[asyncio.Task[None]] = set()
        self._position: Position | None = None

    def __len__(self) -> int:
        return len(self._all)

    async def ask(self, question: Question) -> Subscription | Refusal:
        async with self._asking:
            return await self._answer(question)

    def open(self, question: Question, viewer: Viewer, subscription: Subscription) -> Connection:
        """Raises TooManyRequests. `close` it."""
        tenant, user = subscription.tenant, subscription.user
        if self._people[tenant, user] >= self._bounds.person:
            raise _too_many(f"You have {self._bounds.person} streams open here, and cannot have more. Close a tab.")
        if self._tenants[tenant] >= self._bounds.tenant:
            raise _too_many(f"{self._bounds.tenant} streams of this tenant are open, and there cannot be more.")
        if len(self._all) >= self._bounds.total:
            raise _too_many("Too many streams are open.")
        now = time.monotonic()
        settles_at = now + SETTLED_S
        connection = Connection(question, viewer, subscription, now, settles_at, settles_at, _end(subscription, now))
        self._all.add(connection)
        self._tenants[tenant] += 1
        self._people[tenant, user] += 1
        return connection

    def close(self, connection: Connection) -> None:
        self._all.discard(connection)
        tenant, user = connection.subscription.tenant, connection.subscription.user
        for counter, key in ((self._tenants, tenant), (self._people, (tenant, user))):
            counter[key] -= 1  # type: ignore[index]
            if counter[key] <= 0:  # type: ignore[index]
                del counter[key]

    async def run(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                self._check(await self._moved())
            except Exception:
                log.exception("rights could not be checked")

    def _check(self, moved: frozenset[str] | None) -> None:
        now = time.monotonic()
        for connection in list(self._all):
            if moved is None or not moved.isdisjoint(connection.subscription.subjects):
                connection.again_at, connection.settles_at = now, now + SETTLED_S
            if connection.ends_at <= now:
                _end_stream(connection.viewer, "the credentials have expired")
            elif now - connection.asked_at > MAX_UNSURE_S:
                _end_stream(connection.viewer, "the web process does not answer")
            elif connection.again_at <= now and not connection.is_asked:
                connection.is_asked = True
                question = asyncio.create_task(self._ask_again(connection))
                self._questions.add(question)
                question.add_done_callback(self._questions.discard)

    async def _moved(self) -> frozenset[str] | None:
        """The people, tokens and tenants that have changed; None: perhaps all."""
        try:
            seen = self._position
            self._position, moved = await asyncio.to_thread(self._epochs.since, seen)
        except Unavailable:
            return frozenset()  # streams end if this lasts
        return frozenset() if seen is None else moved

    async def _ask_again(self, connection: Connection) -> None:
        try:
            async with self._asking:
                if connection in self._all:
                    started = time.monotonic()
                    _take(connection, await self._answer(connection.question), started)
        finally:
            connection.is_asked = False

    async def _answer(self, question: Question) -> Subscription | Refusal:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._web.ask, question)


def _take(connection: Connection, answer: Subscription | Refusal, started: float) -> None:
    now = time.monotonic()
    if isinstance(answer, Subscription) and answer.tenant == connection.subscription.tenant:
        connection.asked_at, connection.ends_at = now, _end(answer, now)
        connection.again_at = connection.settles_at if started < connection.settles_at else _again(now)
    elif isinstance(answer, Subscription) or answer.is_final:
        _end_stream(connection.viewer, "access has ended")
    else:
        connection.again_at = now + RETRY_S


def _end_stream(viewer: Viewer, why: str) -> None:
    viewer.ended = why
    viewer.wake.set()


def _again(now: float) -> float:
    return now + AGAIN_S * random.uniform(0.75, 1.25)


def _end(subscription: Subscription, now: float) -> float:
    return float("inf") if subscription.ends_in_s is None else now + subscription.ends_in_s


def _too_many(message: str) -> TooManyRequests:
    return TooManyRequests(message, slug="too-many-streams", retry_after=30)
