"""Playback as bytes says what playback as JSON says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from kernel.tenancy import TenantConnection
from tests.twin.conftest import HOUR, MINUTE, NOON, Plant
from tests.twin.test_schematics import BASE
from twin.binary import MAGIC, MEDIA_TYPE, encode


class About(Struct):
    name: str
    t: list[int] = []
    columns: dict[str, list[Any]] = {}


def decoded(content: bytes) -> dict[str, Any]:
    """As docs/api/schematics.md describes it, and as a browser reads it: each array at a multiple of its items."""
    assert content[:4] == MAGIC
    length = int.from_bytes(content[4:8], "little")
    head = json.loads(content[8 : 8 + length])
    frames, at = head.pop("frames"), 8 + length
    assert at % 8 == 0
    run = {**head, "t": np.frombuffer(content, "<f8", frames, at).astype(np.int64).tolist(), "columns": {}}
    at += 8 * frames
    texts = run.pop("texts")
    for sensor in run.pop("sensors"):
        column: list[Any] = np.frombuffer(content, "<f4", frames, at).tolist()
        names = texts.get(sensor)
        shown = [None if v != v else names[int(v)] if names is not None else v for v in column]
        run["columns"][sensor], at = shown, at + 4 * frames
    assert at == len(content)
    return run


numbers = st.lists(
    st.one_of(st.none(), st.floats(width=32, allow_nan=False, allow_infinity=False)), min_size=3, max_size=3
)
words = st.lists(st.one_of(st.none(), st.text(max_size=4)), min_size=3, max_size=3)


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.one_of(numbers, words), max_size=5), st.text(max_size=20))
def test_encoding_round_trips(columns: dict[str, list[Any]], name: str) -> None:
    t = np.array([-5, 0, 1_773_489_600_123], np.int64)
    arrays = {
        sensor: np.array(column, object)
        if any(isinstance(value, str) for value in column)
        else np.array([np.nan if value is None else value for value in column])
        for sensor, column in columns.items()
    }
    found = decoded(encode(About(name), t, arrays))
    assert found == {"name": name, "t": t.tolist(), "columns": columns}


@pytest.fixture
def engineer(client_for: Callable[..., Client], acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def schematic(engineer: Client, plant: Plant) -> dict[str, Any]:
    body = {"site": plant.site, "name": "Binary", "drawing": plant.drawing()}
    response = engineer.post(BASE, body, content_type="application/json")
    assert response.status_code == 201, response.json()
    created: dict[str, Any] = response.json()
    return created


@pytest.mark.parametrize("frames", [2, 7, 600])
def test_both_forms_of_a_run_are_the_same(engineer: Client, schematic: dict[str, Any], frames: int) -> None:
    path = f"{BASE}/{schematic['id']}/playback?start={NOON - 2 * HOUR - 7 * MINUTE}&end={NOON + HOUR}&frames={frames}"
    as_json, as_bytes = engineer.get(path).json(), engineer.get(f"{path}&format=binary")
    assert as_bytes["Content-Type"] == MEDIA_TYPE
    found = decoded(as_bytes.content)
    columns = as_json.pop("columns")
    assert found.pop("columns") == {
        sensor: [None if v is None else float(np.float32(v)) for v in column] for sensor, column in columns.items()
    }
    assert found == as_json
    assert any(value is not None for column in columns.values() for value in column)


def test_another_form_is_refused(engineer: Client, schematic: dict[str, Any]) -> None:
    response = engineer.get(f"{BASE}/{schematic['id']}/playback?start={NOON}&end={NOON + HOUR}&format=xml")
    assert (response.status_code, response.json()["type"]) == (400, "/problems/unknown-format")
