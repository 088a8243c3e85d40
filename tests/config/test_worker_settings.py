"""The number of tenants a worker works on concurrently, checked before it starts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment


def test_the_default_concurrency_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENANTS_CONCURRENCY", raising=False)
    assert environment.tenants_concurrency() == 3
    monkeypatch.setenv("TENANTS_CONCURRENCY", "12")
    assert environment.tenants_concurrency() == 12


def test_its_deprecated_name_is_read_until_the_next_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENANTS_CONCURRENCY", raising=False)
    monkeypatch.setenv("TENANTS_AT_ONCE", "7")
    assert environment.tenants_concurrency() == 7
    monkeypatch.setenv("TENANTS_CONCURRENCY", "12")
    assert environment.tenants_concurrency() == 12


@pytest.mark.parametrize("value", ["0", "-1", "65", "many"])
def test_another_number_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANTS_CONCURRENCY", value)
    with pytest.raises(ImproperlyConfigured, match="TENANTS_CONCURRENCY"):
        environment.tenants_concurrency()
