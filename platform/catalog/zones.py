"""IANA time zones."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import available_timezones

from kernel.suggest import did_you_mean

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?00)?", re.IGNORECASE)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def check_zone(text: str) -> str:
    """The zone; ValueError suggests similar ones."""
    if text in zones():
        return text
    if offset := _OFFSET.fullmatch(text.strip()):
        sign = "-" if offset[1] == "+" else "+"
        raise ValueError(
            f"“{text}” is an offset, not a time zone. Name the place, as in Asia/Dubai;"
            f" if there is none, “Etc/GMT{sign}{int(offset[2])}” is {offset[1]}{int(offset[2])} hours"
            " (its sign is reversed)."
        )
    cities = {zone.rsplit("/", 1)[-1].replace("_", " "): zone for zone in sorted(zones()) if "/" in zone}
    for city, zone in cities.items():
        if text.strip().casefold() == city.casefold():
            raise ValueError(f"“{text}” is not an IANA time zone. Did you mean “{zone}”?")
    text = text[:60]
    hint = did_you_mean(text.strip().replace(" ", "_"), zones()) or " Name it as in Europe/Vienna, Asia/Dubai or UTC."
    raise ValueError(f"“{text}” is not an IANA time zone.{hint}")
