"""`manage.py ladder`: status, verification, repair."""

from __future__ import annotations

import io
import threading

import pytest
from django.core.management import CommandError, call_command

from historian.ladder.lines import measurement_of
from historian.ladder.verify import verify
from historian.rungs.rungs import RUNGS
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.timeseries import LADDER
from tests.historian.plant import START, add_sensors
from tests.historian.slow_ladder import stored_rows
from tests.historian.test_ladder_late import KINDS, TODAY, history, settle
from tests.historian.years import Truth
from web.stores import marks, writer

HOURS = next(rung for rung in RUNGS if rung.name == "1h")


def ladder(action: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command("ladder", action, "rival", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def truths(rival: TenantConnection) -> list[Truth]:
    tags = [{**kind, "tag": f"LC-{number}"} for number, kind in enumerate(KINDS)]
    found = [history(sensor, START - 2 * DAY, START + 2 * DAY) for sensor in add_sensors(rival, *tags)]
    for truth in found:
        truth.write(rival)
    settle(rival)
    return found


def tamper(tenant: TenantConnection, truth: Truth) -> int:
    """One hour's row says another number of samples; its start."""
    start = min(stored_rows(tenant, truth.sensor, HOURS))
    line = f"{measurement_of(truth.sensor.site, HOURS)},sensor={truth.sensor.id} n=77i {start}"
    writer(tenant).write_lines(LADDER, line.encode(), "ms")
    return start


def test_a_complete_ladder_is_reported_as_complete(rival: TenantConnection, truths: list[Truth]) -> None:
    output = ladder("verify", *(word for truth in truths for word in ("--sensor", truth.sensor.id)))
    assert output == "4 sensors checked; 0 buckets of 0 are not what their samples give\n"
    assert ladder("status").startswith("complete: ")


@pytest.mark.parametrize("place", range(len(KINDS)), ids=[kind.get("kind", "continuous") for kind in KINDS])
def test_a_row_that_somebody_changed_is_found_and_repaired(
    rival: TenantConnection, truths: list[Truth], place: int
) -> None:
    truth = truths[place]
    start = tamper(rival, truth)
    with pytest.raises(CommandError, match="--repair"):
        ladder("verify", "--sensor", truth.sensor.id)
    [fault] = verify(rival, truth.sensor)
    assert (fault.rung, fault.bucket, fault.what) == ("1h", start, "n differs")
    output = ladder("verify", "--sensor", truth.sensor.tag, "--sensor", truth.sensor.id, "--repair")
    assert f"{truth.sensor.tag} 1h" in output
    assert "They are marked" in output
    assert list(verify(rival, truth.sensor)) == [], "what is marked is not told again"
    settle(rival)
    assert list(verify(rival, truth.sensor)) == []
    assert stored_rows(rival, truth.sensor, HOURS)[start]["n"] != 77


def test_missing_rows_and_rows_without_samples_are_found(rival: TenantConnection, truths: list[Truth]) -> None:
    truth = truths[0]
    name = measurement_of(truth.sensor.site, HOURS)
    gone, extra = min(stored_rows(rival, truth.sensor, HOURS)), START // HOURS.ms * HOURS.ms + DAY * 20
    writer(rival).execute(f'DELETE FROM "{name}" WHERE "sensor" = \'{truth.sensor.id}\' AND time = {gone}000000')
    fields = ",".join(f"{field}=1" for field in ("min", "max", "first", "last", "sum", "m2"))
    times = ",".join(f"{field}=1i" for field in ("tmin", "tmax", "tfirst", "tlast", "n", "n_bad"))
    line = f"{name},sensor={truth.sensor.id} {fields},{times} {extra}"
    writer(rival).write_lines(LADDER, line.encode(), "ms")
    coarsest = f"{measurement_of(truth.sensor.site, RUNGS[-1])},sensor={truth.sensor.id} {fields},{times} "
    writer(rival).write_lines(LADDER, f"{coarsest}{RUNGS[-1].floor(extra)}".encode(), "ms")
    found = {(fault.rung, fault.bucket): fault.what for fault in verify(rival, truth.sensor)}
    assert found == {
        ("1h", gone): "the row is missing",
        ("1h", extra): "the row has no samples",
        ("2d", RUNGS[-1].floor(extra)): "the row has no samples",
    }
    ladder("verify", "--sensor", truth.sensor.id, "--mend")  # the former name of --repair
    settle(rival)
    assert list(verify(rival, truth.sensor)) == []


def test_a_rebuild_starts_over_and_waits_for_the_end(rival: TenantConnection, truths: list[Truth]) -> None:
    truth = truths[0]
    tamper(rival, truth)
    output = ladder("rebuild", "--sensor", truth.sensor.id, "--no-wait")
    assert "1 sensors are marked for a rebuild" in output
    assert ladder("status").startswith("behind: ")
    assert marks().backfill_ranges(rival.prefix, TODAY, 9) == [truth.sensor.id]
    worker = threading.Thread(target=settle, args=[rival])
    worker.start()
    assert "complete" in ladder("rebuild", "--sensor", truth.sensor.id)
    worker.join()
    assert list(verify(rival, truth.sensor)) == []


def test_unknown_names_are_reported(rival: TenantConnection) -> None:
    with pytest.raises(CommandError, match="There is no open tenant nobody"):
        call_command("ladder", "status", "nobody")
    with pytest.raises(CommandError, match="There is no sensor XX-1"):
        ladder("verify", "--sensor", "XX-1")
