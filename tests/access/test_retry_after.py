"""When a refused client is asked to come back."""

from __future__ import annotations

import json

import pytest

from kernel.errors import TooManyRequests, Unavailable
from web.problems import problem_of


@pytest.mark.parametrize("seconds", [1, 2, 5])
def test_clients_refused_together_are_spread(seconds: int) -> None:
    responses = [problem_of(Unavailable("Away.", retry_after=seconds)) for _ in range(300)]
    delays = [int(response["Retry-After"]) for response in responses if response is not None]
    assert set(delays) == set(range(seconds, 2 * seconds + 1))
    assert delays == [json.loads(response.content)["retry_after"] for response in responses if response is not None]


def test_a_limit_says_exactly_when_it_ends() -> None:
    answers = [problem_of(TooManyRequests("Too many.", retry_after=7)) for _ in range(20)]
    assert {response["Retry-After"] for response in answers if response is not None} == {"7"}
