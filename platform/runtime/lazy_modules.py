"""Modules of libraries that a web process imports and rarely needs: each is loaded once something of it is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

# Kernels of Arrow: files that are imported or exported, and nulls in bulk reads. Pillow: scans below a drawing.
RARE = ("pyarrow.compute", "PIL.Image", "PIL.ImageOps")
# Imported by REST framework, Celery and requests if they can be, for what we do not use: fields of PostgreSQL, pages
# for browsers, green threads, and a second library that guesses encodings.
UNUSED = ("django.contrib.postgres", "pygments", "markdown", "greenlet", "chardet")


def postpone_modules(rare: Iterable[str] = RARE, unused: Iterable[str] = UNUSED) -> None:
    """Before the application is loaded. What is loaded already stays."""
    for name in unused:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's sign for one that must not be imported
    for name in rare:
        sys.modules.setdefault(name, _Postponed(name))


class _Postponed(ModuleType):
    """In place of a module that has no submodules."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever looks through the modules does not use them
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = importlib.import_module(self.__name__)  # waits for another thread that is importing it
        vars(self).update({name: value for name, value in vars(module).items() if not name.startswith("__")})
        return getattr(module, name)
