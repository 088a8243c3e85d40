"""YAML that parsers interpret differently: we would check one document, and Flux would apply another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import AliasEvent, DocumentStartEvent, NodeEvent, ScalarEvent

from tenants.drivers.kubernetes.yaml import is_misread


def find_ambiguous(text: str) -> Iterator[tuple[int, str]]:
    """Line and problem. Raises YAMLError if the text is not YAML."""
    for event in YAML(typ="safe", pure=True).parse(text):
        if why := _why(event):
            yield event.start_mark.line + 1, why


def _why(event: Any) -> str:
    if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
        return "has a directive (%…); a tenant's file needs none."
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        return "has an anchor or an alias (&…, *…); write out what is meant."
    if isinstance(event, NodeEvent) and getattr(event, "ctag", None) is not None:
        return "has a tag (!…), which parsers read differently; leave it out."
    if isinstance(event, ScalarEvent) and event.style is None and is_misread(event.value):
        return f"`{event.value[:40]}` is read differently by YAML 1.1, which Flux reads, and 1.2; put it in quotes."
    return ""
