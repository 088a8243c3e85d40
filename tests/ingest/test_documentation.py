"""The examples of the guides are correct."""

from __future__ import annotations

import re

import pytest

from ingest.imports import load_mapping
from ingest.line_protocol.line import LineError
from ingest.line_protocol.parser import parse_lines
from tests.isolation import ROOT

GUIDE, API = (ROOT / "docs" / name for name in ("guide/import.md", "api/write.md"))
MAPPINGS = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)


@pytest.mark.parametrize("text", MAPPINGS)
def test_a_mapping_of_the_guide_is_a_mapping(text: str) -> None:
    assert load_mapping(text).site


def test_the_guide_has_mappings() -> None:
    assert len(MAPPINGS) == 11


def test_the_lines_of_the_api_guide_are_lines() -> None:
    (body,) = re.findall(r"--data-binary '(.*?)'", API.read_text(), re.DOTALL)
    points = [point for _, point in parse_lines(body.encode(), 1)]
    assert len(points) == 4 and not [point for point in points if isinstance(point, LineError)]
