"""Redis: the ingest streams, the latest values and small shared counters of all tenants."""

from stores.streams.client import redis_client, translated
from stores.streams.latest import Latest, pack_latest, unpack_latest
from stores.streams.marks import RUN_KEY, LadderState, Mark, Marks, SensorMarks, Spans
from stores.streams.streams import DeadLetter, Entry, Streams
from stores.streams.turns import WriterKind

__all__ = [
    "RUN_KEY",
    "DeadLetter",
    "Entry",
    "LadderState",
    "Latest",
    "Mark",
    "Marks",
    "SensorMarks",
    "Spans",
    "Streams",
    "WriterKind",
    "pack_latest",
    "redis_client",
    "translated",
    "unpack_latest",
]
