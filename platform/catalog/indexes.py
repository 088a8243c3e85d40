"""Indexes for searching a snapshot: by natural key, in sort order, and by search text.

Built on first use, kind by kind. After a change of a few documents the next snapshot reuses what is still
valid and updates the rest, so that one change among thousands does not cost thousands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from catalog.kinds import KINDS
from catalog.models import Area, Asset, Connection, Model, Sensor, SeriesKey, Site

Kept1 = Mapping[str, Model]  # of one kind, by id
Kept = Mapping[str, Kept1]  # by kind
Entry = tuple[str, Model]

MAX_UPDATED_IN_PLACE = 500  # beyond it an index is rebuilt
# The other kinds whose words an index contains: it is rebuilt when one of those changes.
_ORDER_HOLDS: Mapping[str, set[str]] = {
    "sites": set(),
    "areas": {"sites"},
    "assets": {"sites"},
    "sensors": {"sites"},
    "connections": {"sites", "assets"},
}
_TEXT_HOLDS: Mapping[str, set[str]] = {
    "sites": set(),
    "areas": set(),
    "assets": set(),
    "sensors": {"assets"},
    "connections": {"assets"},
}


class Indexes:
    """The indexes of one snapshot. Their results must not be modified."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._by_key: dict[str, dict[tuple[str, ...], str]] = {}
        self._ordered: dict[str, list[Entry]] = {}
        self._haystack: dict[str, dict[str, str]] = {}
        self._by_series: dict[SeriesKey, str] | None = None

    def by_key(self, kind: str) -> Mapping[tuple[str, ...], str]:
        """Ids by natural key."""
        if kind not in self._by_key:
            self._by_key[kind] = {KINDS[kind].natural_key(model): id for id, model in self._kept[kind].items()}
        return self._by_key[kind]

    def by_series(self) -> Mapping[SeriesKey, str]:
        """Ids of the sensors that were created from series, by series."""
        if self._by_series is None:
            self._by_series = _series(self._kept["sensors"].values())
        return self._by_series

    def ordered(self, kind: str) -> Sequence[Entry]:
        """(sort key, document), sorted."""
        if kind not in self._ordered:
            entries = [(sort_key(self._kept, model), model) for model in self._kept[kind].values()]
            self._ordered[kind] = sorted(entries, key=_key)
        return self._ordered[kind]

    def haystack(self, kind: str) -> Mapping[str, str]:
        """The text of each, by id."""
        if kind not in self._haystack:
            self._haystack[kind] = {id: _text(self._kept, model) for id, model in self._kept[kind].items()}
        return self._haystack[kind]

    def take_over(self, old: Indexes, touched: Mapping[str, Iterable[str]]) -> None:
        """From the previous snapshot, of which the documents `touched` (by kind) were changed, added or removed."""
        changed = {kind: set(ids) for kind, ids in touched.items()}
        for kind in KINDS:
            ids = changed.get(kind, set())
            if len(ids) > MAX_UPDATED_IN_PLACE:
                continue
            if kind == "sensors" and old._by_series is not None:
                self._by_series = self._mended_series(old._by_series, old, ids)
            if kind in old._by_key:
                self._by_key[kind] = self._mended_keys(old, kind, ids)
            if kind in old._ordered and not _ORDER_HOLDS[kind] & changed.keys():
                self._ordered[kind] = self._mended_order(old, kind, ids)
            if kind in old._haystack and not _TEXT_HOLDS[kind] & changed.keys():
                self._haystack[kind] = self._mended_texts(old, kind, ids)

    def _mended_keys(self, old: Indexes, kind: str, ids: set[str]) -> dict[tuple[str, ...], str]:
        if not ids:
            return old._by_key[kind]
        keys, natural = dict(old._by_key[kind]), KINDS[kind].natural_key
        for id in ids & old._kept[kind].keys():
            keys.pop(natural(old._kept[kind][id]), None)
        for id in ids & self._kept[kind].keys():  # after removing all old ones: two may have swapped names
            keys[natural(self._kept[kind][id])] = id
        return keys

    def _mended_series(self, series: dict[SeriesKey, str], old: Indexes, ids: set[str]) -> dict[SeriesKey, str]:
        gone = _series(old._kept["sensors"][id] for id in ids & old._kept["sensors"].keys())
        come = _series(self._kept["sensors"][id] for id in ids & self._kept["sensors"].keys())
        if gone == come:
            return series
        return {key: id for key, id in series.items() if key not in gone} | come

    def _mended_order(self, old: Indexes, kind: str, ids: set[str]) -> list[Entry]:
        if not ids:
            return old._ordered[kind]
        entries = list(old._ordered[kind])
        for id in ids & old._kept[kind].keys():
            del entries[bisect_left(entries, sort_key(old._kept, old._kept[kind][id]), key=_key)]
        for id in ids & self._kept[kind].keys():
            key = sort_key(self._kept, self._kept[kind][id])
            entries.insert(bisect_left(entries, key, key=_key), (key, self._kept[kind][id]))
        return entries

    def _mended_texts(self, old: Indexes, kind: str, ids: set[str]) -> dict[str, str]:
        if not ids:
            return old._haystack[kind]
        texts = {id: text for id, text in old._haystack[kind].items() if id not in ids}
        return {**texts, **{id: _text(self._kept, self._kept[kind][id]) for id in ids & self._kept[kind].keys()}}


def _key(entry: Entry) -> str:
    return entry[0]


def _series(models: Iterable[Model]) -> dict[SeriesKey, str]:
    return {model.origin.key: model.id for model in models if isinstance(model, Sensor) and model.origin is not None}


_DIGITS = re.compile(r"\d+")


def sort_key(kept: Kept, model: Model) -> str:
    """Site, then the display name with numbers in natural order; the id makes it unique."""
    match model:
        case Site():
            words = [model.slug]
        case Area():
            words = [_slug(kept, model.site), model.name]
        case Asset() | Sensor():
            words = [_slug(kept, model.site), model.tag]
        case Connection():
            words = [_slug(kept, model.site), *(asset.tag for asset in _ends(kept, model)), model.medium]
    text = "\t".join(words).casefold()
    return _DIGITS.sub(lambda digits: digits[0].lstrip("0").zfill(10), text) + "\t" + model.id


def _text(kept: Kept, model: Model) -> str:
    match model:
        case Site():
            words = [model.slug, model.name, model.description]
        case Area():
            words = [model.name, model.description]
        case Asset():
            words = [model.tag, model.name, model.type, model.description]
        case Sensor():
            asset = kept["assets"].get(model.asset or "")
            words = [model.tag, model.name, model.unit, model.description]
            words += [asset.tag, asset.name] if isinstance(asset, Asset) else []
        case Connection():
            words = [model.medium, *(f"{asset.tag}\n{asset.name}" for asset in _ends(kept, model))]
    return "\n".join(words).casefold()


def _slug(kept: Kept, site: str) -> str:
    found = kept["sites"].get(site)
    return found.slug if isinstance(found, Site) else site


def _ends(kept: Kept, connection: Connection) -> list[Asset]:
    ends = (kept["assets"].get(connection.source), kept["assets"].get(connection.target))
    return [asset for asset in ends if isinstance(asset, Asset)]
