"""“Did you mean …?”: suggestions for misspelled words, at a bounded cost for any input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

MAX_WORD_CHARS = 100  # a longer word is not a misspelling
MAX_COMPARED = 50_000  # words per search: about 10 ms
MIN_SIMILARITY = 0.6  # 1: equal, 0: no letter in common

_remaining: ContextVar[list[int] | None] = ContextVar("_remaining", default=None)


@contextmanager
def limit_searches(searches: int) -> Iterator[None]:
    """Inside, only so many searches are made; further ones find nothing."""
    token = _remaining.set([searches])
    try:
        yield
    finally:
        _remaining.reset(token)


def closest(word: str, words: Iterable[str], limit: int = 3) -> list[str]:
    """The words most similar to `word`, best first: those that differ only in case, then by spelling."""
    if len(word) > MAX_WORD_CHARS or not _may_search():
        return []
    folded = word.casefold()
    known = list(islice(dict.fromkeys(words), MAX_COMPARED))
    by_fold = {known_word.casefold(): known_word for known_word in known}
    found = [known_word for known_word in known if known_word.casefold() == folded]
    found += _similar(word, known, limit)
    found += [by_fold[match] for match in _similar(folded, list(by_fold), limit)]
    return list(dict.fromkeys(found))[:limit]


def did_you_mean(word: str, words: Iterable[str], limit: int = 3) -> str:
    """` Did you mean “a” or “b”?`, or nothing if no word is similar."""
    return question(closest(word, words, limit))


def question(suggestions: Sequence[str]) -> str:
    """The question that names these suggestions, with a leading space; nothing for none."""
    quoted = [f"“{match}”" for match in suggestions]
    if not quoted:
        return ""
    return f" Did you mean {' or '.join([', '.join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)}?"


def _may_search() -> bool:
    remaining = _remaining.get()
    if remaining is None:
        return True
    remaining[0] -= 1
    return remaining[0] >= 0


def _similar(word: str, words: Sequence[str], limit: int) -> list[str]:
    from rapidfuzz import process  # some MB that few processes need
    from rapidfuzz.distance import Indel

    matches = process.extract(word, words, scorer=Indel.normalized_similarity, limit=limit, score_cutoff=MIN_SIMILARITY)
    return [match for match, _, _ in matches]
