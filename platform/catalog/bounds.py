"""Limits of a document's fields. `catalog.rules` checks them, `catalog.payloads` declares them to clients."""

from __future__ import annotations

MAX_NAME, MAX_TAG, MAX_WORD, MAX_DESCRIPTION = 200, 100, 100, 2_000  # characters
MAX_SLUG, MAX_ZONE, MAX_UNIT, MAX_REFERENCE = 63, 60, 200, 200
SLUG = "[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?"
MAX_PROPERTIES, MAX_PROPERTY_NAME, MAX_PROPERTY = 200, 100, 1_000
MAX_STATES = 1_000
MAX_WHOLE = 2**53  # a property's number; what JavaScript keeps exact
MIN_INTERVAL_S, MAX_INTERVAL_S = 0.001, 366 * 86_400
MAX_NAMED = 500  # sensors in one call
MAX_ITEMS = 20_000  # of a bulk call
