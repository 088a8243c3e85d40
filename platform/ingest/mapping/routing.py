"""Where the fields of arrivals go, by one state of the catalog and of the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from catalog import rules
from catalog.models import Kind, Sensor, SeriesKey, SeriesOrigin
from catalog.sensors_from_arrivals import NewSensor, home_of_unmapped, with_digest
from catalog.snapshot import Snapshot
from catalog.units import conversion
from ingest.mapping.compiled import CompiledMapping, Match, Work
from ingest.mapping.models import MAX_WRITERS, Distinguish, distinguish_of
from ingest.points import Arrival, PointError, RawPoint, UnknownSensor
from ingest.validation import PointValidator
from kernel import ids
from kernel.ids import is_id

MAX_UNKNOWN = 20_000  # series of one batch that are not sensors yet
MAX_WORK = 1_000_000  # comparisons of templates with texts of up to 64 characters for one batch: seconds
MAX_SERIES_CHARS = 2_000  # of what is compared with rules, and of what a sensor keeps of its series
MAX_SHOWN = 80
MAX_ASKED_WRITERS = 10 * MAX_WRITERS  # of one batch; some of them may have a number already
STEP_NS = MAX_WRITERS  # writers are told apart by the last digits of their timestamps
MAX_EXAMPLES = 20
_VALUE = "value"


class Refused(PointError):
    """No sensor takes it. `unmatched`: a rule, or room for new sensors, would help; `kept`: as a dead letter; `fields`:
    those of its fields that are not stored, all if there is none; `rule`: the place of the rule that matches.
    """

    rule: int | None = None

    def __init__(self, reason: str, unmatched: bool = True, kept: bool = True, fields: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.unmatched, self.kept, self.fields = unmatched, kept, fields


@dataclass(frozen=True, slots=True)
class Target:
    """A sensor, and how values become ones in its unit. `rule`: the place of the rule that led there."""

    site: str
    sensor: Sensor
    factor: float = 1.0
    offset: float = 0.0
    rule: int | None = None

    def value(self, value: float | bool | str) -> float | bool | str:
        return value * self.factor + self.offset if type(value) is float else value


@dataclass(slots=True)
class Needs:
    """What must exist before a batch can be divided for good."""

    sensors: dict[SeriesKey, NewSensor] = field(default_factory=dict)
    writers: dict[str, None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sensors or self.writers)


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out about a batch so far: which series cannot be created and why, and the writers' numbers."""

    refused: dict[SeriesKey, str] = field(default_factory=dict)
    writers: dict[str, int] = field(default_factory=dict)


class Router:
    """Takes what the validator does not know. `load` reads the rules, which most batches do not need."""

    def __init__(
        self,
        catalog: Snapshot,
        validator: PointValidator,
        load: Callable[[], CompiledMapping],
        source: str,
        known: Known,
        now_ns: int,
    ) -> None:
        self._catalog, self._validator, self._load, self._source, self._now = catalog, validator, load, source, now_ns
        self._state = known
        self._targets: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Target]] = {}
        self._unknown, self._work = 0, Work(MAX_WORK)
        self.needs = Needs()
        self.examples: list[Arrival] = []

    @cached_property
    def mapping(self) -> CompiledMapping:
        return self._load()

    @cached_property
    def _distinguish(self) -> Distinguish | None:
        return distinguish_of(self.mapping.mapping, self._source)

    def take_unknown(self, point: RawPoint, unknown: UnknownSensor) -> None:
        """A point whose sensor the catalog does not know. Raises PointError."""
        tags, values = {"sensor": point.sensor}, {_VALUE: point.value}
        self._take_fields(Arrival(point.site, tags, values, point.t, point, str(unknown)), values)

    def take(self, arrival: Arrival) -> None:
        """Raises PointError; what is right of the arrival is taken nevertheless."""
        sample = arrival.sample
        if sample is None:
            return self._take_fields(arrival, arrival.fields)
        if self._distinguishing(arrival) is None:
            try:
                return self._validator.add(sample)
            except UnknownSensor as unknown:
                arrival.otherwise = str(unknown)
        self._take_fields(arrival, {_VALUE: sample.value})
        return None

    def target(self, arrival: Arrival, name: str, value: float | bool | str) -> Target | NewSensor:
        """The sensor of a field; or what it would be once it is created. Raises PointError if there is none."""
        return self._resolve(arrival, name, value)

    def rule_of(self, arrival: Arrival, name: str) -> int | None:
        """The place of the rule that matches a field."""
        match = self.mapping.match(self._source, arrival.name, arrival.tags, name, self._work)
        return match.rule if match is not None else None

    def _distinguishing(self, arrival: Arrival) -> Distinguish | None:
        found = self._distinguish
        return found if found is not None and found.tag in arrival.tags else None

    def _take_fields(self, arrival: Arrival, fields: Mapping[str, float | bool | str]) -> None:
        targets = self._targets.setdefault((arrival.name, tuple(arrival.tags.items())), {})
        if not targets and len(self.examples) < MAX_EXAMPLES:
            self.examples.append(arrival)
        quality = arrival.sample.quality if arrival.sample is not None else 0
        failed: dict[str, PointError] = {}
        for name, value in fields.items():
            try:
                target = targets.get(name) or self._sensor_of(arrival, name, value)
                if target is None:
                    continue
                targets[name] = target
                point = RawPoint(target.site, target.sensor.id, target.value(value), self._time(arrival), quality)
                self._validator.add(point)
            except PointError as error:
                failed[name] = error
        if failed:
            raise _together(failed, len(fields))

    def _sensor_of(self, arrival: Arrival, name: str, value: float | bool | str) -> Target | None:
        """None: it has to be created first."""
        if self._unknown >= MAX_UNKNOWN:
            raise Refused(f"this batch has more than {MAX_UNKNOWN:,} series that are not sensors; send smaller batches")
        if self._work.left <= 0:
            raise Refused("this batch has too many series that had to be compared with rules; send smaller batches")
        try:
            found = self._resolve(arrival, name, value)
        except PointError:
            self._unknown += 1
            raise
        if isinstance(found, Target):
            sample = arrival.sample
            if sample is not None and len(arrival.tags) == 1 and found.factor == 1 and not found.offset:
                self._validator.alias(sample.site, sample.sensor, found.sensor)
            return found
        self._unknown += 1
        key = found.origin.key
        if key in self._state.refused:
            raise Refused(self._state.refused[key])
        self.needs.sensors[key] = found
        return None

    # One field

    def _resolve(self, arrival: Arrival, name: str, value: float | bool | str) -> Target | NewSensor:
        distinguishing = self._distinguishing(arrival)
        if (found := self._without_rule(arrival, distinguishing)) is not None:
            return found
        tags = _series_tags(arrival, distinguishing)
        self._check_length(arrival, name, tags)
        origin = SeriesOrigin(self._source.partition("/")[0], arrival.name, name, tags)
        sensor = self._catalog.of_series(origin.key)
        if sensor is not None and not sensor.unmapped:
            return Target(sensor.site, sensor)
        self._check_length(arrival, name, arrival.tags)
        match = self.mapping.match(self._source, arrival.name, arrival.tags, name, self._work)
        if match is not None:
            try:
                return self._by_rule(match, arrival, origin, distinguishing, value)
            except Refused as refused:
                refused.rule = match.rule
                raise
        if sensor is not None:
            return Target(sensor.site, sensor)
        return self._unmapped(arrival, origin, distinguishing, value)

    def _check_length(self, arrival: Arrival, name: str, tags: Mapping[str, str]) -> None:
        chars = len(arrival.name) + len(name) + sum(len(key) + len(text) for key, text in tags.items())
        if chars > MAX_SERIES_CHARS:
            self._work.charge(chars)
            raise self._unmatched(
                f"its name, tags and field have {chars:,} characters; at most {MAX_SERIES_CHARS:,} are compared with "
                "rules or become a sensor"
            )

    def _without_rule(self, arrival: Arrival, distinguishing: Distinguish | None) -> Target | None:
        """The sensor of a sample that needs no rule, perhaps from one of several writers."""
        sample = arrival.sample
        if sample is None or (site := self._catalog.site(sample.site)) is None:
            return None
        sensor = self._catalog.sensor(site.id, _named(sample.sensor, arrival, distinguishing))
        return Target(site.id, sensor) if sensor is not None else None

    def _by_rule(
        self,
        match: Match,
        arrival: Arrival,
        origin: SeriesOrigin,
        distinguishing: Distinguish | None,
        value: float | bool | str,
    ) -> Target | NewSensor:
        rule = f"rule {match.rule + 1}"
        site = self._catalog.site(match.site)
        if site is None:
            raise Refused(f"{rule} names the site {match.site[:MAX_SHOWN]!r}, which does not exist")
        apart = distinguishing if distinguishing is not None and distinguishing.tag not in match.tags else None
        tag = _named(match.sensor, arrival, apart).strip()
        sensor = self._catalog.sensor(site.id, tag)
        if sensor is not None:
            return _converted(match, site.id, sensor)
        if self.mapping.mapping.unmatched != "create":
            raise self._unmatched(f"{rule} names the sensor {tag[:MAX_SHOWN]!r} of {site.slug!r}, which does not exist")
        try:
            tag = rules.tag(tag)
        except ValueError as error:
            raise Refused(f"{rule} names a sensor whose tag cannot be one: {error}") from None
        kind = _kind(value)
        unit = "" if kind == "text" else match.unit
        return NewSensor(site.id, tag, origin, kind, unit, named=True, mapped=True, rule=match.label)

    def _unmapped(
        self, arrival: Arrival, origin: SeriesOrigin, apart: Distinguish | None, value: float | bool | str
    ) -> Target | NewSensor:
        if self.mapping.mapping.unmatched != "create":
            raise self._unmatched(arrival.otherwise or f"no rule matches the field {origin.field[:MAX_SHOWN]!r}")
        if arrival.sample is not None and is_id(arrival.sample.sensor, ids.SENSOR):
            raise Refused(arrival.otherwise, unmatched=False)  # of a sensor that was deleted
        site = self._catalog.site(arrival.name)
        if site is not None and arrival.sample is not None:
            tag = _tag(_named(arrival.sample.sensor, arrival, apart), origin)
            if (sensor := self._catalog.sensor(site.id, tag)) is not None:
                return Target(site.id, sensor)
            return NewSensor(site.id, tag, origin, _kind(value), named=True)
        home = site or self._catalog.site(self.mapping.mapping.site) or home_of_unmapped(self._catalog)
        return NewSensor(home.id if home is not None else "", _tag(_words(origin), origin), origin, _kind(value))

    def _unmatched(self, reason: str) -> Refused:
        return Refused(reason, kept=self.mapping.mapping.unmatched != "reject")

    def _time(self, arrival: Arrival) -> int | None:
        """When it was, with the number of its writer in the last digits, once it has one."""
        distinguishing = self._distinguishing(arrival)
        if distinguishing is None or distinguishing.by != "time":
            return arrival.t
        writer = arrival.tags[distinguishing.tag]
        number = self._state.writers.get(writer)
        if number is None and len(self._state.writers) + len(self.needs.writers) < MAX_ASKED_WRITERS:
            self.needs.writers[writer] = None
            return arrival.t
        if number is None or number < 0:
            raise Refused(
                f"{distinguishing.tag}={writer[:MAX_SHOWN]}: at most {MAX_WRITERS:,} writers can be distinguished by "
                "time; distinguish them by sensor"
            )
        t = self._now if arrival.t is None else arrival.t
        return t - t % STEP_NS + number


def _together(failed: Mapping[str, PointError], fields: int) -> PointError:
    """One error for all fields that failed."""
    first = next(iter(failed.values()))
    if fields == 1:
        return first
    reason = str(first) + (f" (and {len(failed) - 1} more fields)" if len(failed) > 1 else "")
    refused = [error for error in failed.values() if isinstance(error, Refused)]
    return Refused(
        reason,
        unmatched=any(error.unmatched for error in refused),
        kept=len(refused) < len(failed) or any(error.kept for error in refused),
        fields=tuple(failed) if len(failed) < fields else (),
    )


def _series_tags(arrival: Arrival, distinguishing: Distinguish | None) -> dict[str, str]:
    """The tags that make a series: of a sample that needs no rule, only those that name its sensor."""
    if arrival.sample is None:
        return arrival.tags
    tags = {"sensor": arrival.sample.sensor}
    if distinguishing is not None and distinguishing.by == "sensor":
        tags[distinguishing.tag] = arrival.tags[distinguishing.tag]
    return tags


def _converted(match: Match, site: str, sensor: Sensor) -> Target:
    factor, offset = match.scale, match.offset
    if match.unit and match.unit != sensor.unit and sensor.unit:
        between = conversion(match.unit, sensor.unit)
        if between is None:
            raise Refused(
                f"rule {match.rule + 1} says that it is in {match.unit}, which does not convert to {sensor.unit}, the "
                f"unit of {sensor.tag}"
            )
        factor, offset = factor * between.factor, offset * between.factor + between.offset
    return Target(site, sensor, factor, offset, match.rule)


def _named(sensor: str, arrival: Arrival, distinguishing: Distinguish | None) -> str:
    if distinguishing is None or distinguishing.by != "sensor":
        return sensor
    return f"{sensor}.{arrival.tags[distinguishing.tag]}"


def _kind(value: float | bool | str) -> Kind:
    if isinstance(value, str):
        return "text"
    return "discrete" if isinstance(value, bool) else "continuous"


def _words(origin: SeriesOrigin) -> str:
    """`cpu.gw-1.usage_idle`: what it is called until somebody names it."""
    words = [origin.name, *(origin.tags[key] for key in sorted(origin.tags))]
    return ".".join(words if origin.field == _VALUE else [*words, origin.field])


def _tag(text: str, origin: SeriesOrigin) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    try:
        return rules.tag(plain)
    except ValueError:
        return with_digest(plain or "unmapped", origin)
