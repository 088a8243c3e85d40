"""While the control plane does not answer, only one thread of a pod waits for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from config.pod.tenant import FRESH_S, PodTenant
from kernel.errors import NotFound, PlantraceError, Unavailable
from kernel.tenancy import Credentials, Limits, TenantConnection
from web.pods.client import ControlPlane, Revoked
from web.pods.messages import CallerQuery, TenantResponse
from web.pods.reach import NoAnswer, Reach

ANSWER = TenantResponse("t1", "acme", "Acme", "", Limits(), "http://127.0.0.1:1", stores=True)
TIMEOUT_S = 10.0


class StandingStill:
    """A control plane that answers once it is released."""

    def __init__(self) -> None:
        self.asked, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()
        self.questions = 0
        self.error: PlantraceError | None = None

    def tenant(self) -> TenantResponse:
        self.questions += 1
        self.asked.set()
        assert self.goes_on.wait(TIMEOUT_S)
        if self.error is not None:
            raise self.error
        return ANSWER


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _users(settings: Any) -> None:
    settings.INFLUXDB_USERS = (Credentials("reader", ""), Credentials("writer", ""))


@contextmanager
def meanwhile(source: StandingStill, ask: Callable[[], object]) -> Iterator[list[object]]:
    """While another thread asks and waits for its answer, which is in the list afterwards."""
    source.asked.clear()
    source.goes_on.clear()
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(ask()))
    thread.start()
    assert source.asked.wait(TIMEOUT_S)
    try:
        yield answers
        assert not answers, "the other thread still waits"
    finally:
        source.goes_on.set()
        thread.join(TIMEOUT_S)


def test_other_threads_use_the_last_answer_while_one_refreshes_it() -> None:
    source, clock = StandingStill(), Clock()
    tenant = PodTenant(source, clock)
    assert isinstance(tenant.open(), TenantConnection)
    clock.now = FRESH_S
    source.error = NotFound("There is no such tenant.")
    with meanwhile(source, tenant.open) as answers:
        assert isinstance(tenant.open(), TenantConnection)
        assert tenant.storing() is not None and tenant.prefix() and tenant.is_control_plane_up()
    assert isinstance(answers[0], TenantConnection) and not tenant.is_control_plane_up(), (
        "it was away, so what is known holds"
    )
    assert source.questions == 2


def test_before_the_first_answer_other_threads_get_unavailable_at_once() -> None:
    source = StandingStill()
    tenant = PodTenant(source, Clock())
    with meanwhile(source, tenant.open) as answers:
        refused = tenant.open()
        assert isinstance(refused, Unavailable) and refused.extra["retry_after"]
        assert not tenant.is_control_plane_up()
    assert isinstance(answers[0], TenantConnection) and isinstance(tenant.open(), TenantConnection)


def test_an_unanswered_first_request_is_retried_at_once() -> None:
    source = StandingStill()
    tenant = PodTenant(source, Clock())
    source.error = NoAnswer()
    assert isinstance(tenant.open(), Unavailable)
    source.error = None
    assert isinstance(tenant.open(), TenantConnection)


def test_a_revoked_process_keeps_nothing_even_while_the_control_plane_is_down() -> None:
    source, clock = StandingStill(), Clock()
    tenant = PodTenant(source, clock)
    assert isinstance(tenant.open(), TenantConnection)
    for clock.now, source.error in ((FRESH_S, Revoked("Not any more.")), (2 * FRESH_S, NoAnswer())):
        assert isinstance(tenant.open(), NotFound) and tenant.storing() is None


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """Takes connections, as a server that is stopped does, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_only_one_request_at_a_time_goes_to_a_silent_control_plane(silent_server: socket.socket) -> None:
    plane = ControlPlane(f"http://127.0.0.1:{silent_server.getsockname()[1]}", "token", timeout_s=0.2)
    ask = lambda: plane.caller(CallerQuery(token_digest="0" * 64))  # noqa: E731
    with pytest.raises(NoAnswer):
        ask()
    with plane._reach.question(), pytest.raises(NoAnswer):  # another thread finds out
        ask()
    silent_server.settimeout(0.5)
    silent_server.accept()[0].close()
    with pytest.raises(TimeoutError):  # there was no second
        silent_server.accept()


def test_after_an_answer_all_may_ask_again() -> None:
    reach = Reach()
    with pytest.raises(NoAnswer), reach.question():
        raise NoAnswer
    with pytest.raises(NotFound), reach.question():
        raise NotFound("An answer all the same.")
    with reach.question(), reach.question():
        pass
