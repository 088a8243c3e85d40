"""Rules tried on the latest arrivals: what would become of each, with nothing stored or created."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from catalog.snapshot import Snapshot
from ingest.mapping.compiled import CompiledMapping
from ingest.mapping.models import MappingDraft, distinguish_of
from ingest.mapping.recent import recent
from ingest.mapping.routing import Known, Refused, Router, Target
from ingest.mapping_admin.models import Clash, Trial, TriedArrival, TriedField
from ingest.named_sources.models import stage_of
from ingest.named_sources.repository import read
from ingest.points import Arrival, PointError, RawPoint
from ingest.sources.registry import SOURCES
from ingest.validation import PointValidator
from kernel.suggest import limit_searches
from kernel.tenancy import TenantConnection

Examples = Iterable[tuple[str, int, Arrival]]  # stage of the source, received (ms), arrival
_MAX_SEARCHES = 20


def examples_of(tenant: TenantConnection) -> list[tuple[str, int, Arrival]]:
    """Of all sources, newest first."""
    stages = [*(source.name for source in SOURCES), *map(stage_of, read(tenant).values())]
    found = [(stage, at, arrival) for stage in dict.fromkeys(stages) for at, arrival in recent(tenant, stage)]
    return sorted(found, key=lambda each: -each[1])


def try_rules(catalog: Snapshot, draft: MappingDraft, examples: Examples, now_ns: int) -> Trial:
    mapping, validator = CompiledMapping(draft), PointValidator(catalog, now_ns)
    series: dict[tuple[str, str], set[object]] = defaultdict(set)
    tried: list[TriedArrival] = []
    with limit_searches(_MAX_SEARCHES):
        for source, at, arrival in examples:
            router = Router(catalog, validator, lambda: mapping, source, Known(), now_ns)
            fields = [_tried(catalog, router, validator, arrival, name, value) for name, value in _fields(arrival)]
            time = None if arrival.t is None else str(arrival.t)
            tried.append(TriedArrival(source.rpartition("/")[2], at, arrival.name, arrival.tags, time, fields))
            apart = distinguish_of(draft, source)
            if apart is not None and apart.by == "time" and apart.tag in arrival.tags:
                continue
            for field in fields:
                if field.sensor:
                    key = (source, arrival.name, tuple(sorted(arrival.tags.items())), field.field)
                    series[field.site, field.sensor].add(key)
    counts = Counter(field.outcome for arrival in tried for field in arrival.fields)
    clashes = [Clash(site, sensor, len(keys)) for (site, sensor), keys in series.items() if len(keys) > 1]
    return Trial(tried, dict(counts), clashes)


def _fields(arrival: Arrival) -> Iterable[tuple[str, float | bool | str]]:
    return [("value", arrival.sample.value)] if arrival.sample is not None else arrival.fields.items()


def _tried(
    catalog: Snapshot,
    router: Router,
    validator: PointValidator,
    arrival: Arrival,
    name: str,
    value: float | bool | str,
) -> TriedField:
    rule: int | None = None
    try:
        found = router.target(arrival, name, value)
        if not isinstance(found, Target):
            slug = catalog.sites[found.site].slug if found.site else ""
            rule = _numbered(router.rule_of(arrival, name)) if found.mapped else None
            return TriedField(name, value, "created", slug, found.tag, None, found.kind, found.unit, value, rule)
        rule, becomes = _numbered(found.rule), found.value(value)
        validator.add(RawPoint(found.site, found.sensor.id, becomes, arrival.t))
    except PointError as error:
        rejected = isinstance(error, Refused) and not error.kept
        rule = _numbered(error.rule) if isinstance(error, Refused) else rule
        return TriedField(name, value, "rejected" if rejected else "kept", rule=rule, reason=str(error))
    sensor, slug = found.sensor, catalog.sites[found.site].slug
    return TriedField(name, value, "stored", slug, sensor.tag, sensor.id, sensor.kind, sensor.unit, becomes, rule)


def _numbered(place: int | None) -> int | None:
    """As people count rules."""
    return None if place is None else place + 1
