"""YAML as people write it: keys in the order given, no aliases, long lines unbroken.

We write and read YAML 1.2; Flux, Helm and kubectl read 1.1, in which `no`, `1e3`, `0x10` and `12:30:45` are not texts.
So texts that are not plain words are quoted, and `is_misread` detects those that somebody else left unquoted.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter

_WORD = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_CONSTANT = re.compile(r"y|yes|n|no|on|off|true|false|null", re.IGNORECASE)
_SAME_EVERYWHERE = re.compile(r"true|false|null|~|-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")
_NUMBER = re.compile(
    r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*(:[0-9]+)*(\.[0-9_]*)?(e[-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*(e[-+]?[0-9]+)?|\.inf|\.nan)",
    re.IGNORECASE,
)
_TIME = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?", re.DOTALL)


def dump(*documents: Any) -> str:
    """One text with all the documents."""
    writer = YAML()
    writer.Representer = _Representer
    writer.default_flow_style = False
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.ignore_aliases = lambda data: True
    out = StringIO()
    writer.dump_all(documents, out)
    return out.getvalue()


def is_plain(text: str) -> bool:
    """Whether every parser reads it as this text without quotes. In doubt False."""
    return bool(_WORD.fullmatch(text)) and not _CONSTANT.fullmatch(text)


def is_misread(text: str) -> bool:
    """Whether YAML 1.1 and 1.2 may interpret it differently without quotes."""
    if _SAME_EVERYWHERE.fullmatch(text):
        return False
    return text in ("=", "<<") or any(each.fullmatch(text) for each in (_CONSTANT, _NUMBER, _TIME))


class _Representer(RoundTripRepresenter):
    pass


def _represent_text(representer: RoundTripRepresenter, text: str) -> ScalarNode:
    node: ScalarNode = representer.represent_scalar(
        "tag:yaml.org,2002:str", text, style=None if is_plain(text) else '"'
    )
    return node


_Representer.add_representer(str, _represent_text)
