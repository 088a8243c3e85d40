"""YAML as people write it: keys in the order given, no aliases, long lines whole."""

from __future__ import annotations

from io import StringIO
from typing import Any

from ruamel.yaml import YAML


def dump(*documents: Any) -> str:
    """One text with all the documents."""
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.ignore_aliases = lambda data: True
    out = StringIO()
    writer.dump_all(documents, out)
    return out.getvalue()
