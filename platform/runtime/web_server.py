"""The web process: granian, and what it lacks, a bound for how long a client may leave an answer unread (ADR 0050)."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.errors import FatalError
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]

APPLICATION = "config.wsgi:application"
SEND_TIMEOUT_S = 60.0
KEEPALIVE_IDLE_S, KEEPALIVE_INTERVAL_S, KEEPALIVE_PROBES = 60, 15, 4
BACKLOG = 1024


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    server = Server(
        options.application,
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # a stream of HTTP/2 can stall while its connection is well; that is a proxy's
        http1_settings=HTTP1Settings(),  # a head is waited for half a minute
        websockets=False,
        workers=options.workers,
        blocking_threads=options.threads,
        backpressure=options.backpressure,
        respawn_failed_workers=options.respawn,
        log_level=LogLevels(options.log_level),
    )
    server.send_timeout_s = options.send_timeout
    try:
        server.serve()
    except FatalError:  # it has said why
        sys.exit(1)


def bound_socket(host: str, port: int, send_timeout_s: float) -> socket.socket:
    """Its connections end if the client accepts no data for this long, whether it is gone or just not reading."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # each worker has one
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else an answer's end waits 40 ms
    # What is accepted inherits these. macOS, which nobody serves from, does not have them all.
    for name, value in (
        ("TCP_USER_TIMEOUT", round(send_timeout_s * 1000)),  # counts also while the client's window is closed
        ("TCP_KEEPIDLE", KEEPALIVE_IDLE_S),
        ("TCP_KEEPINTVL", KEEPALIVE_INTERVAL_S),
        ("TCP_KEEPCNT", KEEPALIVE_PROBES),
    ):
        if option := getattr(socket, name, None):
            bound.setsockopt(socket.IPPROTO_TCP, option, value)
    bound.bind((host, port))
    bound.setblocking(False)
    return bound


class Server(Granian):  # type: ignore[misc,valid-type]
    """Its workers listen on sockets of ours."""

    send_timeout_s = SEND_TIMEOUT_S

    def _spawn_worker(self, idx: int, target: Callable[..., None], callback_loader: Callable[[], Any]) -> Any:
        ours = partial(_serve, target, (self.bind_addr, self.bind_port, self.send_timeout_s))
        return super()._spawn_worker(idx, ours, callback_loader)


def _serve(
    target: Callable[..., None],
    address: tuple[str, int, float],
    worker: int,
    name: str | None,
    load: Callable[[], Any],
    _: object,
    *options: Any,
) -> None:
    """In the worker's process: granian's own target, with another socket."""
    bound = bound_socket(*address)
    if metrics := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # in memory, where a clean-up of the system may remove it
        Path(metrics).mkdir(mode=0o700, exist_ok=True)

    def load_and_listen() -> Any:
        application = load()
        bound.listen(BACKLOG)  # not before: meanwhile the other workers take what comes
        return application

    holder = SocketHolder(bound.fileno(), False, BACKLOG)  # type: ignore[call-arg]  # the stubs do not know how it is made
    target(worker, name, load_and_listen, ((None, holder), bound), *options)


def _parser() -> ArgumentParser:
    parser = ArgumentParser("web_server", description="Serve a WSGI application.")
    parser.add_argument("application", nargs="?", default=APPLICATION)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=6, help="requests that each worker answers at once")
    parser.add_argument("--backpressure", type=int, help="connections that each worker takes at once")
    parser.add_argument("--respawn", action="store_true", help="start workers that ended again")
    parser.add_argument("--send-timeout", type=float, default=SEND_TIMEOUT_S, metavar="SECONDS")
    parser.add_argument("--log-level", default="info", choices=[level.value for level in LogLevels])
    return parser


if __name__ == "__main__":
    main()
