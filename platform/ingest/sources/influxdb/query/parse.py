"""From the text of a query to statements. Linear in the length of the text, which is bounded, as is its nesting."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.sources.influxdb.query.errors import ParseError
from ingest.sources.influxdb.query.refusals import refusal_of
from ingest.sources.influxdb.query.syntax import Statement

if TYPE_CHECKING:
    from lark import Lark, UnexpectedInput

    from ingest.sources.influxdb.query.to_statements import Parameters

MAX_CHARS = 16_384
MAX_CACHED_CHARS = 2_000
MAX_STATEMENTS = 50
MAX_NESTING = 30
MAX_SHOWN = 40
# Quoted texts to their end, or the end of all if they have none, so that it never looks at a character twice.
_MARKS = re.compile(r"""'(?:\\.|[^'\\])*+'?|"(?:\\.|[^"\\])*+"?|[();]""", re.DOTALL)
_NO_PARAMETERS: Parameters = {}


def parse(text: str, parameters: Parameters = _NO_PARAMETERS) -> list[Statement]:
    """The statements of a query. Raises ParseError and Unsupported, which refuse the whole of it."""
    if parameters or len(text) > MAX_CACHED_CHARS:
        return _checked(text, parameters)
    return list(_cached(text))


@lru_cache(maxsize=500)
def _cached(text: str) -> tuple[Statement, ...]:
    """Dashboards send the same statements again and again."""
    return tuple(_checked(text, _NO_PARAMETERS))


def _checked(text: str, parameters: Parameters) -> list[Statement]:
    if len(text) > MAX_CHARS:
        raise ParseError(f"the query has {len(text):,} characters; at most {MAX_CHARS:,} are read")
    starts = _check_nesting(text)
    if len(starts) > MAX_STATEMENTS:
        raise ParseError(f"the query has {len(starts)} statements; at most {MAX_STATEMENTS} are accepted")
    return _parsed(text, parameters, starts)


def _parsed(text: str, parameters: Parameters, starts: list[int]) -> list[Statement]:
    from lark import UnexpectedInput
    from lark.exceptions import VisitError

    from ingest.sources.influxdb.query.to_statements import ToStatements

    try:
        tree = _parser().parse(text)
        return ToStatements(parameters).transform(tree)
    except UnexpectedInput as error:
        raise _refused(text, error, starts) from None
    except VisitError as error:
        raise error.orig_exc from None


@lru_cache(maxsize=1)
def _parser() -> Lark:
    """Compiled at the first query of a process: it takes a third of a second."""
    from lark import Lark

    grammar = Path(__file__).with_name("grammar.lark").read_text()
    return Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=True)


def _check_nesting(text: str) -> list[int]:
    """Where each statement starts."""
    depth, starts = 0, [0]
    for mark in _MARKS.finditer(text):
        match mark[0]:
            case "(":
                depth += 1
                if depth > MAX_NESTING:
                    raise ParseError(f"more than {MAX_NESTING} parentheses are open at character {mark.start() + 1}")
            case ")":
                depth = max(depth - 1, 0)
            case ";":
                depth = 0
                starts.append(mark.end())
    return starts


def _refused(text: str, error: UnexpectedInput, starts: list[int]) -> Exception:
    place = error.pos_in_stream
    at = len(text) if place is None or place < 0 else place
    start = max(start for start in starts if start <= at)
    found = refusal_of(text[start:])
    return found or ParseError(_unexpected(text, at, error))


def _unexpected(text: str, at: int, error: UnexpectedInput) -> str:
    """As InfluxDB says it: `found FROM, expected identifier at line 1, char 8`."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    word = re.match(r"\w+|.", text[at:].strip() or "EOF")
    shown = word[0][:MAX_SHOWN] if word else "EOF"
    return f"found {shown}, expected {_expected(error)} at line {line}, char {column}"


def _expected(error: UnexpectedInput) -> str:
    names = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None) or ()
    known = sorted({_WORDS.get(name, name) for name in names if not name.startswith("__")} - {"$END"})
    return ", ".join(known[:12]) or "the end of the statement"


_WORDS = {
    "IDENTIFIER": "identifier", "QUOTED": "identifier", "STRING": "string", "INTEGER": "integer", "FLOAT": "number",
    "DURATION": "duration", "REGEX": "regex", "PARAMETER": "$parameter", "LPAR": "(", "RPAR": ")", "COMMA": ",",
    "SEMICOLON": ";", "STAR": "*", "SLASH": "/", "PLUS": "+", "MINUS": "-", "PERCENT": "%", "DOT": ".", "EQUALS": "=",
    "DIFFERS": "!=", "ORDER": "<", "MATCHES": "=~", "MATCHES_NOT": "!~",
}  # fmt: skip
