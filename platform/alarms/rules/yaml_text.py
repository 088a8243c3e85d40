"""YAML to plain values and back: bounded before it is parsed, without YAML's surprises."""

from __future__ import annotations

import re
from typing import Any

import yaml

from kernel.errors import BadRequest

MAX_CHARS = 2_000_000
MAX_DEPTH = 20
MAX_NODES = 200_000  # values, lists and mappings: each costs some 10 µs and 500 bytes
_BOOL = re.compile(r"^(?:true|false)$")
_NULL = re.compile(r"^(?:null|~|)$")
_INT = re.compile(r"^-?(?:0|[1-9][0-9]{0,17})$")
_DIRECTIVE = re.compile(r"(?:^|[\n\r\x85\u2028\u2029])\ufeff?(%\w*)")  # where libyaml looks for one
_FLOAT = re.compile(r"^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,20})?(?:[eE][-+]?[0-9]{1,3})?$")


class InvalidYaml(BadRequest):
    slug, title = "invalid-yaml", "The file is not valid YAML"


class _Loader(yaml.CSafeLoader):
    """Words are words: `on`, `10:30` and dates too; a key may not come twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise InvalidYaml(f"{_place(key_node)}: a key must be a word.")
            if key in found:
                raise InvalidYaml(f"{_place(key_node)}: “{key[:80]}” is there twice.")
            found[key] = self.construct_object(value_node, deep=deep)
        return found


class _Dumper(yaml.CSafeDumper):
    """Every text in quotes, so that none is read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Key(str):
    """A word that needs no quotes."""


for _tag, _pattern, _first in (
    ("bool", _BOOL, "tf"),
    ("null", _NULL, ["~", "n", ""]),
    ("int", _INT, "-0123456789"),
    ("float", _FLOAT, "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))
_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
_Dumper.add_representer(Key, lambda dumper, key: dumper.represent_scalar("tag:yaml.org,2002:str", str(key)))


def load(text: str) -> Any:
    """Dicts, lists, texts, numbers. Raises InvalidYaml."""
    if len(text) > MAX_CHARS:
        raise InvalidYaml(f"The file has {len(text):,} characters; at most {MAX_CHARS:,} are accepted: divide it.")
    try:
        _check(text)
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise InvalidYaml(f"The file is not YAML: {' '.join(str(error).split())[:500]}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidYaml(f"The file cannot be read: {str(error)[:200]}") from None


def dump(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100
    )
    return text


def _check(text: str) -> None:
    """Before anything is built: a value of two characters costs half a kilobyte, aliases expand to gigabytes, depth is
    recursion, libyaml compares each directive with all others, and a tag makes PyYAML read numbers such as 1:30:00 in
    quadratic time.
    """
    if directive := _DIRECTIVE.search(text):
        line = len(text[: directive.end()].splitlines())
        raise InvalidYaml(f"Line {line}: directives ({directive[1][:20]}) are not taken.")
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidYaml(f"{_place(event)}: aliases (*name) are not taken; write it out.")
        if getattr(event, "tag", None) is not None:
            raise InvalidYaml(f"{_place(event)}: tags (!name) are not taken; write the value in quotes, or plainly.")
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            if nodes > MAX_NODES:
                raise InvalidYaml(
                    f"{_place(event)}: the file has more than {MAX_NODES:,} values, lists and mappings: divide it."
                )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidYaml(f"{_place(event)}: nested more than {MAX_DEPTH} deep.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _place(node: Any) -> str:
    return f"Line {node.start_mark.line + 1}"
