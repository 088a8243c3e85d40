"""Patterns of names: `*` is any characters, `?` one, whatever their case. Pure."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=1_000)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Brackets mean themselves."""
    compiled = re.compile(fnmatch.translate(re.sub(r"\*+", "*", pattern.casefold()).replace("[", "[[]")))
    return lambda text: compiled.match(text.casefold()) is not None
