"""Objects of buckets: what is there, reading, removing, and an upload that appears only when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from kernel.errors import Unavailable
from stores.objects.address import Address
from stores.objects.connection import QUESTION, TRANSFER, connect
from stores.objects.errors import SILENT, no_bucket, no_object, translated
from stores.objects.upload import Upload

Told = Callable[[int, int], None]  # bytes so far, of how many
PIECE = 8 * 2**20


class Objects:
    """Every method raises Unavailable: no such bucket, refused, not reached, silent for too long."""

    def __init__(self, endpoint: str = "") -> None:
        self._endpoint = endpoint

    @cached_property
    def _quick(self) -> Any:
        return connect(self._endpoint, QUESTION)

    def size(self, address: Address) -> int | None:
        """Bytes of an object; None where there is none."""
        with self._asking(address):
            found = self._quick.get_file_info(address.path)
            if found.is_file:
                return int(found.size)
            self._check_bucket(address)
        return None

    def sizes(self, prefix: Address) -> dict[str, int]:
        """Names and bytes of the objects directly below it."""
        with self._asking(prefix):
            found = self._below(prefix)
            if not found:
                self._check_bucket(prefix)
        return {each.base_name: int(each.size) for each in found if each.is_file}

    def head(self, address: Address, count: int) -> bytes:
        """Its first bytes. Raises NotFound."""
        self._ensure_there(address)
        with self._asking(address), self._quick.open_input_file(address.path) as source:
            return bytes(source.read_at(count, 0))

    def download(self, address: Address, path: Path, tell: Told = lambda sent, size: None) -> None:
        """All of it into a file. Raises NotFound."""
        size, got = self._ensure_there(address), 0
        with self._asking(address):
            source = connect(self._endpoint, TRANSFER).open_input_stream(address.path, compression=None)
            with source, path.open("wb") as out:
                while piece := source.read(PIECE):
                    out.write(piece)
                    got += len(piece)
                    tell(got, size)
        if got != size:
            raise Unavailable(f"{address} has {size} bytes, but {got} came; try again.")

    def upload(self, address: Address) -> Upload:
        return Upload(address, self._endpoint)

    def remove(self, address: Address) -> None:
        """It is gone, also if it was before."""
        if self.size(address) is not None:
            with self._asking(address):
                self._quick.delete_file(address.path)

    def _ensure_there(self, address: Address) -> int:
        if (size := self.size(address)) is None:
            raise no_object(address)
        return size

    def _check_bucket(self, address: Address) -> None:
        if self._quick.get_file_info(address.bucket).type.name == "NotFound":
            raise no_bucket(address, self._endpoint)

    def _below(self, prefix: Address) -> list[Any]:
        from pyarrow import fs

        return list(self._quick.get_file_info(fs.FileSelector(prefix.path, allow_not_found=True)))

    @contextmanager
    def _asking(self, address: Address) -> Iterator[None]:
        """A refused HEAD has no body that says why; then a listing is asked, which has."""
        with translated(address, self._endpoint):
            try:
                yield
            except OSError as error:
                if SILENT in str(error):
                    self._below(address)
                raise
