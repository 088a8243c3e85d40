"""Changes of a tenant's sources. Each kind is a source too, of all senders that no other source names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from ingest.mapping import repository as mappings
from ingest.named_sources import repository
from ingest.named_sources.models import (
    MAX_DESCRIPTION,
    MAX_NAME,
    MAX_SOURCES,
    MAX_TOKEN,
    MAX_TOKENS,
    NamedSource,
    Paused,
)
from ingest.named_sources.repository import Sources
from ingest.source_admin.credentials import token_directory
from ingest.source_admin.models import KINDS, NewSource, SourceChange
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.ids import SOURCE, new_id
from kernel.tenancy import TenantConnection

Error = tuple[str, str]


class InvalidSource(BadRequest):
    """`errors`: all of them, by field."""

    slug, title = "invalid-source", "The source is not valid"


class StaleSource(Conflict):
    """`current`: the source as it is now."""

    slug, title = "stale-revision", "Changed in the meantime"


def find_all(tenant: TenantConnection) -> list[NamedSource]:
    """Kinds first, then by name."""
    sources = repository.read(tenant)
    of_kinds = [_of_kind(sources, kind) for kind in sorted(KINDS)]
    named = [each for each in sources.values() if each.id not in KINDS]
    return sorted([*of_kinds, *named], key=place_of)


def place_of(source: NamedSource) -> str:
    """A key for `page_of`. Kinds have no name; a name that begins another comes first."""
    return f"{source.name.casefold()}\x1f{source.id}"


def find(tenant: TenantConnection, id: str) -> NamedSource:
    """Raises NotFound."""
    return _found(repository.read(tenant), id)


def create(tenant: TenantConnection, new: NewSource) -> NamedSource:
    """Raises InvalidSource."""
    made = NamedSource(
        new_id(SOURCE), new.kind, _trimmed(new.name), _once(new.tokens), _trimmed(new.description), new.on_error
    )

    def apply(sources: Sources) -> Sources:
        if sum(id not in KINDS for id in sources) >= MAX_SOURCES:
            raise BadRequest(f"There are {MAX_SOURCES} sources already; delete one first.", slug="too-many-sources")
        _check(sources, made)
        _require_known(tenant, made.tokens)
        return {**sources, made.id: made}

    repository.change(tenant, apply)
    return made


def change(
    tenant: TenantConnection, id: str, changes: SourceChange, revision: int | None, by: str, now_ms: int
) -> tuple[NamedSource, NamedSource]:
    """The source before and after. Raises NotFound, StaleSource, InvalidSource."""
    pair: list[NamedSource] = []

    def apply(sources: Sources) -> Sources:
        before = _current(sources, id, revision)
        after = replace(_changed(before, changes, by, now_ms), revision=before.revision + 1)
        if before.paused and after.paused and set(before.tokens) - set(after.tokens):
            message = "resume the source before you take a token from it: what that sends would be stored again."
            raise _invalid_tokens(message)
        _check(sources, after)
        _require_known(tenant, [token for token in after.tokens if token not in before.tokens])
        pair[:] = before, after
        return {**sources, id: after}

    repository.change(tenant, apply)
    before, after = pair
    return before, after


def delete(tenant: TenantConnection, id: str, revision: int | None) -> NamedSource:
    """What it sends is then of its kind. Raises NotFound, StaleSource, and Conflict while it is paused
    or the mapping names it.
    """
    gone: list[NamedSource] = []

    def apply(sources: Sources) -> Sources:
        source = _current(sources, id, revision)
        if id in KINDS:
            raise Conflict(
                f"{id} is the source of all senders that no other source names; it can be paused, not deleted.",
                slug="source-of-kind",
            )
        _require_running(source)
        _require_unused(tenant, source)
        gone.append(source)
        return {each: kept for each, kept in sources.items() if each != id}

    repository.change(tenant, apply)
    return gone[0]


def _require_known(tenant: TenantConnection, tokens: Sequence[str]) -> None:
    """Those that a source has already may have been revoked."""
    known = token_directory().known(tenant, tokens) if tokens else frozenset()
    if unknown := next((token for token in tokens if token not in known), None):
        raise _invalid_tokens(
            f"{tenant.slug} has no token {unknown[:MAX_TOKEN]}; `GET /api/v1/tokens` has the ids of yours."
        )


def _invalid_tokens(message: str) -> InvalidSource:
    return InvalidSource(f"tokens: {message}", errors=[{"field": "tokens", "message": message}])


def _require_unused(tenant: TenantConnection, source: NamedSource) -> None:
    mapping = mappings.read(tenant)
    rules = [str(place) for place, rule in enumerate(mapping.rules, 1) if rule.source == source.id]
    if rules or source.id in mapping.distinguish:
        named = f"rule {', '.join(rules[:10])}" if rules else "the tag that distinguishes its writers"
        raise Conflict(f"The mapping names “{source.name}”: {named}. Change the mapping first.", slug="source-in-use")


def _require_running(source: NamedSource) -> None:
    """Its senders would be of their kind at once, which is not paused."""
    if source.paused is not None:
        raise Conflict(
            f"“{source.name}” is paused; resume it first: deleted, all that it sends would be stored again.",
            slug="source-is-paused",
        )


def _found(sources: Sources, id: str) -> NamedSource:
    if id in KINDS:
        return _of_kind(sources, id)
    if id not in sources:
        raise NotFound(f"There is no source {id[:40]}.")
    return sources[id]


def _of_kind(sources: Sources, kind: str) -> NamedSource:
    return sources.get(kind) or NamedSource(kind, kind)


def _current(sources: Sources, id: str, revision: int | None) -> NamedSource:
    source = _found(sources, id)
    if revision is not None and revision != source.revision:
        raise StaleSource(
            f"The current revision is {source.revision}, but your change was made from revision {revision}.",
            current=source,
        )
    return source


def _changed(source: NamedSource, changes: SourceChange, by: str, now_ms: int) -> NamedSource:
    if changes.name is not UNSET:
        source = replace(source, name=_trimmed(changes.name))
    if changes.tokens is not UNSET:
        source = replace(source, tokens=_once(changes.tokens))
    if changes.description is not UNSET:
        source = replace(source, description=_trimmed(changes.description))
    if changes.on_error is not UNSET:
        source = replace(source, on_error=changes.on_error)
    if changes.paused is not UNSET and changes.paused != (source.paused is not None):
        source = replace(source, paused=Paused(now_ms, by) if changes.paused else None)
    return source


def _check(sources: Sources, source: NamedSource) -> None:
    others = [each for each in sources.values() if each.id != source.id]
    check = _of_a_kind if source.id in KINDS else _of_a_named
    if errors := list(check(source, others)):
        field, message = errors[0]
        raise InvalidSource(
            f"{field}: {message}", errors=[{"field": field, "message": message} for field, message in errors]
        )


def _of_a_kind(source: NamedSource, others: list[NamedSource]) -> Iterator[Error]:
    if source.name:
        yield "name", "a kind has none; create a source to name some of its senders."
    if source.tokens:
        yield "tokens", "a kind has all tokens that no other source names."
    yield from _of_description(source)


def _of_a_named(source: NamedSource, others: list[NamedSource]) -> Iterator[Error]:
    if not 0 < len(source.name) <= MAX_NAME:
        yield "name", f"has 1 to {MAX_NAME} characters."
    elif any(each.name.casefold() == source.name.casefold() for each in others):
        yield "name", f"there is another source “{source.name}”."
    if len(source.tokens) > MAX_TOKENS:
        yield "tokens", f"has {len(source.tokens)} tokens; at most {MAX_TOKENS} are allowed."
    if any(not 0 < len(token) <= MAX_TOKEN for token in source.tokens):
        yield "tokens", f"an id has 1 to {MAX_TOKEN} characters."
    taken = {token: each.name for each in others if each.kind == source.kind for token in each.tokens}
    if twice := next((token for token in source.tokens if token in taken), None):
        yield "tokens", f"{twice[:MAX_TOKEN]} is of the source “{taken[twice]}” already."
    yield from _of_description(source)


def _of_description(source: NamedSource) -> Iterator[Error]:
    if len(source.description) > MAX_DESCRIPTION:
        yield "description", f"has {len(source.description)} characters; at most {MAX_DESCRIPTION} are allowed."


def _once(tokens: list[str]) -> list[str]:
    """Too many stay too many."""
    return tokens if len(tokens) > MAX_TOKENS else list(dict.fromkeys(tokens))


def _trimmed(text: str) -> str:
    """One that is too long stays too long."""
    return text if len(text) > MAX_NAME else text.strip()
