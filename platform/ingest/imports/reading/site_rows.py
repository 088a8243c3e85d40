"""Assigns rows to sites: all to the mapping's site, or each to the one that its cell names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from catalog.models import Site
from ingest.imports.formats.table import Table
from ingest.imports.mapping.model import Mapping
from ingest.imports.times.zones import Ints, Zone, zone_of
from ingest.validation import Catalog


class Sites:
    """The sites of an import's files. `main` is that of rows that name none."""

    def __init__(self, mapping: Mapping, catalog: Catalog, main: Site) -> None:
        self.column, self.main = mapping.site_column, main
        self._mapping, self._catalog = mapping, catalog
        sites = catalog.sites.values()
        self._by_name = {site.name: site for site in sites} | {
            key: site for site in sites for key in (site.slug, site.id)
        }

    def zone(self, site: Site) -> Zone:
        return zone_of(self._mapping.time.zone or site.timezone)

    @property
    def zones(self) -> list[Zone]:
        """The zones in which the rows' times may be."""
        if self.column is None:
            return [self.zone(self.main)]
        return list({zone.name: zone for zone in map(self.zone, self._catalog.sites.values())}.values())

    def find(self, name: str) -> Site | None:
        """By the mapping's `sites`, or by slug, name or id."""
        return self.main if not name else self._by_name.get(self._mapping.sites.get(name, name))

    def rows(self, table: Table) -> Iterator[tuple[Site | None, Ints]]:
        """Each site of the table with its rows; None for rows of unknown sites."""
        if self.column is None:
            yield self.main, np.arange(len(table))
            return
        coded = pc.utf8_trim_whitespace(table.columns[self.column]).dictionary_encode()
        found = [self.find(name) for name in coded.dictionary.to_pylist()]
        codes = np.array(coded.indices.to_numpy(zero_copy_only=False), np.int64)
        ids = list(dict.fromkeys(None if site is None else site.id for site in found))
        number = np.array([ids.index(None if site is None else site.id) for site in found], np.int64)
        for place, id in enumerate(ids):
            site = None if id is None else self._catalog.sites[id]
            yield site, np.flatnonzero(number[codes] == place)
