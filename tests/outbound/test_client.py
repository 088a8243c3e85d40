"""Requests to addresses that users give, against real servers on this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
import requests

from tests.receivers import Answer, Authority, Receiver, http_receiver, make_authority
from web.outbound.client import MAX_BODY, MAX_REDIRECTS, NotSent, Outbound, Unanswered
from web.outbound.guard import guarded
from web.outbound.target import TargetRefused

HERE = (ip_network("127.0.0.1/32"),)
ELSEWHERE = "127.0.0.2"  # of this machine, too, and not allowed
BODY = b'{"a": 1}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with http_receiver() as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def resolving(*answers: Sequence[str]) -> tuple[list[str], Outbound]:
    """A sender for which names have these addresses, one answer after another, and the names that it asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return asked, Outbound(HERE, resolve)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "localhost.", "[::1]", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0",
     "[::ffff:127.0.0.1]", "[::]", "[::127.0.0.1]"],
)  # fmt: skip
def test_this_machine_is_not_reached_however_it_is_written(receiver: Receiver, host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises((TargetRefused, NotSent)):
            Outbound().post(f"{scheme}://{host}:{receiver.port}/hook", BODY, {})
    assert receiver.received == []


def test_a_name_of_a_private_address_is_refused_without_telling_the_address(receiver: Receiver) -> None:
    sender = Outbound((), lambda host, port: ["127.0.0.1"])
    with pytest.raises(TargetRefused) as refusal:
        sender.post(f"https://plant.example:{receiver.port}/", BODY, {})
    assert "plant.example" in str(refusal.value) and "127.0.0.1" not in str(refusal.value)
    assert receiver.received == [] and receiver.names == []


def test_a_network_that_the_operator_allows_is_reached(receiver: Receiver) -> None:
    asked, sender = resolving(["127.0.0.1"])
    answer = sender.post(f"http://plant.example:{receiver.port}/hook?x=1", BODY, {"Content-Type": "application/json"})
    assert (answer.status, answer.body) == (200, b"ok")
    (received,) = receiver.received
    assert (received.path, received.body) == ("/hook?x=1", BODY)
    assert received.headers["host"] == f"plant.example:{receiver.port}"
    assert received.headers["content-type"] == "application/json" and received.headers["user-agent"] == "Plantrace"
    assert asked == ["plant.example"]


def test_a_name_that_changes_its_address_is_asked_once_and_the_checked_address_is_used(receiver: Receiver) -> None:
    with http_receiver(host=ELSEWHERE) as other:  # DNS rebinding
        asked, sender = resolving(["127.0.0.1"], [ELSEWHERE])
        assert sender.post(f"http://plant.example:{receiver.port}/", BODY, {}).status == 200
        assert len(receiver.received) == 1 and other.received == [] and asked == ["plant.example"]


def test_of_several_addresses_only_permitted_ones_are_tried(receiver: Receiver) -> None:
    with http_receiver(host=ELSEWHERE) as other:
        _, sender = resolving([ELSEWHERE, "10.0.0.1", "127.0.0.1"])
        assert sender.post(f"http://plant.example:{receiver.port}/", BODY, {}).status == 200
        assert len(receiver.received) == 1 and other.received == []


def test_plain_http_reaches_only_networks_that_the_operator_allows() -> None:
    sender = Outbound(HERE, lambda host, port: ["93.184.216.34"])
    with pytest.raises(TargetRefused, match="https://"):
        sender.post("http://plant.example/", BODY, {})


def test_redirects_that_keep_the_method_are_followed_with_the_same_body(receiver: Receiver) -> None:
    with http_receiver(Answer(307, [("Location", receiver.url)])) as first:
        assert Outbound(HERE).post(first.url, BODY, {"Idempotency-Key": "k"}).status == 200
    (received,) = receiver.received
    assert received.body == BODY and received.headers["idempotency-key"] == "k"


@pytest.mark.parametrize("status", [301, 302, 303])
def test_others_are_not(receiver: Receiver, status: int) -> None:
    with http_receiver(Answer(status, [("Location", receiver.url)])) as first:
        with pytest.raises(TargetRefused, match="moved"):
            Outbound(HERE).post(first.url, BODY, {})
        assert receiver.received == []


def test_where_a_redirect_leads_is_checked() -> None:
    with http_receiver(host=ELSEWHERE) as hidden:
        for location in (
            hidden.url,
            hidden.url.replace("http:", "https:"),
            f"//{ELSEWHERE}:{hidden.port}/",
            "ftp://a/",
        ):
            with http_receiver(Answer(308, [("Location", location)])) as first:
                with pytest.raises(TargetRefused):
                    Outbound(HERE).post(first.url, BODY, {})
                assert len(first.received) == 1
        assert hidden.received == [] and hidden.names == []


def test_a_redirect_to_a_name_is_resolved_and_checked_like_the_first(receiver: Receiver) -> None:
    asked, sender = resolving(["127.0.0.1"], [ELSEWHERE])
    answer = Answer(307, [("Location", f"http://inner.example:{receiver.port}/")])
    with http_receiver(answer) as first, pytest.raises(TargetRefused, match=r"inner\.example"):
        sender.post(f"http://plant.example:{first.port}/", BODY, {})
    assert asked == ["plant.example", "inner.example"] and receiver.received == []


def test_endless_redirects_end() -> None:
    with http_receiver(Answer(307, [("Location", "/again")])) as circle:
        with pytest.raises(TargetRefused, match="redirects"):
            Outbound(HERE).post(circle.url, BODY, {})
        assert len(circle.received) == MAX_REDIRECTS + 1


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_server_that_drips_its_answer_does_not_hold_us(head: bytes) -> None:
    with http_receiver(Answer(drip=head)) as slow, pytest.raises(Unanswered):
        Outbound(HERE, timeout_s=1).post(slow.url, BODY, {})


def test_a_server_that_says_nothing_leaves_it_open_whether_it_has_the_message() -> None:
    with http_receiver(Answer(silent=True)) as silent:
        with pytest.raises(Unanswered):
            Outbound(HERE).post(silent.url, BODY, {})
        assert len(silent.received) == 1


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(NotSent, match="refused"):
            Outbound(HERE).post(f"http://127.0.0.1:{bound.getsockname()[1]}/", BODY, {})


def test_a_name_that_does_not_exist_or_is_never_answered_is_tried_later() -> None:
    never = threading.Event()

    def hang(host: str, port: int) -> Sequence[str]:
        never.wait(60)
        return []

    def fail(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("no such name")

    try:
        for resolve in (hang, fail):
            with pytest.raises(NotSent, match="resolved"):
                Outbound(HERE, resolve, timeout_s=0.3).post("https://plant.example/", BODY, {})
    finally:
        never.set()


def test_a_body_that_drips_does_not_hold_us_either_and_the_status_counts() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with http_receiver(Answer(drip=head)) as slow:
        assert Outbound(HERE, timeout_s=4).post(slow.url, BODY, {}).status == 200


def test_only_the_beginning_of_an_answer_is_read() -> None:
    with http_receiver(Answer(500, body=b"x" * 1_000_000)) as large:
        answer = Outbound(HERE).post(large.url, BODY, {})
    assert answer.status == 500 and len(answer.body) == MAX_BODY


def test_tls_is_checked_against_the_name_though_the_address_is_connected_to(authority: Authority) -> None:
    with http_receiver(tls=authority.server("plant.example")) as receiver:
        sender = Outbound(HERE, lambda host, port: ["127.0.0.1"], tls=authority.client())
        assert sender.post(f"https://plant.example:{receiver.port}/", BODY, {}).status == 200
        assert receiver.names == ["plant.example"]
        with pytest.raises(NotSent, match="Hostname mismatch"):
            sender.post(f"https://other.example:{receiver.port}/", BODY, {})
        assert len(receiver.received) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = make_authority(tmp_path)
    with http_receiver(tls=stranger.server("plant.example")) as receiver:
        sender = Outbound(HERE, lambda host, port: ["127.0.0.1"], tls=authority.client())
        with pytest.raises(NotSent, match="certificate"):
            sender.post(f"https://plant.example:{receiver.port}/", BODY, {})
        assert receiver.received == []


def test_libraries_that_connect_themselves_are_guarded(receiver: Receiver) -> None:
    with guarded(()), pytest.raises(requests.ConnectionError):
        requests.post(receiver.url, data=BODY, timeout=5)
    with guarded(HERE):
        assert requests.post(receiver.url, data=BODY, timeout=5).status_code == 200
    assert requests.post(receiver.url, data=BODY, timeout=5).status_code == 200
    assert len(receiver.received) == 2


def test_also_where_they_follow_redirects(receiver: Receiver) -> None:
    with http_receiver(host=ELSEWHERE) as hidden, http_receiver(Answer(307, [("Location", hidden.url)])) as first:
        with guarded(HERE), pytest.raises(requests.ConnectionError):
            requests.post(first.url, data=BODY, timeout=5)
        assert len(first.received) == 1 and hidden.received == []


def test_other_threads_are_not(receiver: Receiver) -> None:
    statuses: list[int] = []
    with guarded(()):
        thread = threading.Thread(target=lambda: statuses.append(requests.post(receiver.url, timeout=5).status_code))
        thread.start()
        thread.join()
    assert statuses == [200]
