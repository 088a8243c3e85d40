"""The upload of one object. `python -m` runs it with the address, the server and its parent's id.

Arrow cannot abort an upload: a stream that is dropped, as by an error, creates an object of what was sent so far. So it
runs in a process that exits without cleaning up, and with its parent. What it did not complete is not an object.

Output: one JSON object per line: `{"begun": true}`, `{"sent": bytes}`…, `{"done": true}`, or `{"error": why}`.
Input: once it has begun, the file's path.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from kernel.errors import PlantraceError
from runtime.processes import end_with_parent
from stores.objects.address import Address
from stores.objects.connection import TRANSFER, connect
from stores.objects.errors import translated

CHUNK_BYTES = 10 * 2**20
_KEPT_OPEN: list[Any] = []


def main(text: str, endpoint: str, parent: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from the keyboard: for the parent to handle
    end_with_parent(int(parent))
    address = Address.parse(text)
    try:
        with translated(address, endpoint):
            bucket = connect(endpoint, TRANSFER)
            stream = bucket.open_output_stream(address.path, compression=None)  # whatever the name ends with
            _KEPT_OPEN.append(stream)
            _report(begun=True)
            if path := sys.stdin.readline().removesuffix("\n"):
                sent = _send(Path(path), stream)
                stream.close()
                if (size := bucket.get_file_info(address.path).size) != sent:
                    bucket.delete_file(address.path)
                    raise OSError(f"{address} took {size} of {sent} bytes, and was removed again.")
                _report(done=True)
    except (PlantraceError, OSError) as error:
        _report(error=str(error))


def _send(path: Path, stream: Any) -> int:
    sent = 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            stream.write(piece)
            sent += len(piece)
            _report(sent=sent)
    return sent


def _report(**message: object) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(0)
