"""Rules as YAML files: names in place of ids, and without what is as usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields, replace

from alarms.rules.errors import MAX_SHOWN
from alarms.rules.models import AlarmRule, RuleContent
from alarms.rules.references import KnownRules, by_name, missing
from alarms.rules.repository import SCOPE, Checker, Planned, content_of, find, store
from alarms.rules.targets import Scope
from alarms.rules.yaml_text import InvalidYaml, Key, dump, load
from kernel.errors import PlantraceError
from kernel.ids import ALARM_RULE, new_id
from kernel.suggest import did_you_mean, limit_searches
from kernel.tenancy import TenantConnection
from web.stores import documents

FORMAT = 1
MAX_FILE_RULES = 2_000
MAX_SEARCHES = 50  # for similar names in one file
NOTE = "Imported from a file"
What = Literal["created", "changed", "unchanged", "refused"]


class Imported(Struct, frozen=True):
    """`detail`: why it was refused."""

    name: str
    what: What
    detail: str = ""


def export(tenant: TenantConnection, rules: Iterable[AlarmRule] | None = None) -> str:
    """All rules, or these, as a file that `import_rules` takes; without the notes of their versions."""
    all_rules = find(tenant)
    scope, known = Scope.of(tenant), KnownRules(all_rules)
    contents = [by_name(scope, content_of(rule), known) for rule in (all_rules if rules is None else rules)]
    return _notice({content.name: gone for content in contents if (gone := missing(scope, content))}) + export_text(
        contents
    )


def export_text(contents: Iterable[RuleContent]) -> str:
    plain = [_plain(replace(content, note="")) for content in contents]
    return dump({Key("format"): FORMAT, Key("rules"): plain})


def _notice(missing: Mapping[str, Sequence[str]]) -> str:
    """Comments that say which rules an import refuses, and why."""
    if not missing:
        return ""
    lines = [f"{_one_line(name)}: {', '.join(gone[:MAX_SHOWN])}" for name, gone in missing.items()]
    text = "".join(f"#   {line}\n" for line in lines[:MAX_SHOWN])
    more = f"#   and {len(lines) - MAX_SHOWN:,} more rules\n" if len(lines) > MAX_SHOWN else ""
    return f"# These rules name what was deleted. Take it out before you import the file.\n{text}{more}"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def import_rules(
    tenant: TenantConnection, text: str, *, author: str, now: int, dry_run: bool = False
) -> list[Imported]:
    """Each rule is created, or changed if there is one of its name; none is stored if one is refused, or `dry_run`.

    Rules that the file does not name stay. Raises InvalidYaml if the file is no list of rules.
    """
    entries = _entries(text)
    with documents(tenant).exclusive(SCOPE), limit_searches(MAX_SEARCHES):
        rules = find(tenant)
        results, planned = _planned(Checker(tenant, rules), entries)
        if planned and not dry_run and not any(each.what == "refused" for each in results):
            store(tenant, planned, author=author, now=now)
    return results


def parse(text: str) -> list[RuleContent | Imported]:
    """The rules of a file; of one that is not understood, why."""
    return [_content(entry) for entry in _entries(text)]


def _entries(text: str) -> list[Any]:
    value = load(text)
    if not isinstance(value, Mapping) or not isinstance(value.get("rules"), list):
        raise InvalidYaml("The file has no list `rules`. Export the rules for an example.")
    unknown = [key for key in value if key not in ("format", "rules")]
    if unknown:
        raise InvalidYaml(
            f"The file has an unknown key, {unknown[0][:80]}.{did_you_mean(unknown[0], ['format', 'rules'])}"
        )
    if value.get("format", FORMAT) != FORMAT:
        raise InvalidYaml(f"The file's format is {str(value['format'])[:20]}; {FORMAT} is understood.")
    entries: list[Any] = value["rules"]
    if len(entries) > MAX_FILE_RULES:
        raise InvalidYaml(f"The file has {len(entries):,} rules; at most {MAX_FILE_RULES:,} are accepted: divide it.")
    return entries


def _content(entry: Any) -> RuleContent | Imported:
    try:
        return msgspec.convert(entry, RuleContent)
    except msgspec.ValidationError as error:
        named = entry.get("name") if isinstance(entry, Mapping) else None
        return Imported(str(named or "")[:200], "refused", str(error))


def _planned(checker: Checker, entries: list[Any]) -> tuple[list[Imported], list[Planned]]:
    """In two rounds, as rules may name others of the file."""
    results: list[Imported] = []
    wanted: dict[int, tuple[RuleContent, AlarmRule | None, str]] = {}
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        content = _content(entry)
        if isinstance(content, RuleContent):
            content = replace(content, name=" ".join(content.name.split()), note=content.note or NOTE)
            if content.name.casefold() in seen:
                content = Imported(content.name, "refused", "There are two rules of this name in the file.")
        if isinstance(content, Imported):
            results.append(content)
            continue
        seen.add(content.name.casefold())
        before = checker.known.named(content.name)
        id = before.id if before else new_id(ALARM_RULE)
        wanted[place] = content, before, id
        results.append(Imported(content.name, "unchanged"))
        if before is None:
            checker.known.add(_provisional(id, replace(content, suppressed_by=[])))
    planned = []
    for place, (content, before, id) in wanted.items():
        try:
            plan = checker.plan(content, before, id)
        except PlantraceError as error:
            results[place] = Imported(content.name, "refused", error.detail)
            continue
        if plan is not None:
            planned.append(plan)
            checker.known.add(_provisional(id, plan.content, plan.targets))
            results[place] = Imported(content.name, "changed" if before else "created")
    return results, planned


def _provisional(id: str, content: RuleContent, targets: int = 0) -> AlarmRule:
    values = {field.name: getattr(content, field.name) for field in fields(RuleContent)}
    return AlarmRule(
        id=id, revision=1, version=1, priority=4, author="", created=0, changed=0, targets=targets, **values
    )


def _plain(value: Any) -> Any:
    """Without members that are as usual."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if not isinstance(value, Struct):
        return value
    config = value.__struct_config__
    found: dict[Key, Any] = {Key(config.tag_field): config.tag} if config.tag_field and config.tag else {}
    for field in fields(value):
        given = getattr(value, field.name)
        usual = field.default if field.default is not NODEFAULT else None
        if field.default_factory is not NODEFAULT:
            usual = field.default_factory()
        if given != usual or (field.default is NODEFAULT and field.default_factory is NODEFAULT):
            found[Key(field.name)] = _plain(given)
    return found
