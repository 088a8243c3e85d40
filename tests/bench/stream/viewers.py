"""Viewers of the live stream, many in one process: what arrives is looked at only as far as needed to time it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MARK = b'"v":'


@dataclass
class Seen:
    """When each viewer had each number, in seconds of the machine's monotonic clock."""

    arrivals: list[tuple[int, float]] = field(default_factory=list)
    bytes: int = 0
    opened: int = 0
    ended: int = 0


async def view(url: str, token: str, query: str, seen: Seen) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"GET {parts.path}?{query} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    status = await reader.readline()
    assert b" 200 " in status, status
    seen.opened += 1
    last = -1
    try:
        while data := await reader.read(65536):
            seen.bytes += len(data)
            place = data.rfind(MARK)
            if place < 0:
                continue
            number = int(float(data[place + len(MARK) : place + 20].split(b",")[0].split(b"}")[0] or b"-1"))
            if number > last:
                last = number
                seen.arrivals.append((number, time.monotonic()))
    except (OSError, ValueError):
        pass
    seen.ended += 1


async def main() -> None:
    """Reads what to view from stdin, says `open` once all are, and at the end of stdin what was seen."""
    asked = json.loads(sys.stdin.readline())
    seen = Seen()
    tasks = [asyncio.create_task(view(asked["url"], token, query, seen)) for token, query in asked["viewers"]]
    while seen.opened < len(tasks) and not any(task.done() for task in tasks):
        await asyncio.sleep(0.05)
    print("open" if seen.opened == len(tasks) else "refused", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps({"arrivals": seen.arrivals, "bytes": seen.bytes, "ended": seen.ended}), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
