"""Reports of progress."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str], None]  # called with what is in progress, in a phrase
