"""The plant of the ingest tests, for measurements."""

from tests.ingest.conftest import plant, plant_of

__all__ = ["plant", "plant_of"]
