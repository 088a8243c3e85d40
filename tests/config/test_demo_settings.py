"""How much history the demo writes, checked before it starts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment


def test_the_demo_writes_three_years_unless_less_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_HISTORY_DAYS", raising=False)
    assert environment.demo_history_days() == 3 * 365
    monkeypatch.setenv("DEMO_HISTORY_DAYS", "7")
    assert environment.demo_history_days() == 7


@pytest.mark.parametrize("value", ["6", "3651", "-7", "a week", "9" * 5_000])
def test_another_number_of_days_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_HISTORY_DAYS", value)
    with pytest.raises(ImproperlyConfigured, match="DEMO_HISTORY_DAYS must be 7 to 3650 days"):
        environment.demo_history_days()
