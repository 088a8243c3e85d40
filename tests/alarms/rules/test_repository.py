"""Rules as they are stored: versions, references, what refuses them, what others notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from alarms.rules import repository, settings
from alarms.rules.errors import InvalidRule
from alarms.rules.memory import memory_of
from alarms.rules.models import AlarmRule, Applies, Deviation, EventCount, Limit, Override, RuleContent
from alarms.rules.yaml_files import export, import_rules
from catalog.operations import bulk_upsert, ensure_indexes
from kernel.errors import Conflict, NotFound
from kernel.ids import TENANT, new_id
from kernel.tenancy import TenantConnection
from web.stores import documents, streams

pytestmark = pytest.mark.django_db
NOW = 1_772_323_200_000


@pytest.fixture
def plant(acme: TenantConnection) -> Iterator[TenantConnection]:
    """A tenant with documents of its own: a site with three sensors."""
    tenant = replace(acme, id=new_id(TENANT), disk="")
    ensure_indexes(documents(tenant))
    bulk_upsert(tenant, "sites", [{"slug": "north", "name": "North", "timezone": "Asia/Dubai"}])
    items = [{"site": "north", "tag": f"TT-{k}", "name": "Supply", "unit": "°C"} for k in range(3)]
    bulk_upsert(tenant, "sensors", items)
    yield tenant
    streams().drop_tenant(tenant.prefix)
    documents(tenant).drop()


def content(name: str = "Too warm", limit: float = 80.0, **more: Any) -> RuleContent:
    given: dict[str, Any] = {
        "name": name,
        "applies": Applies(site="north", sensors=["TT-0"]),
        "trigger": Limit(side="high", limit=limit),
        "enabled": True,
    }
    return RuleContent(**(given | more))


def put(tenant: TenantConnection, what: RuleContent, rule: AlarmRule | None = None, by: str = "anna") -> AlarmRule:
    revision = rule.revision if rule else None
    return repository.put(tenant, rule.id if rule else None, what, revision, author=by, now=NOW)


def test_each_change_is_a_version_with_who_when_and_why(plant: TenantConnection) -> None:
    first = put(plant, content(note="As the manual says"))
    second = put(plant, content(limit=75.0, note="It was late"), first, by="ben")
    assert (first.version, second.version, second.author, second.created) == (1, 2, "ben", NOW)
    assert repository.get(plant, first.id) == second == repository.find(plant)[0]
    found = repository.versions(plant, first.id)
    assert [(each.version, each.author, each.content.note) for each in found] == [
        (2, "ben", "It was late"), (1, "anna", "As the manual says"),
    ]  # fmt: skip
    assert found[1].content.trigger == Limit(side="high", limit=80.0)


def test_what_is_equal_to_the_last_version_is_none(plant: TenantConnection) -> None:
    first = put(plant, content())
    assert put(plant, content(note="Saved again"), first) == first
    assert len(repository.versions(plant, first.id)) == 1


def test_a_change_of_an_outdated_revision_is_refused_with_the_present_rule(plant: TenantConnection) -> None:
    first = put(plant, content())
    second = put(plant, content(limit=75.0), first)
    with pytest.raises(Conflict) as refused:
        put(plant, content(limit=70.0), first)
    assert refused.value.problem == "stale-revision" and refused.value.extra["current"] == second
    with pytest.raises(Conflict):
        repository.delete(plant, first.id, first.revision)


def test_names_become_ids_so_that_they_stay_when_tags_change(plant: TenantConnection) -> None:
    made = put(plant, content(trigger=Deviation(set_point="north:TT-1", limit=2.0)))
    snapshot = repository.Scope.of(plant).snapshot
    tags = {sensor.tag: sensor.id for sensor in snapshot.sensors.values()}
    assert made.applies.sensors == [tags["TT-0"]] and made.applies.site in snapshot.sites
    assert made.trigger == Deviation(set_point=tags["TT-1"], limit=2.0) and made.targets == 1


def test_names_are_unique_and_an_unknown_rule_is_not_found(plant: TenantConnection) -> None:
    put(plant, content())
    with pytest.raises(Conflict, match="choose another name"):
        put(plant, content(name="too WARM"))
    for id in ("al2222222222", "nonsense", ""):
        with pytest.raises(NotFound):
            repository.get(plant, id)


def test_rules_do_not_suppress_one_another_in_a_circle(plant: TenantConnection) -> None:
    a = put(plant, content("A"))
    b = put(plant, content("B", suppressed_by=["A"]))
    c = put(plant, content("C", suppressed_by=[b.id]))
    assert b.suppressed_by == [a.id]
    with pytest.raises(InvalidRule, match="is a cycle: A is suppressed by C is suppressed by B is suppressed by A"):
        put(plant, content("A", suppressed_by=["C"]), a)
    with pytest.raises(InvalidRule, match="which is no other rule"):
        put(plant, content("A", suppressed_by=["A"]), a)
    with pytest.raises(InvalidRule, match="names Z, which is no other rule"):
        put(plant, content("A", suppressed_by=["Z"]), a)
    with pytest.raises(Conflict, match="suppresses “B”"):
        repository.delete(plant, a.id, None)
    repository.delete(plant, c.id, None)
    repository.delete(plant, b.id, None)
    repository.delete(plant, a.id, a.revision)
    assert repository.find(plant) == []


def test_a_deleted_rule_leaves_no_version(plant: TenantConnection) -> None:
    made = put(plant, content())
    repository.delete(plant, made.id, made.revision)
    assert documents(plant).find(repository.VERSIONS, {}) == []


def test_the_matrix_gives_priorities_and_a_change_of_it_changes_them(plant: TenantConnection) -> None:
    made = put(plant, content(consequence="severe", urgency="10_to_30_min"))
    before = repository.log_of(plant).position()
    assert made.priority == 2
    matrix = settings.settings_of(plant).matrix
    severe = msgspec.structs.replace(matrix.severe, from_10_to_30_min=4)
    change = settings.AlarmSettingsChange(matrix=msgspec.structs.replace(matrix, severe=severe), journal_days=400)
    assert settings.store(plant, change) == settings.settings_of(plant)
    assert settings.settings_of(plant).journal_days == 400
    assert repository.get(plant, made.id).priority == 4
    assert repository.compile_enabled(plant)[0][0].about.priority == 4
    assert repository.log_of(plant).position() != before


def test_every_change_of_rules_is_noticed(plant: TenantConnection) -> None:
    positions = [repository.log_of(plant).position()]
    made = put(plant, content())
    positions.append(repository.log_of(plant).position())
    changed = put(plant, content(limit=70.0), made)
    positions.append(repository.log_of(plant).position())
    repository.delete(plant, changed.id, None)
    positions.append(repository.log_of(plant).position())
    assert len(set(positions)) == 4


def test_only_enabled_rules_are_compiled_and_a_deleted_sensor_is_a_problem(
    plant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = put(plant, content(applies=Applies(site="north", sensors=["TT-0", "TT-1"])))
    put(plant, content("Off", enabled=False))
    compiled, problems = repository.compile_enabled(plant)
    assert [each.rule for each in compiled] == [kept.id, kept.id] and problems == []
    gone = repository.Scope.of(plant).snapshot.sensor(kept.applies.site or "", "TT-1")
    assert gone is not None
    from catalog import operations
    from catalog.kinds import SENSORS

    operations.delete(plant, SENSORS, gone.id, None)
    compiled, problems = repository.compile_enabled(plant)
    assert [each.target.tag for each in compiled] == ["TT-0"]
    assert [each.name for each in problems] == ["Too warm"]
    assert "which was deleted" in problems[0].problems[0].message
    [with_problem] = repository.with_problems(plant, [kept])
    assert with_problem.problem is not None and problems[0].problems[0].message in with_problem.problem
    monkeypatch.setattr(repository, "PROBLEMS_S", 0.0)
    assert repository.with_problems(plant, [kept]) == [kept], "there was no time to look"


def test_more_targets_than_the_tenant_may_have_are_refused(
    plant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "MAX_TARGETS", 2)
    first = put(plant, content(applies=Applies(site="north", sensors=["TT-0", "TT-1"])))
    with pytest.raises(Conflict, match="there would be 3 alarms; at most 2 are allowed"):
        put(plant, content("Another"))
    put(plant, content(limit=70.0), first)


def test_windows_that_would_remember_too_much_are_refused(
    plant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = Applies(site="north", sensors=["TT-0", "TT-1"])
    mean = Limit(side="high", limit=80.0, window_s=600.0)
    first = put(plant, content(applies=two, trigger=mean))
    monkeypatch.setattr(repository, "MAX_MEMORY", memory_of(first, 2) + memory_of(first, 1) - 1)
    for trigger in (mean, EventCount(event_type="trip", count=1_000, window_s=60.0)):
        with pytest.raises(Conflict, match="bytes of memory; 5,611 of 16,835 are left") as refused:
            put(plant, content("Another", trigger=trigger))
        assert refused.value.problem == "too-much-memory"
    override = Override(target="TT-0", trigger=mean)
    with pytest.raises(Conflict, match="bytes of memory"):
        put(plant, content("Another", overrides=[override]))
    results = import_rules(plant, export(plant).replace("Too warm", "Other"), author="ben", now=NOW)
    assert results[0].what == "refused" and "bytes of memory" in results[0].detail
    put(plant, content("A limit of each value"))
    monkeypatch.setattr(repository, "MAX_MEMORY", 1)
    changed = put(plant, content(applies=two, trigger=mean, on_delay_s=5.0), first)
    put(plant, content(applies=two), changed)


def test_the_rules_of_a_deleted_site_go_with_it(plant: TenantConnection) -> None:
    from catalog import operations
    from catalog.kinds import SITES

    bulk_upsert(plant, "sites", [{"slug": "south", "name": "South", "timezone": "UTC"}])
    bulk_upsert(plant, "sensors", [{"site": "south", "tag": "TT-0", "name": "Supply", "unit": "°C"}])
    gone = put(plant, content("South", applies=Applies(site="south", sensors=["TT-0"])))
    put(plant, content("North", suppressed_by=["South"]))
    site = repository.Scope.of(plant).snapshot.site("south")
    assert site is not None
    operations.delete(plant, SITES, site.id, None, cascade=True)
    assert [(rule.name, rule.suppressed_by) for rule in repository.find(plant)] == [("North", [])]
    assert documents(plant).find(repository.VERSIONS, {"rule": gone.id}) == []


def test_a_restore_is_noticed(plant: TenantConnection) -> None:
    from config.dataplane import Stores

    made = put(plant, content())
    saved = {collection: list(pieces) for collection, pieces in Stores().dump_documents(plant)}
    put(plant, content(limit=70.0), made)
    before = repository.log_of(plant).position()
    Stores().load_documents(plant, saved)
    assert repository.log_of(plant).position() != before
    assert repository.find(plant) == [made] and len(repository.versions(plant, made.id)) == 1


def test_another_tenant_has_none_of_them(plant: TenantConnection, rival: TenantConnection) -> None:
    made = put(plant, content())
    assert made.id not in [rule.id for rule in repository.find(rival)]
    with pytest.raises(NotFound):
        repository.get(rival, made.id)
    with pytest.raises(NotFound):
        repository.put(rival, made.id, content(), None, author="eve", now=NOW)


# Files


def test_an_exported_file_changes_nothing_and_creates_everything_elsewhere(plant: TenantConnection) -> None:
    a = put(plant, content("A"))
    put(plant, content("B", suppressed_by=[a.id], trigger=Deviation(set_point="TT-1", limit=2.0)))
    text = export(plant)
    assert '- "north:TT-0"' in text and 'set_point: "north:TT-1"' in text and '- "A"' in text
    assert [each.what for each in import_rules(plant, text, author="ben", now=NOW)] == ["unchanged"] * 2
    for rule in reversed(repository.find(plant)):
        repository.delete(plant, rule.id, None)
    reversed_text = "rules:\n" + "".join(
        "- name:" + each for each in reversed(text.partition("rules:\n")[2].split("- name:")[1:])
    )
    assert [each.what for each in import_rules(plant, reversed_text, author="ben", now=NOW)] == ["created"] * 2
    assert export(plant) == text
    assert [rule.note for rule in repository.find(plant)] == ["Imported from a file"] * 2


def test_nothing_of_a_file_is_stored_if_one_rule_is_refused(plant: TenantConnection) -> None:
    put(plant, content("A"))
    text = export(plant).replace("80.0", "70.0") + (
        "- {name: B, applies: {sensors: [north:TT-9]}, trigger: {kind: stale, after_s: 60}}\n"
    )
    results = import_rules(plant, text, author="ben", now=NOW)
    assert [(each.name, each.what) for each in results] == [("A", "changed"), ("B", "refused")]
    assert "Did you mean" in results[1].detail
    assert [rule.version for rule in repository.find(plant)] == [1]


def test_a_dry_run_stores_nothing(plant: TenantConnection) -> None:
    text = "rules:\n- {name: B, applies: {sensors: [north:TT-1]}, trigger: {kind: stale, after_s: 60}}\n"
    assert [each.what for each in import_rules(plant, text, author="ben", now=NOW, dry_run=True)] == ["created"]
    assert repository.find(plant) == []
    assert [each.what for each in import_rules(plant, text, author="ben", now=NOW)] == ["created"]
    assert len(repository.versions(plant, repository.find(plant)[0].id)) == 1


def test_a_circle_within_a_file_is_refused(plant: TenantConnection) -> None:
    rest = "applies: {sensors: [north:TT-1]}, trigger: {kind: stale, after_s: 60}"
    text = f"rules:\n- {{name: A, {rest}, suppressed_by: [B]}}\n- {{name: B, {rest}, suppressed_by: [A]}}\n"
    results = import_rules(plant, text, author="ben", now=NOW)
    assert [each.what for each in results] == ["created", "refused"] and "is a cycle" in results[1].detail
    assert repository.find(plant) == []


def test_names_of_a_file_that_differ_in_spaces_or_case_only_are_the_same(plant: TenantConnection) -> None:
    rest = "applies: {sensors: [north:TT-1]}, trigger: {kind: stale, after_s: 60}"
    text = f"rules:\n- {{name: Supply silent, {rest}}}\n- {{name: 'supply   silent ', {rest}}}\n"
    results = import_rules(plant, text, author="ben", now=NOW)
    assert [each.what for each in results] == ["created", "refused"] and "two rules of this name" in results[1].detail
    assert repository.find(plant) == []
