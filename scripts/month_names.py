"""Writes platform/ingest/imports/times/calendar_names.py from the Unicode CLDR. Needs Babel: not in our requirements.

uv run --with babel scripts/month_names.py
"""

from __future__ import annotations

import textwrap
import unicodedata
from pathlib import Path

import babel
from babel import Locale

LOCALES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs")
TARGET = Path(__file__).parent.parent / "platform/ingest/imports/times/calendar_names.py"
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What programs write besides: German without CLDR's longer forms, French and Portuguese without the full stop.
BESIDES = {"mrz": 3, "mär": 3, "sept": 9, "sep": 9, "okt": 10, "dez": 12, "fev": 2, "fév": 2, "aoû": 8, "avr": 4}


def folded(word: str) -> set[str]:
    """The word as it is looked for, with its accents and without."""
    word = word.strip(". ").casefold()
    plain = "".join(part for part in unicodedata.normalize("NFD", word) if not unicodedata.combining(part))
    return {word, plain}


def months() -> dict[str, int]:
    found: dict[str, int] = {}
    for name in LOCALES:
        locale = Locale(name)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, word in locale.months[context][width].items():
                    for form in folded(word):
                        if form.isalpha() and len(form) > 2 and found.setdefault(form, number) != number:
                            raise SystemExit(f"{form} is month {found[form]} and, in {name}, {number}")
    for word, number in BESIDES.items():
        for form in folded(word):
            if found.setdefault(form, number) != number:
                raise SystemExit(f"{form} is month {found[form]}, not {number}")
    return found


def weekdays(taken: dict[str, int]) -> set[str]:
    found: set[str] = set()
    for name in ("en", *LOCALES):
        locale = Locale(name)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated", "short"):
                found |= {form for word in locale.days[context][width].values() for form in folded(word)}
    return {word for word in found if word and word.isalpha()}


def wrapped(words: list[str]) -> str:
    return textwrap.fill(" ".join(words), 100, subsequent_indent=" " * 8)


def main() -> None:
    found = months()
    by_month: list[list[str]] = [[] for _ in ENGLISH]
    for word, number in sorted(found.items()):
        by_month[number - 1].append(word)
    lines = [
        '"""Names of months and weekdays in other languages, from the Unicode CLDR (Unicode License v3).',
        "",
        f"Written by scripts/month_names.py ({', '.join(LOCALES)}) with Babel {babel.__version__}; not to be edited.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "_WORDS = {",
        *(f'    "{name}": """{wrapped(words)}""",' for name, words in zip(ENGLISH, by_month, strict=True)),
        "}",
        "MONTHS = {word: month for month, words in _WORDS.items() for word in words.split()}",
        f'_DAYS = """{wrapped(sorted(weekdays(found)))}"""',
        "WEEKDAYS = frozenset(_DAYS.split())",
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
