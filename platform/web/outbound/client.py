"""Sends a POST to an address that a user gave. A host's name is resolved once, what it resolves to is checked, and the
connection is made to that very address; so are redirects. Time and size of the response are bounded.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from queue import Empty, SimpleQueue

import certifi
from django.conf import settings

from web.outbound.networks import Address, Network, is_allowed, is_permitted, parse_address
from web.outbound.target import Target, TargetRefused, parse_target, redirected

TIMEOUT_S, CONNECT_TIMEOUT_S = 10.0, 5.0
MAX_BODY = 4_096  # bytes that are read of a response
MAX_ADDRESSES, MAX_REDIRECTS = 4, 3
KEPT_METHOD, REDIRECTS = (307, 308), (301, 302, 303, 307, 308)
USER_AGENT = "Plantrace"

Resolve = Callable[[str, int], Sequence[str]]  # host and port to addresses; raises OSError


class NotSent(Exception):
    """Nothing of the request has reached a server; it may succeed later."""


class Unanswered(Exception):
    """Whether the server acted upon the request is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by names in lower case; `body`: its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class Outbound:
    """`allowed`: networks that are not public, which the operator allows. Without TLS only those are reached."""

    allowed: Sequence[Network] = ()
    resolve: Resolve = resolve
    timeout_s: float = TIMEOUT_S
    tls: ssl.SSLContext | None = None  # by default the system's and certifi's authorities

    def post(self, url: str, body: bytes, headers: Mapping[str, str], max_redirects: int = MAX_REDIRECTS) -> Answer:
        """Raises TargetRefused, NotSent and Unanswered. `headers` must not contain user-provided text."""
        target, deadline = parse_target(url), time.monotonic() + self.timeout_s
        for _ in range(max_redirects + 1):
            answer = self._post(target, body, headers, deadline)
            if answer.status not in REDIRECTS:
                return answer
            if answer.status not in KEPT_METHOD:  # after others, clients ask with GET and without the message
                raise TargetRefused(
                    f"The server answered {answer.status}: the address has moved, so enter the new one."
                )
            target = redirected(target, answer.headers.get("location", ""))
        raise TargetRefused(f"The server redirects more than {max_redirects} times.")

    def check(self, url: str) -> None:
        """As far as it can be told without asking anybody. Raises TargetRefused."""
        target = parse_target(url)
        if (address := _literal(target)) is not None:
            self._permitted(target, [address])

    def _post(self, target: Target, body: bytes, headers: Mapping[str, str], deadline: float) -> Answer:
        connected = self._connect(target, self._addresses(target, deadline), deadline)
        with contextlib.closing(connected) as plain:
            sock = self._encrypted(plain, target, deadline) if target.is_encrypted else plain
            with contextlib.closing(sock), _ended_at(sock, deadline) as ended:
                return _exchange(sock, target, body, headers, ended)

    def _addresses(self, target: Target, deadline: float) -> list[Address]:
        if (address := _literal(target)) is not None:
            return self._permitted(target, [address])
        try:
            found = _within(deadline, lambda: self.resolve(target.host, target.port))
            addresses = [parse_address(text) for text in found]
        except (OSError, UnicodeError, ValueError):
            raise NotSent(f"The name {target.host[:100]} cannot be resolved.") from None
        return self._permitted(target, addresses)

    def _permitted(self, target: Target, addresses: Sequence[Address]) -> list[Address]:
        permitted = [address for address in addresses if is_permitted(address, self.allowed)]
        if not permitted:
            raise TargetRefused(
                f"{target.host[:100]} is not a public address. The operator can allow its network (OUTBOUND_NETWORKS)."
            )
        if not target.is_encrypted:
            permitted = [address for address in permitted if is_allowed(address, self.allowed)]
            if not permitted:
                raise TargetRefused(
                    "The address must begin with https://; plain HTTP only reaches networks that the operator allows."
                )
        return permitted[:MAX_ADDRESSES]

    def _connect(self, target: Target, addresses: Sequence[Address], deadline: float) -> socket.socket:
        error: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection((str(address), target.port), _left(deadline, CONNECT_TIMEOUT_S))
            except OSError as refusal:
                error = refusal
        raise NotSent(f"No connection to {target.host_header[:100]} ({_reason(error)}).") from error

    def _encrypted(self, plain: socket.socket, target: Target, deadline: float) -> ssl.SSLSocket:
        plain.settimeout(_left(deadline, CONNECT_TIMEOUT_S))
        try:
            return (self.tls or _tls()).wrap_socket(plain, server_hostname=target.host)
        except (OSError, ValueError) as error:
            raise NotSent(f"No encrypted connection to {target.host_header[:100]} ({_reason(error)}).") from error


def outbound() -> Outbound:
    """As the operator allows it."""
    return Outbound(settings.OUTBOUND_NETWORKS)


def _literal(target: Target) -> Address | None:
    try:
        return parse_address(target.host)
    except ValueError:
        return None


def _exchange(
    sock: socket.socket, target: Target, body: bytes, headers: Mapping[str, str], ended: threading.Event
) -> Answer:
    connection = HTTPConnection(target.host, target.port)
    connection.auto_open = 0  # it never connects by itself
    connection.sock = sock
    sent = {"Host": target.host_header, "User-Agent": USER_AGENT, "Connection": "close"} | dict(headers)
    try:
        connection.request("POST", target.path, body, sent)
        response = connection.getresponse()
    except (OSError, HTTPException) as error:
        raise Unanswered(f"{target.host_header[:100]} did not answer ({_reason(error)}).") from error
    if ended.is_set():  # amid the headers, which an end of the connection ends, too
        raise Unanswered(f"{target.host_header[:100]} did not answer (timed out).")
    named = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, named, _beginning(response))


def _beginning(response: HTTPResponse) -> bytes:
    """What arrives of it; the status is known already."""
    with contextlib.suppress(OSError, HTTPException):
        return response.read(MAX_BODY)
    return b""


@contextlib.contextmanager
def _ended_at(sock: socket.socket, deadline: float) -> Iterator[threading.Event]:
    """Ends the connection then, however slowly the server sends, and says so."""
    ended = threading.Event()

    def end() -> None:
        ended.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # an SSLSocket's own is not for another thread

    sock.settimeout(_left(deadline, TIMEOUT_S))
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), end)
    timer.daemon = True
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()


def _within(deadline: float, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
    """The system's resolver has no time-out of its own."""
    answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask())
        except Exception as error:
            answers.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=_left(deadline, CONNECT_TIMEOUT_S))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _left(deadline: float, at_most: float) -> float:
    return max(0.01, min(at_most, deadline - time.monotonic()))


def _reason(error: Exception | None) -> str:
    match error:
        case TimeoutError():
            return "timed out"
        case ssl.SSLCertVerificationError():
            return error.verify_message or "its certificate is not valid"
        case ssl.SSLError():
            return error.reason or "TLS failed"
        case OSError() if error.strerror:
            return error.strerror
    return type(error).__name__


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()  # the system's authorities, or those of SSL_CERT_FILE
    context.load_verify_locations(certifi.where())
    return context
