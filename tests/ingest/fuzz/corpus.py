"""Hostile requests for endpoints that take samples, events, statements and rules: valid ones, damaged; always alike."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

LINES = b"""\
works,sensor=TT-1 value=1.5 1764400000000000000
works,sensor=TT-1,node=a value=-2.25e3
cpu,host=gw-1,cpu=cpu0 usage_idle=90.5,usage_user=9i,on=true,text="a \\"quoted\\" word" 1764400000000000001
plant/a/b,k=v\\ w x=1u,y=2i 1764400000000000002
"""
EVENT = {
    "ts": 1764400000000, "type": "door.opened", "device": "gw-1", "firmware": "1.0", "n": 3, "w": 2.5,
    "trace": "long " * 50, "more": {"a": [1, 2, {"b": None}]},
}  # fmt: skip
RULE = {
    "name": "plant/{site}/{device}", "site": "{site}", "sensor": "{device}.{field}", "tags": {"k": "{k}"},
    "unit": "bar", "scale": 0.1,
}  # fmt: skip
STATEMENTS = (
    'SELECT mean("value") FROM works WHERE time > now() - 1h AND "sensor" = \'TT-1\' GROUP BY time(1m) fill(null)',
    "SELECT difference(max(value)) + 2 FROM /wor.*/ WHERE time >= 1764400000000ms GROUP BY time(5m), sensor tz('UTC')",
    "SHOW TAG VALUES FROM works WITH KEY = \"sensor\"; SELECT * FROM works LIMIT 5 OFFSET 2",
)  # fmt: skip
NUMBERS = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1e-999", b"9" * 400, b"9" * 16_000 + b"x", b"-0", b"0x10",
    b"1_000", "١٢٣".encode(), "１２".encode(),
    b"18446744073709551616", b"-9223372036854775809", b"1.7976931348623159e308",
    b"0." + b"0" * 2_000 + b"1", b"1e", b"--1", b"true", b"null", b"1" + b"0" * 308 + b".0",
)  # fmt: skip
BYTES = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\r", b"\n\n",
    b"\\", b'"', b",", b" ", b"=", "\u202e".encode(), "\u2028".encode(), "💥".encode() * 50, b"\x1b[31m", b"{",
    b"[", b"(", b"\\ud800", b"'",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """`sent`: what `requests.request` takes. `name` says how it was damaged."""

    name: str
    method: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


Damage = Callable[[bytes, Random], bytes]


def _truncated(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _flipped(body: bytes, chance: Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(chance.choice([1, 1, 2, 20])):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _inserted(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + chance.choice(BYTES) * chance.choice([1, 1, 3, 500]) + body[at:]


def _with_odd_numbers(body: bytes, chance: Random) -> bytes:
    return re.sub(rb"\d+(?:\.\d+)?", lambda found: chance.choice((*NUMBERS, found[0])), body)


def _repeated(body: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(body) + 1)
    end = min(len(body), start + chance.choice([1, 5, 40]))
    return body[:start] + body[start:end] * chance.choice([10, 300, 3_000]) + body[end:]


def _encoded(body: bytes, chance: Random) -> bytes:
    return body.decode(errors="replace").encode(chance.choice(["utf-16", "utf-32", "cp500", "utf-7"]), errors="ignore")


def _doubled(body: bytes, chance: Random) -> bytes:
    return body * chance.choice([2, 50])


def _nested(body: bytes, chance: Random) -> bytes:
    depth = chance.choice([20, 1_000, 60_000])
    opening, closing = chance.choice([(b"[", b"]"), (b'{"a":', b"}"), (b"(", b")")])
    inside = chance.choice([body[:500], b"1", b""])
    return opening * depth + inside + closing * (depth if chance.random() < 0.5 else 0)


def _huge_name(body: bytes, chance: Random) -> bytes:
    name = chance.choice([b"a", b"\\ ", "ü".encode(), b'\\"', b"/"]) * chance.choice([300, 70_000])
    at = chance.randrange(len(body) + 1)
    return body[:at] + name + body[at:]


DAMAGES: tuple[Damage, ...] = (
    _truncated, _flipped, _inserted, _with_odd_numbers, _repeated, _encoded, _doubled, _nested, _huge_name,
)  # fmt: skip


def _packed(body: bytes, chance: Random) -> bytes:
    whole = gzip.compress(body, 1)
    match chance.randrange(6):
        case 0:
            return whole
        case 1:
            return whole[: chance.randrange(len(whole))]
        case 2:
            return _flipped(whole, chance)
        case 3:
            return gzip.compress(whole)
        case 4:
            return whole * chance.choice([2, 200])
    return whole + body


BOMB = gzip.compress(b" " * 100_000_000)
LONG = {
    "lines": b"works,sensor=TT-1 value=1\n" * 40_000,
    "fields": b"m " + b",".join(b"f%d=1" % k for k in range(60_000)),
    "digits": b"works,sensor=TT-1 value=" + b"9" * 1_000_000 + b"x",
    "text": b'{"type":"' + b"a" * 1_000_000 + b'"}',
}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _bodies(endpoint: str, chance: Random) -> bytes:
    match endpoint:
        case "write" | "write2":
            return b"".join(chance.choices(LINES.splitlines(True), k=chance.choice([1, 2, 10])))
        case "events":
            events = [EVENT | {"ts": EVENT["ts"] + k} for k in range(chance.choice([1, 3]))]  # type: ignore[operator]
            return _json(events) if chance.random() < 0.5 else b"\n".join(map(_json, events))
        case "mapping" | "trial":
            return _json({"rules": [RULE] * chance.choice([1, 5]), "unmatched": "keep"})
        case "schema":
            return _json({"fields": {"n": {"type": "number", "unit": "bar"}, "s": {"type": "text"}}, "note": "x"})
        case "table":
            return _json(
                {"rows": [{"key": "gw-1", "values": {"shift": "early"}, "from": 1, "to": 2}], "timezone": "UTC"}
            )
    return chance.choice(STATEMENTS).encode()


_PATHS = {
    "write": ("POST", "/write"),
    "write2": ("POST", "/api/v2/write"),
    "events": ("POST", "/api/v1/events"),
    "query": ("POST", "/query"),
    "mapping": ("PUT", "/api/v1/mapping"),
    "trial": ("POST", "/api/v1/mapping/test"),
    "schema": ("PUT", "/api/v1/event-types/door.opened"),
    "table": ("PUT", "/api/v1/event-tables/shifts"),
}
ENDPOINTS = tuple(_PATHS)
_TYPES = {"write": "text/plain", "write2": "text/plain", "query": "application/x-www-form-urlencoded"}
_PARAMETERS = (
    "precision",
    "db",
    "bucket",
    "org",
    "rp",
    "epoch",
    "chunked",
    "chunk_size",
    "params",
    "pretty",
    "q",
    "u",
    "p",
    "zz",
)
_VALUES = (
    "",
    "ns",
    "m",
    "parsec",
    "1",
    "-1",
    "9" * 5_000,
    "\x00",
    "ü" * 500,
    '{"x":NaN}',
    "[" * 2_000,
    "../..",
    "%",
    "true",
)


def requests_of(endpoint: str, count: int, seed: int = 1) -> Iterator[Request]:
    """So many for one endpoint, and a few that are large."""
    chance = Random(f"{endpoint} {seed}")
    method, path = _PATHS[endpoint]
    usual = {"Content-Type": _TYPES.get(endpoint, "application/json")}
    for name, body in LONG.items():
        yield Request(f"long {name}", method, path, body, usual)
    for body in (BOMB, gzip.compress(BOMB), BOMB * 3):
        yield Request("bomb", method, path, body, {**usual, "Content-Encoding": "gzip"})
    for _ in range(count):
        body, names = _bodies(endpoint, chance), list[str]()
        for damage in chance.choices(DAMAGES, k=chance.choice([1, 1, 1, 2, 3])):
            if len(body) < 200_000:
                body, names = damage(body, chance), [*names, damage.__name__.strip("_")]
        headers, parameters = dict(usual), dict[str, str]()
        if endpoint == "query":
            if chance.random() < 0.5:
                parameters["q"], body = body[:4_000].decode("latin-1"), b""
            else:
                body = b"q=" + body
        if chance.random() < 0.1:
            body, headers["Content-Encoding"] = _packed(body, chance), chance.choice(["gzip", "gzip", "br", "x" * 100])
            names.append("packed")
        if chance.random() < 0.2:
            parameters[chance.choice(_PARAMETERS)] = chance.choice(_VALUES)
            names.append("parameters")
        if chance.random() < 0.05:
            headers["Content-Type"] = chance.choice(
                ["", "application/xml", "multipart/form-data", "text/plain; charset=utf-16"]
            )
            names.append("type")
        yield Request(" ".join(names), method, path, body, headers, parameters)
