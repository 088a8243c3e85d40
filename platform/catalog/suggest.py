"""“Did you mean …?”"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches

_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)


@contextmanager
def at_most(searches: int) -> Iterator[None]:
    """Inside, only so many words are looked for; then nothing is near anything. One among thousands takes 50 ms."""
    token = _left.set([searches])
    try:
        yield
    finally:
        _left.reset(token)


def near(word: str, words: Iterable[str], most: int = 3) -> list[str]:
    """The words that look most like `word`, best first: same but for case, then close in spelling."""
    left = _left.get()
    if left is not None:
        if left[0] <= 0:
            return []
        left[0] -= 1
    known = list(dict.fromkeys(words))
    folded = word.casefold()
    found = [known_word for known_word in known if known_word.casefold() == folded]
    found += get_close_matches(word, known, most, 0.6)
    by_fold = {known_word.casefold(): known_word for known_word in known}
    found += [by_fold[match] for match in get_close_matches(folded, by_fold, most, 0.6)]
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
