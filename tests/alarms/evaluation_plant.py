"""A plant whose rules are evaluated step by step, in a tenant without other keys and documents."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from alarms import states
from alarms.evaluation.stored_rules import StoredRules
from alarms.evaluation.tenant import TenantEvaluator
from alarms.machine.model import State
from alarms.rules import repository
from alarms.rules.models import AlarmRule, Applies, Limit, RuleContent
from alarms.states import Added
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.batch import Batch, encode
from kernel.tenancy import TenantConnection
from web.stores import alarms, streams

T = 1_770_000_000_000
S = 1_000
TAGS = ("TT-101", "TT-102", "TT-103")


@dataclass
class Evaluated:
    """`now` is the evaluator's clock (epoch ms)."""

    tenant: TenantConnection
    site: str
    slug: str
    now: int = T
    evaluators: list[TenantEvaluator] = field(default_factory=list)

    def sensor(self, tag: str) -> str:
        found = snapshot_of(self.tenant).sensor(self.site, tag)
        assert found is not None
        return found.id

    def rule(self, tag: str = "TT-101", limit: float = 80.0, **more: Any) -> AlarmRule:
        """A high limit unless `trigger` says otherwise."""
        content: dict[str, Any] = {
            "name": f"Rule {secrets.token_hex(3)}",
            "applies": Applies(site=self.slug, sensors=[tag]),
            "trigger": Limit(side="high", limit=limit),
            "enabled": True,
        }
        return repository.put(self.tenant, None, RuleContent(**(content | more)), None, author="anna", now=self.now)

    def change(self, rule: AlarmRule, **more: Any) -> AlarmRule:
        content = repository.content_of(rule)
        changed = RuleContent(**({name: getattr(content, name) for name in RuleContent.__struct_fields__} | more))
        return repository.put(self.tenant, rule.id, changed, None, author="anna", now=self.now)

    def key(self, rule: AlarmRule, tag: str = "TT-101") -> str:
        return f"{rule.id}:{self.sensor(tag)}"

    def send(self, *samples: tuple[str, int, float], quality: int = 0) -> None:
        """(tag, epoch ms, value), as one batch that waits in the queue."""
        tags = list(dict.fromkeys(tag for tag, _, _ in samples))
        batch = Batch(
            [(self.site, self.sensor(tag)) for tag in tags],
            np.array([tags.index(tag) for tag, _, _ in samples], np.uint32),
            np.array([t for _, t, _ in samples], np.int64) * 1_000_000,
            np.array([v for _, _, v in samples], np.float64),
            np.full(len(samples), quality, np.uint8),
        )
        streams().append(self.tenant, [(len(samples), encode(batch))])

    def evaluator(self) -> TenantEvaluator:
        """One that knows nothing but what is stored."""
        made = TenantEvaluator(self.tenant, StoredRules(self.tenant), lambda: self.now)
        self.evaluators.append(made)
        return made

    def run(self, evaluator: TenantEvaluator | None = None) -> TenantEvaluator:
        evaluator = evaluator or self.evaluator()
        evaluator.check_rules()
        while evaluator.run_once().more:
            pass
        return evaluator

    def transitions(self) -> list[Added]:
        """Those that wait for the journal, in order of their numbers."""
        return [states.added_of(each.payload) for each in alarms().outgoing(self.tenant.prefix, 10_000)]

    def told(self) -> list[tuple[str, int]]:
        return [(str(each.transition.what), each.transition.t) for each in self.transitions()]

    def state(self, key: str) -> State:
        return states.read(self.tenant, [key])[key].state

    def write(self) -> None:
        """What the writer does with the queue, but for InfluxDB."""
        while entries := streams().read(self.tenant.prefix, 100):
            streams().commit(self.tenant.prefix, entries)


def make_plant(tenant: TenantConnection, tags: Sequence[str] = TAGS) -> Evaluated:
    slug = f"plant-{secrets.token_hex(4)}"
    ids = bulk_upsert(tenant, "sites", [{"slug": slug, "name": slug, "timezone": "UTC"}]).ids
    sensors = [{"site": slug, "tag": tag, "name": tag, "unit": "°C", "interval_s": 1.0} for tag in tags]
    bulk_upsert(tenant, "sensors", sensors)
    return Evaluated(tenant, ids[slug], slug)
