"""The latest arrivals of each source, as examples on which rules are tried: only those that need a rule."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import msgspec

from ingest.points import Arrival
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from web.stores import streams

log = logging.getLogger(__name__)

INTERVAL_S = 1.0  # in one process, of one tenant and source
MAX_FIELDS, MAX_BYTES = 50, 4_096  # of one
MAX_REMEMBERED = 1_000  # tenants
TIMES = range(-(2**63), 2**63)  # that can be encoded; what is of another one is refused anyway

_kept_at: dict[tuple[str, str], float] = {}
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Arrival)


def keep_examples(tenant: TenantConnection, source: str, examples: Sequence[Arrival]) -> None:
    """Keep them with the source's latest hundred. They are only examples: an error is logged."""
    now, key = time.monotonic(), (tenant.prefix, source)
    if not examples or now - _kept_at.get(key, -INTERVAL_S) < INTERVAL_S:
        return
    if len(_kept_at) >= MAX_REMEMBERED:
        _kept_at.clear()
    _kept_at[key] = now
    some = [each for each in examples if each.t is None or each.t in TIMES]
    encoded = [text for text in map(_encoded, some) if len(text) <= MAX_BYTES]
    try:
        streams().arrivals.keep(tenant.prefix, source, encoded)
    except PlantraceError as error:
        log.warning("%sexamples are not kept: %s", tenant.prefix, error.detail)


def recent(tenant: TenantConnection, source: str) -> list[tuple[int, Arrival]]:
    """The latest arrivals and when they came (ms), newest first."""
    found = []
    for at, text in streams().arrivals.recent(tenant.prefix, source):
        try:
            found.append((at, _decoder.decode(text)))
        except msgspec.MsgspecError:
            continue  # of another version
    return found


def _encoded(arrival: Arrival) -> bytes:
    if len(arrival.fields) <= MAX_FIELDS:
        return _encoder.encode(arrival)
    some = dict(list(arrival.fields.items())[:MAX_FIELDS])
    return _encoder.encode(Arrival(arrival.name, arrival.tags, some, arrival.t, arrival.sample, arrival.otherwise))
