"""How a case comes from one state into another, and how it was at a past moment. Pure; times in epoch ms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from kernel.errors import BadRequest
from work.cases.models import MAX_STEPS, Case, CaseState, CaseStep
from work.fields import wrong

CLOSED: tuple[CaseState, ...] = ("done", "cancelled")
_TITLES = {"open": "open", "in_progress": "in progress", "done": "done", "cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Progress:
    """`began`, `ended`: None where it has not, or nobody said when."""

    state: CaseState
    began: int | None
    ended: int | None
    steps: list[CaseStep]

    def members(self) -> dict[str, Any]:
        """Of the case."""
        return {"state": self.state, "began": self.began, "ended": self.ended, "steps": self.steps}


def opened(at: int, by: str) -> Progress:
    return Progress("open", None, None, [CaseStep(at=at, state="open", by=by)])


def moved(was: Progress, state: CaseState, began: int | None, ended: int | None, by: str, now: int) -> Progress:
    """In another state, or with other times in the same. `began`, `ended`: as given; None: as they are, or now if it
    begins or ends with this. Raises BadRequest for times that contradict each other.
    """
    if state == "open" and began is not None:
        raise wrong("began", "An open case has not begun: set its state, or leave `began` out.")
    if state not in CLOSED and ended is not None:
        raise wrong("ended", f"A case that is {_TITLES[state]} has not ended: set its state, or leave `ended` out.")
    steps, is_new = list(was.steps), state != was.state
    if began is None and state != "open":
        began = now if is_new and state == "in_progress" and was.began is None else was.began
    if ended is None and state in CLOSED:
        ended = now if is_new else was.ended
    _check_order(steps[0].at, began, ended, now)
    if began is not None:
        steps = _begun(steps, began, by)
    if is_new and steps[-1].state != state:
        steps.append(CaseStep(at=max(now if ended is None else ended, steps[-1].at), state=state, by=by))
    elif ended is not None and steps[-1].at != ended:
        steps[-1] = replace(steps[-1], at=ended)
    if ended is not None and len(steps) > 1 and ended < steps[-2].at:
        raise wrong("ended", "`ended` is before the case came into the state that it was in before.")
    if len(steps) > MAX_STEPS:
        raise BadRequest(f"A case changes its state at most {MAX_STEPS} times.", slug="too-many-steps")
    return Progress(state, began, ended, steps)


def progress_of(case: Case) -> Progress:
    return Progress(case.state, case.began, case.ended, case.steps)


def as_of(case: Case, at: int) -> Case | None:
    """With the state that it had then, the rest as given; None: it was not open yet."""
    steps = [step for step in case.steps if step.at <= at]
    if not steps:
        return None
    last = steps[-1]
    beginning = _beginning(steps)
    return replace(
        case,
        state=last.state,
        began=None if beginning is None else steps[beginning].at,
        ended=last.at if last.state in CLOSED else None,
        steps=steps,
    )


def _check_order(opened: int, began: int | None, ended: int | None, now: int) -> None:
    if began is not None and not opened <= began <= now:
        raise wrong("began", "`began` is between the time at which the case was opened and now.")
    if ended is not None and not (opened if began is None else began) <= ended <= now:
        raise wrong("ended", "`ended` is between the time at which work on the case began, or it was opened, and now.")


def _begun(steps: list[CaseStep], at: int, by: str) -> list[CaseStep]:
    """The first step into progress since it was open is moved to that time, or added after those that are earlier."""
    place = _beginning(steps)
    if place is None:
        since = _last_open(steps)
        place = next((place for place in range(since + 1, len(steps)) if steps[place].at > at), len(steps))
        made, after = CaseStep(at=at, state="in_progress", by=by), steps[place:]
    else:
        made, after = replace(steps[place], at=at), steps[place + 1 :]
    if at < steps[place - 1].at or (after and at > after[0].at):
        raise wrong("began", "`began` contradicts the times of the case's other changes of state.")
    return [*steps[:place], made, *after]


def _beginning(steps: list[CaseStep]) -> int | None:
    """The place of the first step into progress since it was open the last time."""
    places = range(_last_open(steps) + 1, len(steps))
    return next((place for place in places if steps[place].state == "in_progress"), None)


def _last_open(steps: list[CaseStep]) -> int:
    return max(place for place, step in enumerate(steps) if step.state == "open")
