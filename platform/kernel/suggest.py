"""“Did you mean …?”: the one search for what is spelled alike, at a bounded cost whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import Indel

MAX_WORD_CHARS = 100  # of what was typed; a longer one is no misspelling
MAX_COMPARED = 50_000  # words in one search, some 10 ms
MIN_LIKENESS = 0.6  # 1 is equal, 0 has no letter in common

_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)


@contextmanager
def at_most(searches: int) -> Iterator[None]:
    """Inside, only so many words are looked for; then nothing is near anything."""
    token = _left.set([searches])
    try:
        yield
    finally:
        _left.reset(token)


def near(word: str, words: Iterable[str], most: int = 3) -> list[str]:
    """The words that look most like `word`, best first: same but for case, then close in spelling."""
    if len(word) > MAX_WORD_CHARS or not _may_search():
        return []
    folded = word.casefold()
    known = list(islice(dict.fromkeys(words), MAX_COMPARED))
    by_fold = {known_word.casefold(): known_word for known_word in known}
    found = [known_word for known_word in known if known_word.casefold() == folded]
    found += _alike(word, known, most)
    found += [by_fold[match] for match in _alike(folded, list(by_fold), most)]
    return list(dict.fromkeys(found))[:most]


def did_you_mean(word: str, words: Iterable[str], most: int = 3) -> str:
    """` Did you mean “a” or “b”?`, or nothing where no word is near."""
    return sentence(near(word, words, most))


def sentence(found: Sequence[str]) -> str:
    """The question for these suggestions, with a space in front; nothing for none."""
    quoted = [f"“{match}”" for match in found]
    if not quoted:
        return ""
    return f" Did you mean {' or '.join([', '.join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)}?"


def _may_search() -> bool:
    left = _left.get()
    if left is None:
        return True
    left[0] -= 1
    return left[0] >= 0


def _alike(word: str, words: Sequence[str], most: int) -> list[str]:
    matches = process.extract(word, words, scorer=Indel.normalized_similarity, limit=most, score_cutoff=MIN_LIKENESS)
    return [match for match, _, _ in matches]
