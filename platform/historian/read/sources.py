"""The sources of a tenant's samples and rows: which store serves which source of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from historian.read.plan import RAW, Source, Tier
from kernel.tenancy import TenantConnection
from stores.samples import Request, SampleSource
from stores.timeseries import InfluxSource
from web.stores import reader

SourceRequest = tuple[Source, Request[Any]]


@dataclass(frozen=True, slots=True)
class Sources:
    """The stores of one tenant. `main` has the rungs and all samples that are in no tier.

    `tiers` ascend by time; `places` maps each tier's source to its store.
    """

    main: SampleSource
    tiers: tuple[Tier, ...] = ()
    places: Mapping[Source, SampleSource] = field(default_factory=dict)

    def place(self, source: Source) -> SampleSource:
        return self.places.get(source, self.main)

    def read(self, requests: Sequence[SourceRequest]) -> list[Any]:
        """The answers in order, with one round trip to each store."""
        if not self.places:
            return self.main.read([request for _, request in requests])
        answers: list[Any] = [None] * len(requests)
        by_source: dict[Source, list[int]] = defaultdict(list)
        for place, (source, _) in enumerate(requests):
            by_source[source if source in self.places else RAW].append(place)
        for source, places in by_source.items():
            found = self.place(source).read([requests[place][1] for place in places])
            for place, answer in zip(places, found, strict=True):
                answers[place] = answer
        return answers


def sources_of(tenant: TenantConnection) -> Sources:
    """The sources of a tenant: its InfluxDB has all samples and rows."""
    return Sources(InfluxSource(reader(tenant)))
