"""How many tenants a worker works on side by side, checked before it starts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment


def test_a_few_unless_somebody_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENANTS_AT_ONCE", raising=False)
    assert environment.tenants_at_once() == 3
    monkeypatch.setenv("TENANTS_AT_ONCE", "12")
    assert environment.tenants_at_once() == 12


@pytest.mark.parametrize("value", ["0", "-1", "65", "many"])
def test_another_number_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANTS_AT_ONCE", value)
    with pytest.raises(ImproperlyConfigured, match="TENANTS_AT_ONCE"):
        environment.tenants_at_once()
