"""Requests for corrections, and how they are reported."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kernel.times import MAX_CHARS

Action = Literal["delete", "shift", "swap", "convert"]
MAX_SENSORS = 1_000
MAX_TIME_MS = 9_000_000_000_000  # 2255, within what InfluxDB stores
Milliseconds = Annotated[int, Meta(ge=-MAX_TIME_MS, le=MAX_TIME_MS)]
Moment = Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Milliseconds  # ISO 8601 with a zone, or epoch ms


class NewCorrection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request for a correction."""

    action: Action
    sensors: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=200)]],
        Meta(min_length=1, max_length=MAX_SENSORS, description="Ids, or tags as `site:tag`; exactly two for a swap"),
    ]
    start: Annotated[
        Moment | None,
        Meta(description="ISO 8601 with a zone, or epoch ms. A swap without one takes all samples before `end`"),
    ] = None
    end: Annotated[
        Moment | None, Meta(description="Not included. A swap without one takes all samples from `start` on")
    ] = None
    by_ms: Annotated[
        Annotated[Milliseconds, Meta(extra_json_schema={"not": {"const": 0}})] | None,
        Meta(description="Shift only: how many ms later; negative for earlier"),
    ] = None
    unit: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200)] | None,
        Meta(description="Convert only: the unit in which the values of this range were recorded"),
    ] = None
    dry_run: Annotated[bool, Meta(description="Only count; `start` then does it")] = False


class NewUndo(Struct, frozen=True, forbid_unknown_fields=True):
    """A request to undo an import or a correction."""

    dry_run: Annotated[bool, Meta(description="Only count; `start` then does it")] = False


class CorrectedSensor(Struct):
    """Counts of one sensor's samples. `left`: something else has been stored there since, and stays."""

    sensor: str
    removed: int = 0
    added: int = 0
    changed: int = 0
    left: int = 0


class CorrectionResult(Struct):
    """Of a dry run: what would be done."""

    removed: int = 0
    added: int = 0
    changed: int = 0
    left: int = 0
    sensors: list[CorrectedSensor] = []


class CorrectionProgress(Struct, frozen=True):
    """`samples` have been planned so far; `done` of `pieces` are written. `pieces` is known once planning has ended."""

    samples: int = 0
    done: int = 0
    pieces: int = 0


class Correction(Struct, frozen=True, kw_only=True):
    """A change of stored samples that an engineer requested."""

    id: Annotated[str, Meta(description="Such as k7k2m9q4xwa")]
    action: Literal["delete", "shift", "swap", "convert", "undo"]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    dry_run: bool
    sensors: Annotated[list[str], Meta(description="Ids, in the order of the request; none for an undo")]
    start: int | None = None
    end: int | None = None
    by_ms: int | None = None
    unit: str | None = None
    target: Annotated[str | None, Meta(description="Undo only: the import or correction")] = None
    created: Annotated[int, Meta(description="Epoch ms")]
    created_by: str
    finished: Annotated[int | None, Meta(description="Epoch ms")] = None
    progress: CorrectionProgress = CorrectionProgress()
    attempts: Annotated[int, Meta(description="How many attempts have been started")] = 0
    result: CorrectionResult | None = None
    error: Annotated[str | None, Meta(description="Why it failed")] = None


class CorrectionList(Struct, frozen=True):
    results: list[Correction]
    next: str | None = None
