"""Objects in buckets: listing, reading, removing, and an upload that appears only when it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from kernel.errors import Unavailable
from stores.objects.address import Address
from stores.objects.connection import QUESTION, TRANSFER, connect
from stores.objects.errors import NO_BODY, no_bucket, no_object, translated
from stores.objects.upload import Upload

Progress = Callable[[int, int], None]  # bytes sent, total
CHUNK_BYTES = 8 * 2**20


class Objects:
    """Every method raises Unavailable: no such bucket, access refused, not reachable, or silent for too long."""

    def __init__(self, endpoint: str = "") -> None:
        self._endpoint = endpoint

    @cached_property
    def _quick(self) -> Any:
        return connect(self._endpoint, QUESTION)

    def size(self, address: Address) -> int | None:
        """Its size in bytes; None if there is no such object."""
        with self._request(address):
            found = self._quick.get_file_info(address.path)
            if found.is_file:
                return int(found.size)
            self._check_bucket(address)
        return None

    def sizes(self, prefix: Address) -> dict[str, int]:
        """Names and sizes of the objects directly below the prefix."""
        with self._request(prefix):
            found = self._below(prefix)
            if not found:
                self._check_bucket(prefix)
        return {each.base_name: int(each.size) for each in found if each.is_file}

    def head(self, address: Address, count: int) -> bytes:
        """Its first bytes. Raises NotFound."""
        self._ensure_exists(address)
        with self._request(address), self._quick.open_input_file(address.path) as source:
            return bytes(source.read_at(count, 0))

    def download(self, address: Address, path: Path, report: Progress = lambda sent, size: None) -> None:
        """Download it into a file. Raises NotFound."""
        size, got = self._ensure_exists(address), 0
        with self._request(address):
            source = connect(self._endpoint, TRANSFER).open_input_stream(address.path, compression=None)
            with source, path.open("wb") as out:
                while piece := source.read(CHUNK_BYTES):
                    out.write(piece)
                    got += len(piece)
                    report(got, size)
        if got != size:
            raise Unavailable(f"{address} has {size} bytes, but only {got} arrived; try again.")

    def write(self, address: Address, data: bytes) -> None:
        """A small object, in one request; an error after it has begun may leave a part of it."""
        with translated(address, self._endpoint):
            stream = connect(self._endpoint, TRANSFER).open_output_stream(address.path, compression=None)
            with stream as out:
                out.write(data)

    def read(self, address: Address) -> bytes:
        """A small object. Raises NotFound."""
        self._ensure_exists(address)
        with self._request(address), self._quick.open_input_file(address.path) as source:
            return bytes(source.read())

    def below(self, prefix: Address, recursive: bool = False) -> list[tuple[str, int]]:
        """Names and sizes of what is below the prefix; a further prefix has the size 0."""
        with self._request(prefix):
            found = self._below(prefix, recursive)
        return [(each.base_name, int(each.size or 0) if each.is_file else 0) for each in found]

    def remove_below(self, prefix: Address) -> None:
        """Ensure that there are no objects below the prefix."""
        with self._request(prefix):
            if self._below(prefix):
                self._quick.delete_dir(prefix.path)

    def upload(self, address: Address) -> Upload:
        return Upload(address, self._endpoint)

    def remove(self, address: Address) -> None:
        """Ensure that it does not exist."""
        if self.size(address) is not None:
            with self._request(address):
                self._quick.delete_file(address.path)

    def _ensure_exists(self, address: Address) -> int:
        if (size := self.size(address)) is None:
            raise no_object(address)
        return size

    def _check_bucket(self, address: Address) -> None:
        if self._quick.get_file_info(address.bucket).type.name == "NotFound":
            raise no_bucket(address, self._endpoint)

    def _below(self, prefix: Address, recursive: bool = False) -> list[Any]:
        from pyarrow import fs

        selector = fs.FileSelector(prefix.path, allow_not_found=True, recursive=recursive)
        return list(self._quick.get_file_info(selector))

    @contextmanager
    def _request(self, address: Address) -> Iterator[None]:
        """A refused HEAD has no body that says why, so a listing is requested, whose answer has."""
        with translated(address, self._endpoint):
            try:
                yield
            except OSError as error:
                if NO_BODY in str(error):
                    self._below(address)
                raise
