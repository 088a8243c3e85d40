"""Regular expressions as InfluxDB's: RE2, whose cost is linear in the text. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ingest.sources.influxdb.query.errors import ParseError

MAX_MEMORY = 1 << 20  # of one compiled expression


@lru_cache(maxsize=500)
def searching(source: str) -> Callable[[str], bool]:
    """Whether a text contains a match."""
    import re2  # loaded by the first query that needs it

    options = re2.Options()
    options.max_mem, options.log_errors = MAX_MEMORY, False
    try:
        compiled = re2.compile(source, options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else error
        raise ParseError(f"error parsing regexp: {reason}: `{source[:60]}`") from None
    return lambda text: compiled.search(text) is not None
