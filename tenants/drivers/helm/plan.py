"""Plans the operations that a release needs, given its revisions. Pure.

A worker that is killed in the middle leaves a release `pending-…`, on which Helm refuses everything but a rollback or
an uninstall. The claim outlives an uninstall, so no sample is lost by either. Helm keeps the record of what was
interrupted as if it were still in progress; it is deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

WANTED = "plantrace.io/wanted"  # the label of a revision that identifies the desired state it was made for


class Act(StrEnum):
    install = "install"
    upgrade = "upgrade"
    rollback = "rollback"
    uninstall = "uninstall"
    forget = "forget"


@dataclass(frozen=True, slots=True)
class Revision:
    number: int
    status: str
    wanted: str = ""

    @property
    def is_pending(self) -> bool:
        return self.status.startswith("pending-")


@dataclass(frozen=True, slots=True)
class Move:
    act: Act
    revision: int = 0  # to roll back to, or to delete


def plan_release(revisions: Sequence[Revision], wanted: str) -> list[Move]:
    """The moves that lead to a deployed release as wanted; none if it already is. `revisions`: oldest first."""
    if not revisions or revisions[-1].status == "uninstalled":
        return [Move(Act.install)]
    last = revisions[-1]
    forgotten = [Move(Act.forget, each.number) for each in revisions[:-1] if each.is_pending]
    return forgotten + _plan_last(revisions, last, wanted)


def _plan_last(revisions: Sequence[Revision], last: Revision, wanted: str) -> list[Move]:
    if last.status == "deployed":
        return [] if last.wanted == wanted else [Move(Act.upgrade)]
    good = [each.number for each in revisions[:-1] if each.status in ("deployed", "superseded")]
    if last.status == "uninstalling" or not good:  # half removed, or a first install that never finished
        return [Move(Act.uninstall), Move(Act.install)]
    if last.is_pending:
        return [Move(Act.rollback, good[-1]), Move(Act.forget, last.number), Move(Act.upgrade)]
    return [Move(Act.upgrade)]  # failed: Helm can upgrade from there
