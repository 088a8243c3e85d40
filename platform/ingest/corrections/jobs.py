"""Corrections as jobs: the whole change is journalled first, then written piece by piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from catalog.snapshot import snapshot_of
from ingest.changes import (
    Applied,
    Changes,
    Journal,
    apply,
    is_held,
    is_undoable,
    journal_of,
    left_alone,
    plan_undo,
    put_back,
)
from ingest.corrections.checks import check_undo, conversion_from, parse_correction, require_ended, span_of
from ingest.corrections.models import (
    CorrectedSensor,
    Correction,
    CorrectionProgress,
    CorrectionResult,
    NewCorrection,
)
from ingest.corrections.plans import Series, plan_convert, plan_delete, plan_shift, plan_swap
from jobs import Clock, DocumentJobs, JobRun, Outcome, Queue, Retention
from kernel import ids
from kernel.errors import BadRequest, Conflict
from kernel.tenancy import TenantConnection
from stores.documents import Document
from web.stores import documents, reader

COLLECTION = "corrections"
PLANNED = "planned"  # member of the document: how many pieces the change has; until it is set, nothing has been written
LEFT = "left"  # of a planned undo, by sensor: how many samples it does not touch


def queue(tenant: TenantConnection, wanted: NewCorrection, user: str, now: int) -> Correction:
    """BadRequest, and nothing is kept, if it is not valid."""
    parsed = parse_correction(snapshot_of(tenant), wanted)
    return _insert(
        tenant,
        Correction(
            id=ids.new_id(ids.CORRECTION), action=wanted.action, state="queued", dry_run=wanted.dry_run,
            sensors=[sensor.id for sensor in parsed.sensors], start=parsed.start, end=parsed.end, by_ms=wanted.by_ms,
            unit=parsed.unit, created=now, created_by=user,
        ),
    )  # fmt: skip


def queue_undo(tenant: TenantConnection, target: str, dry_run: bool, user: str, now: int) -> Correction:
    """Undo of an import or correction that is known to be the tenant's. Conflict if its journal is gone."""
    check_undo(tenant, target)
    return _insert(
        tenant,
        Correction(
            id=ids.new_id(ids.CORRECTION), action="undo", state="queued", dry_run=dry_run, sensors=[], target=target,
            created=now, created_by=user,
        ),
    )  # fmt: skip


def read(tenant: TenantConnection, id: str) -> Correction:
    return _correction(JOBS.get(tenant, id))


def present(tenant: TenantConnection, document: Document) -> Correction:
    return _correction(document)


def in_short(tenant: TenantConnection, document: Document) -> Correction:
    """With only the totals of its result."""
    found = _correction(document)
    return msgspec.structs.replace(found, result=_totals(found.result))


def start(tenant: TenantConnection, id: str) -> Correction:
    """Does what a finished dry run counted. Conflict if it is not a finished dry run."""
    read(tenant, id)
    return _correction(JOBS.restart(tenant, id, result=None, progress={}))


def cancel(tenant: TenantConnection, id: str, now: int) -> Correction:
    """Ends one that is queued or running. What it has written stays, and can be undone."""
    return _correction(JOBS.cancel(tenant, id, now))


def purge(tenant: TenantConnection, now: int, retention: Retention) -> int:
    """Delete old corrections. Returns how many."""
    return JOBS.purge(tenant, now, retention, lambda document: is_undoable(tenant, document, now))


def perform(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Makes an attempt, unless another long job of the tenant is running or this one has ended."""
    outcome = JOBS.attempt(tenant, id, lambda document, run: _work(tenant, document, run, clock), clock)
    if outcome is not Outcome.ended:
        return outcome
    _delete_dry_run_plan(tenant, id)
    return JOBS.settle(tenant, id) if put_back_if_held(tenant) else Outcome.waits


def _delete_dry_run_plan(tenant: TenantConnection, id: str) -> None:
    """The plan of a dry run that did not complete, which is no longer needed."""
    document = documents(tenant).get(COLLECTION, id)
    if document is not None and document["dry_run"] and document["state"] in ("failed", "cancelled"):
        journal_of(tenant, id).clear()


def put_back_if_held(tenant: TenantConnection) -> bool:
    """What an attempt that is not repeated left deleted. False while another job of the tenant is running."""
    if not is_held(tenant):
        return True
    slot = JOBS.slot(tenant)
    if not slot.acquire():
        return False
    with slot:
        put_back(tenant)
    return True


def _work(tenant: TenantConnection, document: Document, run: JobRun, clock: Clock) -> None:
    correction = _correction(document)
    put_back(tenant)
    if correction.action == "undo":
        counted = _undo(tenant, correction, document, run)
    elif correction.dry_run:
        counted = _count(_plan(tenant, correction), run)
    else:
        counted = _correct(tenant, correction, document.get(PLANNED), run)
    run.save(state="done", finished=clock(), result=_result(counted))


def _count(pieces: Iterator[list[Changes]], run: JobRun) -> dict[str, Applied]:
    counted: dict[str, Applied] = {}
    samples = 0
    for piece in pieces:
        for each in piece:
            samples += len(each)
            _add(counted, {each.key: counts_of(each)})
        run.save(progress=CorrectionProgress(samples=samples))
    return counted


def _correct(tenant: TenantConnection, correction: Correction, planned: int | None, run: JobRun) -> dict[str, Applied]:
    journal = journal_of(tenant, correction.id)
    if planned is None:
        journal.clear()  # an attempt that ended while planning has written nothing
        samples = 0
        for piece in _plan(tenant, correction):
            run.check()
            journal.append(piece)
            samples += sum(map(len, piece))
            run.save(progress=CorrectionProgress(samples=samples))
        planned = journal.count()
        run.save(**{PLANNED: planned})
    return _apply(tenant, journal, planned, correction, run, {})


def _undo(tenant: TenantConnection, correction: Correction, document: Document, run: JobRun) -> dict[str, Applied]:
    """As any correction, planned as a whole before the first write, so that each sample is counted once."""
    assert correction.target is not None
    target, plan = journal_of(tenant, correction.target), journal_of(tenant, correction.id)
    planned, left = document.get(PLANNED), document.get(LEFT, {})
    if planned is None:
        if not target.exists():
            raise Conflict(f"The journal of {correction.target} is no longer kept.", slug="not-undoable")
        require_ended(tenant, correction.target)  # it may have been started since
        target.touch()
        plan.clear()
        plan_undo(tenant, target, plan, lambda samples: run.save(progress=CorrectionProgress(samples=samples)))
        left = _left_in(plan)
        planned = plan.count()
        # An earlier release may have begun it: without a plan, counting the pieces of the target.
        correction = msgspec.structs.replace(correction, progress=CorrectionProgress(), result=None)
    counted = {sensor: Applied(left=count) for sensor, count in left.items()}
    if correction.dry_run:
        for number in range(planned):
            _add(counted, {each.key: counts_of(each) for each in plan.read(number)})
    else:
        run.save(**{PLANNED: planned, LEFT: left})
        counted = _apply(tenant, plan, planned, correction, run, counted)
    plan.clear()  # the target's own journal stays
    return counted


def _left_in(plan: Journal) -> dict[str, int]:
    left: Counter[str] = Counter()
    for number in range(plan.count()):
        for key, count in left_alone(plan.read(number)).items():
            left[key.rpartition("/")[2]] += count
    return {sensor: count for sensor, count in left.items() if count}


def _apply(
    tenant: TenantConnection, journal: Journal, pieces: int, correction: Correction, run: JobRun,
    counted: dict[str, Applied],
) -> dict[str, Applied]:  # fmt: skip
    """Applies the pieces, starting where an earlier attempt stopped. `counted` is added to in the first attempt."""
    done = correction.progress.done
    if done and correction.result:
        counted = {part.sensor: _applied(part) for part in correction.result.sensors}
    for number in range(done, pieces):
        _add(counted, apply(tenant, journal.read(number), run.check))
        progress = CorrectionProgress(correction.progress.samples, number + 1, pieces)
        run.save(progress=progress, result=_result(counted))
    return counted


def _plan(tenant: TenantConnection, correction: Correction) -> Iterator[list[Changes]]:
    catalog, store, span = snapshot_of(tenant), reader(tenant), span_of(correction)
    if missing := [id for id in correction.sensors if id not in catalog.sensors]:
        raise BadRequest(f"The sensor {missing[0]} has been deleted in the meantime.", slug="unknown-sensor")
    series = [Series(catalog.sensors[id].site, id) for id in correction.sensors]
    if correction.action == "swap":
        yield from plan_swap(store, series[0], series[1], span)
        return
    for each in series:
        if correction.action == "delete":
            yield from plan_delete(store, each, span)
        elif correction.action == "convert":
            yield from plan_convert(
                store, each, span, conversion_from(catalog.sensors[each.sensor], correction.unit or "")
            )
        else:
            yield from plan_shift(store, each, span, (correction.by_ms or 0) * 1_000_000)


def counts_of(change: Changes) -> Applied:
    """What a change does if nothing else is written in the meantime."""
    change = change.without_same()
    old, new = change.old.there, change.new.there
    return Applied(int((old & ~new).sum()), int((~old & new).sum()), int((old & new).sum()))


def _add(counted: dict[str, Applied], more: dict[str, Applied]) -> None:
    for key, counts in more.items():
        counted.setdefault(key.rpartition("/")[2], Applied()).add(counts)


def _result(counted: dict[str, Applied]) -> CorrectionResult:
    total = Applied()
    for counts in counted.values():
        total.add(counts)
    parts = [CorrectedSensor(sensor, *_numbers(counts)) for sensor, counts in sorted(counted.items())]
    return CorrectionResult(*_numbers(total), sensors=parts)


def _numbers(counts: Applied) -> tuple[int, int, int, int]:
    return counts.removed, counts.added, counts.changed, counts.left


def _applied(part: CorrectedSensor) -> Applied:
    return Applied(part.removed, part.added, part.changed, part.left)


def _totals(result: CorrectionResult | None) -> CorrectionResult | None:
    return result and msgspec.structs.replace(result, sensors=[])


def _insert(tenant: TenantConnection, correction: Correction) -> Correction:
    document: Document = msgspec.to_builtins(correction)
    JOBS.add(tenant, {"_id": document.pop("id"), **document})
    return correction


def _correction(document: Document) -> Correction:
    return msgspec.convert({**document, "id": document["_id"]}, Correction)


JOBS = DocumentJobs("correction", COLLECTION, ids.CORRECTION, Queue.long, bulky=("result.sensors", LEFT), in_pods=True)
KIND = JOBS.kind(perform)
