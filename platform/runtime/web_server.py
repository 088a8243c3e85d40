"""The web process: granian, and what it lacks: a bound for how long a client may leave an answer unread (ADR 0050), and
workers that share the loaded application (ADR 0098).
"""

from __future__ import annotations

import os
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.errors import FatalError
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]

from runtime.lazy_modules import postpone_modules
from runtime.lingering_close import WSGIApplication, with_lingering_close
from runtime.processes import end_with_parent
from runtime.sockets import bound_socket

APPLICATION = "config.wsgi:application"
SEND_TIMEOUT_S = 60.0
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
    server.on_startup(partial(_preload, options.application))  # when signals are handled, before workers are forked
    try:
        server.serve()
    except FatalError:  # it has said why
        sys.exit(1)


class Server(Granian):  # type: ignore[misc,valid-type]
    """Its workers listen on sockets of ours."""

    send_timeout_s = SEND_TIMEOUT_S

    def _spawn_worker(self, idx: int, target: Callable[..., None], callback_loader: Callable[[], Any]) -> Any:
        address = (self.bind_addr, self.bind_port, self.send_timeout_s)
        ours = partial(_serve, target, _module(self.target), os.getpid(), address)
        return super()._spawn_worker(idx, ours, callback_loader)


def _preload(application: str) -> None:
    """In the server's process, whose workers share the memory of what it loads and start without loading it again.

    No thread, connection or lock of it may be in use before the fork; its module's `post_fork()`, if there is one, runs
    in each worker.
    """
    postpone_modules()
    _ensure_metrics_folder()
    import_module(_module(application))


def _module(application: str) -> str:
    return application.partition(":")[0]


def _ensure_metrics_folder() -> None:
    if metrics := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # in memory, where a clean-up of the system may remove it
        Path(metrics).mkdir(mode=0o700, exist_ok=True)


def _serve(
    target: Callable[..., None],
    module: str,
    parent: int,
    address: tuple[str, int, float],
    worker: int,
    name: str | None,
    load: Callable[[], Any],
    _: object,
    *options: Any,
) -> None:
    """In the worker's process: granian's own target, with another socket. It ends with its parent; else it would serve
    beside the workers of the next one.
    """
    end_with_parent(parent)
    bound = bound_socket(*address)
    _ensure_metrics_folder()

    def load_and_listen() -> Any:
        application = _traced(with_lingering_close(load()))
        if post_fork := getattr(import_module(module), "post_fork", None):
            post_fork()
        bound.listen(BACKLOG)  # not before: meanwhile the other workers take what comes
        return application

    holder = SocketHolder(bound.fileno(), False, BACKLOG)  # type: ignore[call-arg]  # the stubs do not know how it is made
    target(worker, name, load_and_listen, ((None, holder), bound), *options)


def _traced(application: WSGIApplication) -> WSGIApplication:
    """In granian's threads `threading` installs no trace function: coverage and debuggers would not see a request."""
    trace = threading.gettrace()
    if trace is None:
        return application

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if sys.gettrace() is None:
            sys.settrace(trace)
        return application(environ, start_response)

    return wrapped


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
