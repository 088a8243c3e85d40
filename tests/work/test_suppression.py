"""Alarms of assets that are being worked on are suppressed by design, by the real evaluator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from alarms.evaluation import maintenance
from alarms.external.models import Alert
from alarms.external.operations import take
from alarms.machine.model import Condition
from catalog.operations import bulk_upsert, ensure_indexes
from catalog.snapshot import snapshot_of
from kernel.errors import Unavailable
from kernel.ids import TENANT, new_id
from kernel.tenancy import TenantConnection
from kernel.times import iso
from tests.alarms.evaluation_plant import Evaluated, S, T, make_plant
from web.stores import documents, streams
from work.cases.models import Case, CaseChange, NewCase
from work.cases.operations import change, create

pytestmark = pytest.mark.django_db


@dataclass
class Site:
    plant: Evaluated
    assets: dict[str, str]

    def work_on(self, tag: str, **more: Any) -> Case:
        content = {"title": "Repair", "asset": self.assets[tag], "suppress": True, "state": "in_progress", **more}
        return create(self.plant.tenant, NewCase(**content), author="anna", now=self.plant.now)

    def set(self, case: Case, **more: Any) -> Case:
        content = {"title": case.title, "asset": case.asset and case.asset.id, "suppress": case.suppress, **more}
        return change(self.plant.tenant, case.id, CaseChange(**content), None, author="ben", now=self.plant.now)[1]


@pytest.fixture
def site(acme: TenantConnection) -> Iterator[Site]:
    """TT-101 is at pump P-1, which chiller CH-1 contains; TT-102 at P-2; TT-103 nowhere."""
    tenant = replace(acme, id=new_id(TENANT), disk="")
    ensure_indexes(documents(tenant))
    plant = make_plant(tenant)
    bulk_upsert(tenant, "assets", [{"site": plant.slug, "tag": tag, "name": tag} for tag in ("CH-1", "P-2")])
    bulk_upsert(tenant, "assets", [{"site": plant.slug, "tag": "P-1", "name": "Pump", "parent": "CH-1"}])
    sensors = [
        {"site": plant.slug, "tag": tag, "name": tag, "unit": "°C", "interval_s": 1.0, "asset": asset}
        for tag, asset in (("TT-101", "P-1"), ("TT-102", "P-2"))
    ]
    bulk_upsert(tenant, "sensors", sensors)
    yield Site(plant, {asset.tag: asset.id for asset in snapshot_of(tenant).assets.values()})
    streams().drop_tenant(tenant.prefix)
    documents(tenant).drop()


def reason(case: Case) -> str:
    return f"maintenance:{case.id}:{case.number}"


def test_alarms_are_suppressed_while_the_case_is_in_progress(site: Site) -> None:
    plant = site.plant
    rule, other = plant.rule("TT-101"), plant.rule("TT-102")
    evaluator = plant.run()
    case = site.work_on("P-1")
    plant.run(evaluator)
    plant.send(("TT-101", T + S, 90.0), ("TT-102", T + S, 90.0))
    plant.now = T + 2 * S
    plant.run(evaluator)
    suppressed, told = plant.state(plant.key(rule)), plant.state(plant.key(other, "TT-102"))
    assert suppressed.suppressed == (reason(case),) and not suppressed.annunciated
    assert suppressed.condition is Condition.UNACKNOWLEDGED and told.suppressed == () and told.active
    [raised] = [
        each.transition
        for each in plant.transitions()
        if each.transition.what == "raised" and each.key == plant.key(rule)
    ]
    assert raised.suppressed, "people are not told"
    site.set(case, state="done")
    plant.now = T + 3 * S
    plant.run(evaluator)
    assert plant.state(plant.key(rule)).annunciated and plant.state(plant.key(rule)).active
    mine = [each for each in plant.transitions() if each.key == plant.key(rule)]
    assert [str(each.transition.what) for each in mine] == ["suppressed", "raised", "released"]
    assert mine[1].transition.suppressed, "people are not told"
    assert mine[0].transition.note == mine[-1].transition.note == reason(case)


def test_an_alarm_that_is_there_already_is_suppressed_and_one_that_returned_is_gone(site: Site) -> None:
    plant = site.plant
    rule = plant.rule("TT-101")
    evaluator = plant.run()
    plant.send(("TT-101", T + S, 90.0))
    plant.run(evaluator)
    case = site.work_on("P-1")
    plant.run(evaluator)
    assert plant.state(plant.key(rule)).suppressed == (reason(case),)
    plant.send(("TT-101", T + 2 * S, 20.0))
    plant.run(evaluator)
    assert plant.state(plant.key(rule)).condition is Condition.RETURNED
    site.set(case, state="cancelled")
    plant.run(evaluator)
    assert plant.state(plant.key(rule)).suppressed == ()


def test_what_an_asset_contains_is_maintained_with_it_and_each_case_counts(site: Site) -> None:
    plant = site.plant
    rule = plant.rule("TT-101")
    evaluator = plant.run()
    whole, part = site.work_on("CH-1"), site.work_on("P-1")
    site.work_on("P-1", suppress=False)
    site.work_on("P-2")
    plant.run(evaluator)
    assert plant.state(plant.key(rule)).suppressed == (reason(whole), reason(part))
    site.set(whole, state="done")
    plant.run(evaluator)
    assert plant.state(plant.key(rule)).suppressed == (reason(part),)
    site.set(part, state="open")
    plant.run(evaluator)
    assert plant.state(plant.key(rule)).plain


def test_a_rule_that_comes_later_is_suppressed_before_it_raises(site: Site) -> None:
    plant = site.plant
    plant.send(("TT-101", T + S, 90.0))
    plant.write()
    case = site.work_on("P-1")
    rule = plant.rule("TT-101")
    plant.run()
    assert plant.state(plant.key(rule)).suppressed == (reason(case),)
    assert all(each.transition.suppressed for each in plant.transitions() if each.transition.what == "raised")


def test_an_evaluator_that_starts_again_makes_up_for_what_it_missed(site: Site) -> None:
    plant = site.plant
    rule = plant.rule("TT-101")
    plant.run().release()
    case = site.work_on("P-1")
    plant.run().release()
    assert plant.state(plant.key(rule)).suppressed == (reason(case),)
    site.set(case, state="done")
    plant.run().release()
    plant.run().release()
    assert plant.told().count(("suppressed", T)) == plant.told().count(("released", T)) == 1
    assert plant.state(plant.key(rule)).plain


def test_nothing_changes_while_the_cases_cannot_be_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = site.plant
    rule = plant.rule("TT-101")
    evaluator = plant.run()
    case = site.work_on("P-1")
    plant.run(evaluator)
    evaluator.release()

    class Down:
        def position(self, tenant: TenantConnection) -> object:
            raise Unavailable("The document database does not answer.")

        reasons = position

    with monkeypatch.context() as patch:
        patch.setattr(maintenance, "maintained_assets", Down)
        plant.send(("TT-101", T + S, 90.0))
        plant.run()
        assert plant.state(plant.key(rule)).suppressed == (reason(case),)


def test_an_asset_that_moves_into_a_maintained_one_is_maintained(site: Site) -> None:
    plant = site.plant
    rule = plant.rule("TT-102")
    evaluator = plant.run()
    case = site.work_on("CH-1")
    plant.run(evaluator)
    assert plant.state(plant.key(rule, "TT-102")).plain
    bulk_upsert(plant.tenant, "assets", [{"site": plant.slug, "tag": "P-2", "name": "P-2", "parent": "CH-1"}])
    plant.run(evaluator)
    assert plant.state(plant.key(rule, "TT-102")).suppressed == (reason(case),)


def test_alerts_of_other_systems_are_suppressed_too(site: Site) -> None:
    plant = site.plant
    tenant, labels = plant.tenant, {"alertname": "Down", "site": plant.slug, "asset": "P-1"}

    def alert(name: str, status: str = "firing", at: int = T) -> Alert:
        ended = iso(at) if status == "resolved" else ""
        return Alert(status=status, labels=labels, starts_at=iso(T), ends_at=ended, fingerprint=name)  # type: ignore[arg-type]

    take(tenant, [alert("before")], T)
    case = site.work_on("P-1")
    take(tenant, [alert("during")], T + S)
    for key in ("external:before", "external:during"):
        assert plant.state(key).suppressed == (reason(case),), key
    raised = [each.transition for each in plant.transitions() if each.transition.what == "raised"]
    assert [each.suppressed for each in raised] == [False, True]
    take(tenant, [alert("during", "resolved", T + 2 * S)], T + 2 * S)
    site.set(case, state="done")
    assert plant.state("external:before").annunciated and plant.state("external:before").active
    assert plant.state("external:during").suppressed == ()
