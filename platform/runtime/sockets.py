"""Sockets of our servers, with a bound for how long a client may leave an answer unread (ADR 0050)."""

from __future__ import annotations

import socket

KEEPALIVE_IDLE_S, KEEPALIVE_INTERVAL_S, KEEPALIVE_PROBES = 60, 15, 4


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
