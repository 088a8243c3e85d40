"""What arrives becomes a sensor: by rules, or as an unmapped sensor, or it is kept or rejected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog import operations as catalog
from catalog.kinds import SENSORS
from catalog.snapshot import snapshot_of
from ingest.mapping import creation
from ingest.mapping.models import MAX_WRITERS
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import drain
from tests.ingest.mapping_world import T, letters, map_by, rule, sensor, sensors, stored, with_two_sites, write
from web.stores import streams

CPU = "cpu,host=gw-1,cpu=cpu0 usage_idle=90.5,usage_user=9i"


@pytest.fixture
def tenant(acme: TenantConnection) -> Iterator[TenantConnection]:
    yield from with_two_sites(acme)


# Rules


def test_every_field_of_a_wide_point_is_a_sensor(tenant: TenantConnection) -> None:
    tags = {tag: {"site": "harbour", "tag": tag} for tag in ("gw-1.usage_idle", "gw-1.usage_user")}
    catalog.bulk_upsert(tenant, "sensors", list(tags.values()))
    map_by(tenant, rules=[rule("cpu", "harbour", "{host}.{field}", tags={"host": "{host}", "cpu": "cpu0"})])
    assert write(tenant, f"{CPU} {T}").stored == 2
    drain(tenant)
    assert stored(tenant, "gw-1.usage_idle") == {T: 90.5}
    assert stored(tenant, "gw-1.usage_user") == {T: 9.0}
    assert write(tenant, f"cpu,host=gw-1,cpu=cpu1 usage_idle=1 {T}").refused == 1


def test_values_are_scaled_and_converted_to_the_sensors_unit(tenant: TenantConnection) -> None:
    settings = {"field": "t", "unit": "°F", "scale": 0.1}
    map_by(tenant, rules=[rule("plant/{site}/{device}", "{site}", "{device}", **settings)])
    assert write(tenant, f"plant/harbour/TT-1 t=500i {T}").stored == 1
    drain(tenant)
    assert stored(tenant, "TT-1") == {T: pytest.approx(10.0)}


def test_a_unit_that_does_not_convert_is_refused(tenant: TenantConnection) -> None:
    map_by(tenant, rules=[rule("a", "harbour", "TT-1", unit="kW")])
    (refusal,) = write(tenant, f"a x=1 {T}").refusals
    assert refusal.reason == "rule 1 says that it is in kW, which does not convert to °C, the unit of TT-1"


def test_the_first_rule_that_matches_counts(tenant: TenantConnection) -> None:
    catalog.bulk_upsert(tenant, "sensors", [{"site": "hall_2", "tag": "TT-2"}])
    map_by(tenant, rules=[rule("a", "hall_2", "TT-2", tags={"k": "1"}), rule("{any}", "harbour", "TT-1")])
    write(tenant, f"a,k=1 x=1 {T}", f"a,k=2 x=2 {T}", f"b x=3 {T + 1}")
    drain(tenant)
    assert (stored(tenant, "TT-2"), stored(tenant, "TT-1")) == ({T: 1.0}, {T: 2.0, T + 1: 3.0})


def test_a_sensor_that_exists_needs_no_rule_and_no_rule_changes_it(tenant: TenantConnection) -> None:
    map_by(tenant, rules=[rule("{any}", "hall_2", "{field}")])
    assert write(tenant, f"harbour,sensor=TT-1 value=1 {T}", f"harbour,sensor=TT-1,x=y value=2 {T + 1}").stored == 2


def test_a_batch_is_divided_by_the_rules_of_now(tenant: TenantConnection) -> None:
    write(tenant, f"a x=1 {T}")
    map_by(tenant, rules=[rule("a", "harbour", "TT-1")])
    assert write(tenant, f"a x=1 {T}").stored == 1
    map_by(tenant, rules=[])
    assert write(tenant, f"a x=1 {T}").refused == 1


def test_a_source_of_another_name_does_not_match(tenant: TenantConnection) -> None:
    map_by(tenant, rules=[rule("a", "harbour", "TT-1", source="mqtt")])
    assert write(tenant, f"a x=1 {T}").refused == 1


# What no rule matches


def test_it_is_kept_as_a_dead_letter_by_default(tenant: TenantConnection) -> None:
    assert write(tenant, f"{CPU} {T}").refused == 1
    (letter,) = letters(tenant)
    assert (letter.item, letter.unmatched, letter.fields) == (f"{CPU} {T}".encode(), True, ())
    assert sensors(tenant) == {}


def test_only_the_fields_that_were_not_stored_are_kept(tenant: TenantConnection) -> None:
    map_by(tenant, rules=[rule("cpu", "harbour", "TT-1", field="usage_idle")])
    taken = write(tenant, f"{CPU} {T}")
    assert (taken.stored, taken.refused) == (1, 1)
    assert letters(tenant)[0].fields == ("usage_user",)


def test_it_is_rejected_and_not_kept(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="reject")
    before = streams().dead_letters.counts(tenant.prefix)
    taken = write(tenant, f"{CPU} {T}", f"harbour,sensor=TT-1 value=x {T}")
    assert (taken.stored, taken.refused) == (0, 2)
    assert [letter.unmatched for letter in letters(tenant)] == [False], "what cannot be read is kept all the same"
    after = streams().dead_letters.counts(tenant.prefix)
    assert (after.total - before.total, after.dropped - before.dropped) == (1, 0)


def test_it_becomes_unmapped_sensors_from_the_first_sample(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    lines = [f'{CPU},state="ok",on=true {T}', f"harbour,sensor=NEW value=1 {T}", f"mem free=2 {T}"]
    assert write(tenant, *lines).refused == 0
    made = sensors(tenant)
    assert {tag: each.kind for tag, each in made.items()} == {
        "cpu.cpu0.gw-1.usage_idle": "continuous",
        "cpu.cpu0.gw-1.usage_user": "continuous",
        "cpu.cpu0.gw-1.state": "text",
        "cpu.cpu0.gw-1.on": "discrete",
        "NEW": "continuous",
        "mem.free": "continuous",
    }
    origin = made["cpu.cpu0.gw-1.state"].origin
    assert origin is not None
    assert (origin.source, origin.name, origin.field) == ("influxdb", "cpu", "state")
    assert origin.tags == {"host": "gw-1", "cpu": "cpu0"}
    drain(tenant)
    assert stored(tenant, "cpu.cpu0.gw-1.usage_idle") == {T: 90.5}
    assert stored(tenant, "cpu.cpu0.gw-1.state") == {T: "ok"}
    assert stored(tenant, "NEW") == {T: 1.0}
    slugs = {snapshot_of(tenant).sites[each.site].slug for tag, each in made.items() if tag != "NEW"}
    assert slugs == {"unmapped"}
    assert made["NEW"].site == sensor(tenant, "TT-1").site


def test_its_site_is_the_one_that_the_setting_names(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create", site="hall_2")
    write(tenant, f"mem free=2 {T}", f"harbour,x=y free=2 {T}")
    slugs = {tag: snapshot_of(tenant).sites[each.site].slug for tag, each in sensors(tenant).items()}
    assert slugs == {"mem.free": "hall_2", "harbour.y.free": "harbour"}


def test_a_named_sensor_gets_its_series_still(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    write(tenant, f"mem free=2 {T}", f"harbour,sensor=NEW value=1 {T}")
    for tag, name in (("mem.free", "MEM-1"), ("NEW", "TT-2")):
        made = sensor(tenant, tag)
        catalog.change(tenant, SENSORS, made.id, {"tag": name, "unmapped": False}, made.revision)
    map_by(tenant, unmatched="keep", rules=[rule("{any}", "harbour", "TT-1")])
    assert write(tenant, f"mem free=3 {T + 1}", *(f"harbour,sensor=NEW value={k} {T + k}" for k in (1, 2))).stored == 3
    drain(tenant)
    assert stored(tenant, "MEM-1") == {T: 2.0, T + 1: 3.0}
    assert stored(tenant, "TT-2") == {T: 1.0, T + 1: 1.0, T + 2: 2.0}


def test_other_tags_of_a_sample_do_not_make_another_series(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    write(tenant, f"harbour,sensor=NEW,host=a value=1 {T}")
    made = sensor(tenant, "NEW")
    catalog.change(tenant, SENSORS, made.id, {"tag": "TT-2", "unmapped": False}, made.revision)
    assert (
        write(tenant, f"harbour,sensor=NEW,host=b value=2 {T + 1}", f"harbour,sensor=NEW value=3 {T + 2}").stored == 2
    )
    assert sensors(tenant) == {}


def test_a_deleted_sensor_that_is_sent_by_id_does_not_come_back(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    gone = sensor(tenant, "TT-1")
    catalog.delete(tenant, SENSORS, gone.id)
    assert write(tenant, f"harbour,sensor={gone.id} value=1 {T}").refused == 1
    assert sensors(tenant) == {}


def test_a_rule_takes_over_from_an_unmapped_sensor(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    write(tenant, f"mem free=2 {T}")
    map_by(tenant, unmatched="create", rules=[rule("mem", "harbour", "TT-1")])
    write(tenant, f"mem free=3 {T + 1}")
    drain(tenant)
    assert (stored(tenant, "mem.free"), stored(tenant, "TT-1")) == ({T: 2.0}, {T + 1: 3.0})


def test_a_sensor_that_only_a_rule_names_is_created_with_its_unit(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create", rules=[rule("plant/{site}/{device}", "{site}", "{device}.{field}", unit="bar")])
    assert write(tenant, f"plant/hall_2/PT_1 p=1.5 {T}", f"plant/nowhere/PT_1 p=1 {T}").refused == 1
    made = sensor(tenant, "PT_1.p")
    assert (made.unit, made.unmapped, made.origin) == ("bar", False, None)
    assert letters(tenant)[0].reason == "rule 1 names the site 'nowhere', which does not exist"


# Several writers of one series


def test_a_distinguishing_tag_becomes_part_of_the_sensor(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create", distinguish={"influxdb": {"tag": "node", "by": "sensor"}})
    write(tenant, *(f"harbour,sensor=TT-1,node=n{k} value={k} {T}" for k in range(3)))
    assert sorted(sensors(tenant)) == ["TT-1.n0", "TT-1.n1", "TT-1.n2"]
    drain(tenant)
    assert [stored(tenant, f"TT-1.n{k}") for k in range(3)] == [{T: 0.0}, {T: 1.0}, {T: 2.0}]


def test_it_ends_the_tag_that_a_rule_gives_unless_the_rule_has_it(tenant: TenantConnection) -> None:
    rules = [rule("a", "harbour", "{node}", tags={"node": "{node}"}), rule("b", "harbour", "B")]
    map_by(tenant, unmatched="create", rules=rules, distinguish={"influxdb": {"tag": "node"}})
    write(tenant, f"a,node=n1 x=1 {T}", f"b,node=n1 x=1 {T}")
    assert sorted(sensors(tenant, unmapped=False)) == ["B.n1", "TT-1", "n1"]


def test_a_distinguishing_tag_becomes_part_of_the_nanoseconds(tenant: TenantConnection) -> None:
    map_by(tenant, distinguish={"influxdb": {"tag": "node", "by": "time"}})
    fleet = [f"harbour,sensor=TT-1,node=n{k} value={k} {T}" for k in range(5)]
    for _ in range(2):  # the same point once more, as after a lost response
        assert write(tenant, *fleet).stored == 5
    drain(tenant)
    assert stored(tenant, "TT-1") == {T + k: float(k) for k in range(5)}


def test_a_writer_that_has_a_number_keeps_it_beside_many_others(tenant: TenantConnection) -> None:
    map_by(tenant, distinguish={"influxdb": {"tag": "node", "by": "time"}})
    assert write(tenant, f"harbour,sensor=TT-1,node=gw-1 value=1 {T}").stored == 1
    creation._writers.clear()  # as in another process
    others = [f"harbour,sensor=TT-1,node=n{k} value=1 {T}" for k in range(MAX_WRITERS)]
    assert write(tenant, *others, f"harbour,sensor=TT-1,node=gw-1 value=2 {T}").refused == 1
    drain(tenant)
    assert stored(tenant, "TT-1")[T] == 2.0


def test_more_writers_than_numbers_are_refused(tenant: TenantConnection) -> None:
    map_by(tenant, distinguish={"influxdb": {"tag": "node", "by": "time"}})
    taken = write(tenant, *(f"harbour,sensor=TT-1,node=n{k} value=1 {T}" for k in range(1_002)))
    assert (taken.stored, taken.refused) == (1_000, 2)
    assert "distinguish them by sensor" in taken.refusals[0].reason
