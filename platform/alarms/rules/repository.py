"""Rules in the document database: one document for each, and one for each of its versions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import Compiled, compile_rule
from alarms.rules.errors import InvalidRule, Problem
from alarms.rules.memory import MAX_MEMORY, memory_of
from alarms.rules.models import MAX_RULES, MAX_TARGETS, MAX_VERSIONS, AlarmRule, RuleContent
from alarms.rules.references import KnownRules, by_id
from alarms.rules.settings import RULES, AlarmMatrix, settings_of
from alarms.rules.targets import Scope
from kernel.errors import Conflict, NotFound
from kernel.ids import ALARM_RULE, is_id, new_id
from kernel.suggest import limit_searches
from kernel.tenancy import TenantConnection
from stores.documents import Document
from stores.redis.changes import ChangeLog
from web.stores import documents

COLLECTION, VERSIONS = RULES, "alarm_rule_versions"
SCOPE = COLLECTION  # of the lock and the log
BATCH_SIZE = 500
PROBLEMS_S = 0.5  # for the problems of one page
_FIELDS = frozenset(RuleContent.__struct_fields__)


class StoredVersion(Struct, frozen=True, kw_only=True):
    """`t`: when it was stored."""

    version: int
    author: str
    t: int
    content: RuleContent


class Problems(Struct, frozen=True):
    """Why some targets of an enabled rule are not watched: a sensor was deleted, or has another unit."""

    rule: str
    name: str
    problems: list[Problem]


def find(tenant: TenantConnection) -> list[AlarmRule]:
    """All rules, by name."""
    matrix = settings_of(tenant).matrix
    return sorted((_rule(document, matrix) for document in documents(tenant).find(COLLECTION)), key=place_of)


def place_of(rule: AlarmRule) -> str:
    return f"{rule.name.casefold()}\x1f{rule.id}"


def get(tenant: TenantConnection, id: str) -> AlarmRule:
    """Raises NotFound."""
    document = documents(tenant).get(COLLECTION, id) if is_id(id, ALARM_RULE) else None
    if document is None:
        raise NotFound(f"There is no alarm rule {id[:40]}.", slug="unknown-rule")
    return _rule(document, settings_of(tenant).matrix)


def put(
    tenant: TenantConnection, id: str | None, content: RuleContent, revision: int | None, *, author: str, now: int
) -> AlarmRule:
    """Stores a new rule (`id` None), or a new version of one, unless it is equal to the last. References become ids.

    Raises InvalidRule, NotFound, Conflict (the name is taken; too many rules or targets; another revision, with the
    rule as `current`).
    """
    database = documents(tenant)
    with database.exclusive(SCOPE):
        before = get(tenant, id) if id is not None else None
        if before is not None and revision is not None:
            _check_revision(before, revision)
        checker = Checker(tenant, find(tenant))
        checked = checker.plan(content, before)
        if checked is None:
            assert before is not None
            return before
        [stored] = store(tenant, [checked], author=author, now=now)
    return stored


class Planned(Struct, frozen=True):
    """A rule that was checked and is to be stored. `before` None: it is new."""

    id: str
    content: RuleContent
    before: AlarmRule | None
    targets: int

    @property
    def version(self) -> int:
        return self.before.version + 1 if self.before else 1


class Checker:
    """Checks rules against the catalog and against one another."""

    def __init__(self, tenant: TenantConnection, rules: Iterable[AlarmRule]) -> None:
        self.scope, self.matrix, self.known = Scope.of(tenant), settings_of(tenant).matrix, KnownRules(rules)

    def plan(self, content: RuleContent, before: AlarmRule | None, id: str = "") -> Planned | None:
        """None if it is equal to what it was. `id`: of a new one. Raises as `check` does, and Conflict (too many)."""
        count = len(self.known) + (self.known.get(id) is None)
        if before is None and count > MAX_RULES:
            raise Conflict(f"There are {MAX_RULES:,} rules already; delete one first.", slug="too-many")
        if before is not None and before.version >= MAX_VERSIONS:
            detail = f"“{before.name}” has {MAX_VERSIONS:,} versions; create a new rule instead."
            raise Conflict(detail, slug="too-many-versions")
        id = before.id if before else id or new_id(ALARM_RULE)
        content, compiled = self.check(content, id)
        if before is not None and replace(content_of(before), note="") == replace(content, note=""):
            return None
        return Planned(id, content, before, len(compiled.rules))

    def check(self, content: RuleContent, id: str = "") -> tuple[RuleContent, Compiled]:
        """With references as ids, and what it is at its targets."""
        name = " ".join(content.name.split())
        if not name or any(ord(letter) < 32 for letter in name):
            raise InvalidRule([Problem("name", "must have a letter or digit, and no control characters.")])
        taken = self.known.named(name)
        if taken is not None and taken.id != id:
            raise Conflict(f"There is a rule “{taken.name}” already; choose another name.", slug="name-taken")
        if unknown := self.known.unknown(content, id):
            raise InvalidRule(unknown)
        content = by_id(self.scope, replace(content, name=name), self.known)
        if cycle := self.known.cycle(content, id):
            raise InvalidRule([Problem("suppressed_by", f"is a cycle: {' is suppressed by '.join(cycle)}.")])
        priority = self.matrix.priority(content.consequence, content.urgency)
        compiled = compile_rule(self.scope, id or "rule", 0, content, priority, content.suppressed_by)
        if compiled.problems:
            raise InvalidRule(compiled.problems)
        before = self.known.get(id)
        total = self.known.targets - (before.targets if before else 0) + len(compiled.rules)
        if total > MAX_TARGETS:
            raise Conflict(
                f"This rule has {len(compiled.rules):,} targets, with which there would be {total:,} alarms; at most "
                f"{MAX_TARGETS:,} are allowed.",
                slug="too-many-targets",
            )
        self._check_memory(content, len(compiled.rules), before)
        return content, compiled

    def _check_memory(self, content: RuleContent, targets: int, before: AlarmRule | None) -> None:
        replaced = memory_of(before, before.targets) if before else 0
        needed = memory_of(content, targets)
        if needed > replaced and self.known.memory - replaced + needed > MAX_MEMORY:
            raise Conflict(
                f"The windows, rates of change and counts of this rule at {targets:,} targets need {needed:,} bytes of "
                f"memory; {max(0, MAX_MEMORY - self.known.memory + replaced):,} of {MAX_MEMORY:,} are left.",
                slug="too-much-memory",
            )


def store(tenant: TenantConnection, planned: Sequence[Planned], *, author: str, now: int) -> list[AlarmRule]:
    """Under the lock of `SCOPE`. Versions first: one that no rule names is replaced with the rule's next change."""
    database = documents(tenant)
    new, changed, entries = list[Document](), list[Document](), list[Document]()
    for each in planned:
        plain = msgspec.to_builtins(each.content)
        of_version = {"rule": each.id, "version": each.version, "author": author, "t": now, "content": plain}
        entries.append({"_id": _version_id(each.id, each.version), **of_version})
        meta = {"version": each.version, "author": author, "changed": now, "targets": each.targets}
        document = {**plain, **meta, "_id": each.id}
        if each.before is None:
            new.append({**document, "created": now})
        else:
            meta_before = {"created": each.before.created, "revision": each.before.revision, "schema": 1}
            changed.append({**document, **meta_before})
    with database.log(SCOPE).changing([(COLLECTION, each.id) for each in planned]):
        for start in range(0, len(planned), BATCH_SIZE):
            some = entries[start : start + BATCH_SIZE]
            database.delete_ids(VERSIONS, [entry["_id"] for entry in some])
            database.insert_many(VERSIONS, some)
        for start in range(0, len(new), BATCH_SIZE):
            database.insert_many(COLLECTION, new[start : start + BATCH_SIZE])
        database.replace_many(COLLECTION, changed)
    ids = [each.id for each in planned]
    stored = {document["_id"]: document for document in database.get_many(COLLECTION, ids)}
    matrix = settings_of(tenant).matrix
    return [_rule(stored[id], matrix) for id in ids]


def delete(tenant: TenantConnection, id: str, revision: int | None) -> AlarmRule:
    """With its versions. Raises NotFound, Conflict (another revision; others are suppressed by it)."""
    database = documents(tenant)
    with database.exclusive(SCOPE):
        gone = get(tenant, id)
        if revision is not None:
            _check_revision(gone, revision)
        using = [rule.name for rule in find(tenant) if id in rule.suppressed_by]
        if using:
            raise Conflict(
                f"“{gone.name}” suppresses “{using[0]}”: take it out there (suppressed_by) first.", slug="in-use"
            )
        with database.log(SCOPE).changing([(COLLECTION, id)]):
            database.delete(COLLECTION, id)
            database.delete_many(VERSIONS, {"rule": id})
    return gone


def delete_of_site(tenant: TenantConnection, site: str) -> None:
    """The rules of a site that is gone; what they suppressed is suppressed by the others still."""
    database = documents(tenant)
    with database.exclusive(SCOPE):
        rules = find(tenant)
        gone = [rule.id for rule in rules if rule.applies.site == site]
        if not gone:
            return
        others = [rule.id for rule in rules if rule.id not in gone and not set(gone).isdisjoint(rule.suppressed_by)]
        with database.log(SCOPE).changing([(COLLECTION, id) for id in (*gone, *others)]):
            for id in others:
                database.change(COLLECTION, id, lambda document: _not_suppressed_by(document, gone))
            database.delete_ids(COLLECTION, gone)
            for id in gone:
                database.delete_many(VERSIONS, {"rule": id})


def _not_suppressed_by(document: Document, rules: Sequence[str]) -> Document:
    return {**document, "suppressed_by": [id for id in document["suppressed_by"] if id not in rules]}


def versions(tenant: TenantConnection, id: str) -> list[StoredVersion]:
    """The newest first. Raises NotFound."""
    newest = get(tenant, id).version
    found = [_version(document) for document in documents(tenant).find(VERSIONS, {"rule": id})]
    return sorted((each for each in found if each.version <= newest), key=lambda each: -each.version)


def log_of(tenant: TenantConnection) -> ChangeLog:
    """What was compiled at its `position` is current while that stays; also the matrix counts, not the catalog."""
    return documents(tenant).log(SCOPE)


def compile_enabled(tenant: TenantConnection) -> tuple[list[CompiledRule], list[Problems]]:
    """All enabled rules at all their targets, with today's catalog."""
    scope, compiled, problems = Scope.of(tenant), list[CompiledRule](), list[Problems]()
    for rule in find(tenant):
        if not rule.enabled:
            continue
        try:
            found = compile_rule(scope, rule.id, rule.version, content_of(rule), rule.priority, rule.suppressed_by)
        except InvalidRule as error:
            problems.append(Problems(rule.id, rule.name, error.problems))
            continue
        compiled += found.rules
        if found.problems:
            problems.append(Problems(rule.id, rule.name, found.problems))
    return compiled, problems


def with_problems(tenant: TenantConnection, rules: Iterable[AlarmRule]) -> list[AlarmRule]:
    """The rules with their problems, those that are enabled and looked at in time."""
    scope, until = Scope.of(tenant), time.monotonic() + PROBLEMS_S
    with limit_searches(0):
        return [
            replace(rule, problem=_problem(scope, rule)) if rule.enabled and time.monotonic() < until else rule
            for rule in rules
        ]


def _problem(scope: Scope, rule: AlarmRule) -> str | None:
    try:
        problems = compile_rule(scope, rule.id, rule.version, content_of(rule), rule.priority).problems
    except InvalidRule as error:
        problems = error.problems
    if not problems:
        return None
    more = f" And {len(problems) - 1} more problems." if len(problems) > 1 else ""
    return f"{problems[0].field}: {problems[0].message}{more}"


def content_of(rule: AlarmRule | RuleContent) -> RuleContent:
    return RuleContent(**{name: getattr(rule, name) for name in _FIELDS})


def _check_revision(rule: AlarmRule, revision: int) -> None:
    if rule.revision != revision:
        raise Conflict(
            f"The current revision is {rule.revision}, but your change was made from revision {revision}.",
            slug="stale-revision",
            current=rule,
        )


def _version_id(rule: str, version: int) -> str:
    return f"{rule}:{version}"


def _rule(document: Document, matrix: AlarmMatrix) -> AlarmRule:
    priority = matrix.priority(document["consequence"], document["urgency"])
    plain: dict[str, Any] = {name: value for name, value in document.items() if name not in ("_id", "schema")}
    return msgspec.convert({**plain, "id": document["_id"], "priority": priority}, AlarmRule)


def _version(document: Document) -> StoredVersion:
    return msgspec.convert({name: document[name] for name in StoredVersion.__struct_fields__}, StoredVersion)
