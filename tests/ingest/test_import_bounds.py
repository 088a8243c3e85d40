"""Limits of mappings and file names: rejected with a sentence, or sanitized."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.imports.formats.file_names import MAX_NAME_BYTES, file_name
from ingest.imports.formats.files import Source
from ingest.imports.mapping.loading import load_mapping
from ingest.imports.mapping.model import MAX_AFFIXES, MAX_WORDS, Column, Mapping
from ingest.imports.reading.cells import _numbers, _typed, _words
from kernel.errors import BadRequest


def many(count: int) -> list[str]:
    return [str(number) for number in range(count)]


@pytest.mark.parametrize(
    ("member", "most", "make"),
    [
        ("missing", MAX_WORDS, many),
        ("bad", MAX_WORDS, many),
        ("states", MAX_WORDS, lambda count: dict.fromkeys(many(count), 1)),
        ("qualities", MAX_WORDS, lambda count: dict.fromkeys(many(count), "good")),
        ("strip", MAX_AFFIXES, many),
        ("unit", MAX_AFFIXES, many),
    ],
)
def test_lists_of_a_mapping_are_bounded(member: str, most: int, make: Any) -> None:
    def mapping(count: int) -> dict[str, Any]:
        return {"site": "a", member: make(count)}

    load_mapping(json.dumps(mapping(most)))
    with pytest.raises(BadRequest, match=member):
        load_mapping(json.dumps(mapping(most + 1)))
    if member != "qualities":
        of_a_column = {"site": "a", "columns": {"c": {"sensor": "s", member: make(most + 1)}}}
        with pytest.raises(BadRequest):
            load_mapping(json.dumps(of_a_column))


@pytest.mark.parametrize("skip", [10**6, 10**20, -1])
def test_lines_to_skip_are_bounded(skip: int) -> None:
    with pytest.raises(BadRequest):
        load_mapping(json.dumps({"site": "a", "skip": skip}))


def test_a_mapping_s_words_are_read_once_for_all_columns() -> None:
    _numbers.cache_clear()
    _words.cache_clear()
    mapping = Mapping("a", missing=["-999", 1.0], bad=[True])
    for _ in range(100):
        assert _numbers(_typed(mapping.missing)) == (-999.0, 1.0)
        assert _numbers(_typed(mapping.bad)) == ()
        assert _words(_typed(mapping.bad)) == {"true"}
    assert (_numbers.cache_info().misses, _words.cache_info().misses) == (2, 1)
    assert Column("s").missing == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_in_another_encoding_than_declared_is_reported(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "plain.csv"
    path.write_bytes(b"t,v\n2026-01-01T00:00:00Z,1\n2026-01-01T00:01:00Z,23\n")
    with pytest.raises(BadRequest, match="is not utf"):
        Source(path, encoding)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.csv", "a.csv"),
        ("\U0001f600" * 120 + ".csv", "\U0001f600" * 29 + ".csv"),
        ("x\0y/..\\z\n.csv", "x_y_.._z_.csv"),
        ("..", "file.csv"),
        ("\udcff.csv", "?.csv"),
    ],
)
def test_a_file_name_is_made_safe(tmp_path: Path, given: str, kept: str) -> None:
    assert file_name(given) in (kept, kept.replace("?", "_"))
    assert len(file_name(given).encode()) <= MAX_NAME_BYTES
    (tmp_path / file_name(given)).touch()
