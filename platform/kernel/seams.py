"""What one package needs of another that it must not import: it defines the interface, `config` connects it."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Seam(Generic[T]):
    """Call it for what is connected, once per process, by the AppConfig of `config`; `get` where nothing has to be."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._value: T | None = None

    def connect(self, value: T) -> None:
        self._value = value

    def get(self) -> T | None:
        return self._value

    def __call__(self) -> T:
        if self._value is None:
            raise RuntimeError(f"Not connected: {self._name}. The AppConfig of `config` does that.")
        return self._value
