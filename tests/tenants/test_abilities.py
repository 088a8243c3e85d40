"""Optional abilities of drivers, and how the others reject them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config import environment
from kernel.errors import BadRequest
from runtime.home import Home
from tenants import operations
from tenants.drivers import (
    KNOWN,
    DetectsWithdrawal,
    Resizes,
    Restarts,
    RetainsVolumes,
    SelectsClusters,
    Server,
    driver_named,
)  # fmt: skip

ABILITIES = (DetectsWithdrawal, Resizes, Restarts, RetainsVolumes, SelectsClusters)
ON_KUBERNETES = {"Resizes", "RetainsVolumes", "SelectsClusters"}


def test_settings_and_the_list_of_drivers_know_the_same() -> None:
    assert set(environment.DRIVERS) == set(KNOWN)


@pytest.mark.parametrize(
    ("name", "abilities"),
    [("local", {"Restarts"}), ("helm", ON_KUBERNETES), ("gitops", ON_KUBERNETES | {"DetectsWithdrawal"})],
)
def test_a_driver_has_the_abilities_that_it_names(name: str, abilities: set[str], settings: Any) -> None:
    settings.TENANT_DRIVERS = ["local", "helm", "gitops"]
    driver = driver_named(name)
    assert {each.__name__ for each in ABILITIES if isinstance(driver, each)} == abilities


@pytest.mark.django_db
@pytest.mark.parametrize(("wanted", "field"), [({"cluster": "north"}, "cluster"), ({"size": {"disk_gib": 5}}, "size")])
def test_what_a_driver_cannot_do_is_rejected(wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest, match="driver “local”") as refused:
        operations.planned(operations.NewTenant(slug="acme", driver="local", **wanted))
    assert refused.value.extra["field"] == field


def test_without_a_supervisor_no_local_server_counts_as_stopped(tmp_path: Path, settings: Any) -> None:
    settings.HOME = Home(tmp_path)
    driver = driver_named("local")
    assert isinstance(driver, Restarts)
    assert driver.stopped([Server("t4k2m9q4xwa", "acme", "d7x2m9q4xwb", "", {})]) == []
