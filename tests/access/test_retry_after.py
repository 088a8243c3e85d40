"""When a refused client is asked to come back."""

from __future__ import annotations

import json

import pytest

from kernel.errors import TooManyRequests, Unavailable
from web.problems import problem_of


@pytest.mark.parametrize("seconds", [1, 2, 5])
def test_clients_refused_together_are_spread(seconds: int) -> None:
    answers = [problem_of(Unavailable("Away.", retry_after=seconds)) for _ in range(300)]
    told = [int(answer["Retry-After"]) for answer in answers if answer is not None]
    assert set(told) == set(range(seconds, 2 * seconds + 1))
    assert told == [json.loads(answer.content)["retry_after"] for answer in answers if answer is not None]


def test_a_limit_says_exactly_when_it_ends() -> None:
    answers = [problem_of(TooManyRequests("Too many.", retry_after=7)) for _ in range(20)]
    assert {answer["Retry-After"] for answer in answers if answer is not None} == {"7"}
