from __future__ import annotations

import pytest

from alarms.rules.targets import Scope
from tests.alarms.rules.plant import scope_of_plant


@pytest.fixture
def scope() -> Scope:
    return scope_of_plant()
