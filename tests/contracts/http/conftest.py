"""The installation that the gate asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.http.callers import make_callers
from tests.contracts.http.gate import DESTRUCTIVE, OPERATIONS, Gate
from tests.groups import shared_servers
from tests.installation import Platform


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Gate]:
    """An installation of its own, as these requests change every object."""
    platform = Platform(tmp_path_factory.mktemp("gate") / "home")
    shared_servers.end_with_group(platform.stop)
    platform.start()
    try:
        callers = make_callers(platform)
        gate = Gate(platform, callers)
        gate.renew()
        dict(gate.known)  # all of them are made, so that no list is empty
        yield gate
        counted = f"{len(OPERATIONS) - len(DESTRUCTIVE)} of {len(OPERATIONS)} operations, {gate.summary()}"
        print(f"\nThe contract's gate: {counted}")
        (pytestconfig.rootpath / "var").mkdir(exist_ok=True)
        (pytestconfig.rootpath / "var" / "gate.txt").write_text(f"{counted}\n")
    finally:
        platform.stop()
