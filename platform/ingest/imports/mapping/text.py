"""Parses a mapping, JSON or YAML, into plain values: bounded before parsing, and without YAML's surprises."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from kernel.errors import BadRequest

MAX_CHARS = 1_000_000
MAX_YAML_CHARS = 200_000  # 20 microseconds each


def plain_of(text: str) -> Any:
    """The mapping as dicts, lists, texts and numbers. BadRequest if it is neither JSON nor YAML.

    RecursionError if it is nested too deeply.
    """
    if len(text) > MAX_CHARS:
        raise BadRequest(
            f"The mapping has {len(text):,} characters; at most {MAX_CHARS:,} are accepted.", slug="bad-mapping"
        )
    try:
        value = json.loads(text)
    except ValueError:
        value = _yaml(text)
    return _text_keys(value)


class _WithoutAliases(Composer):
    """Refuses aliases: a few aliases of aliases expand to gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.parser.check_event(AliasEvent):
            raise BadRequest("The mapping uses YAML aliases (*name); write it out.", slug="bad-mapping")
        return super().compose_node(parent, index)


def _yaml(text: str) -> Any:
    if len(text) > MAX_YAML_CHARS:
        raise BadRequest(
            f"The mapping has {len(text):,} characters; as YAML at most {MAX_YAML_CHARS:,} are read: send it as JSON.",
            slug="bad-mapping",
        )
    reader = YAML(typ="safe", pure=True)
    reader.Composer = _WithoutAliases
    try:
        return reader.load(text)
    except (YAMLError, ValueError) as error:  # such as a number with thousands of digits or a thirteenth month
        raise BadRequest(f"The mapping is neither JSON nor YAML: {str(error)[:500]}", slug="bad-mapping") from None


def _text_keys(value: Any) -> Any:
    """YAML reads the key TRUE as a boolean, 0 as a number and 2024-05-01 as a date; here keys and dates are words."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): _text_keys(item) for key, item in value.items()}
    if isinstance(value, date):  # also with a time
        return value.isoformat()
    return [_text_keys(item) for item in value] if isinstance(value, list) else value
