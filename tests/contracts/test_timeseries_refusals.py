"""InfluxDB 1.8's error messages as our errors."""

from __future__ import annotations

import pytest

from kernel.errors import BadRequest, Unavailable
from stores.timeseries import (
    LinesRefused,
    Refused,
    RefusedCredentials,
    ShardDisabled,
    TimeseriesUnavailable,
    UserExists,
)
from stores.timeseries.refusals import refusal

MESSAGES: list[tuple[int, str, type[Exception]]] = [
    (401, '{"error":"authorization failed"}', RefusedCredentials),
    (401, '{"error":"unable to parse authentication credentials"}', RefusedCredentials),
    (403, '{"error":"reader user is not authorized to write to database plant"}', RefusedCredentials),
    (200, "error authorizing query: reader not authorized to execute statement", RefusedCredentials),
    (400, '{"error":"partial write: field type conflict: input field \\"value\\" … dropped=1"}', LinesRefused),
    (400, '{"error":"unable to parse \'p1,sensor=s value=nan 1\': invalid number"}', LinesRefused),
    (400, '{"error":"unable to parse \'p1,sensor=s text=\\"no authorization\\"\': missing fields"}', LinesRefused),
    (400, '{"error":"partial write: unable to parse \'p1 text=\\"timeout\\" x\': bad timestamp"}', LinesRefused),
    (400, '{"error":"max key length exceeded: 70000 > 65535"}', LinesRefused),
    (400, '{"error":"database not found: \\"plant\\""}', Refused),
    (400, '{"error":"error parsing query: found EOF, expected identifier at line 1, char 20"}', Refused),
    (200, "user already exists", UserExists),
    (200, "shard is disabled", ShardDisabled),
    (200, "timeout", TimeseriesUnavailable),
    (200, "engine is closed", TimeseriesUnavailable),
    (400, "<html>a proxy said this</html>", Refused),
]


@pytest.mark.parametrize(("status", "message", "kind"), MESSAGES)
def test_each_sentence_is_one_kind_of_error(status: int, message: str, kind: type[Exception]) -> None:
    error = refusal(message, status)
    assert type(error) is kind
    assert isinstance(error, Unavailable) == (error.status == 503)
    assert isinstance(error, BadRequest) == (error.problem == "store-refused")
    assert '{"error"' not in error.detail, "the sentence, without its wrapping"


@pytest.mark.parametrize(
    ("message", "dropped"),
    [
        ("partial write: points beyond retention policy dropped=7", 7),
        ('{"error":"partial write: field type conflict: x dropped=2\\n"}', 2),
        ("unable to parse 'p1 text=\"dropped=9\"': missing fields", None),
    ],
)
def test_refused_lines_say_how_many_were_dropped(message: str, dropped: int | None) -> None:
    error = refusal(message, 400)
    assert isinstance(error, LinesRefused)
    assert error.dropped == dropped
