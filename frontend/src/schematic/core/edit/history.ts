import type { Drawing } from "../types";
import type { Change } from "./change";
import { apply, inverse, merge } from "./change";

interface Step {
  change: Change;
  /** Consecutive steps of one key are one step: a drag, typing in a field. */
  key: string | undefined;
}

/** What was done and can be undone, without a limit; and what was undone and can be redone. */
export interface History {
  drawing: Drawing;
  done: readonly Step[];
  undone: readonly Step[];
}

export const startHistory = (drawing: Drawing): History => ({ drawing, done: [], undone: [] });

export function perform(history: History, change: Change, key?: string): History {
  if (change.length === 0) return history;
  const last = history.done.at(-1);
  const joins = key !== undefined && last?.key === key && history.undone.length === 0;
  const done = joins
    ? [...history.done.slice(0, -1), { change: merge(last.change, change), key }]
    : [...history.done, { change, key }];
  return { drawing: apply(history.drawing, change), done, undone: [] };
}

export function undo(history: History): History {
  const step = history.done.at(-1);
  if (!step) return history;
  return {
    drawing: apply(history.drawing, inverse(step.change)),
    done: history.done.slice(0, -1),
    undone: [...history.undone, { ...step, key: undefined }],
  };
}

export function redo(history: History): History {
  const step = history.undone.at(-1);
  if (!step) return history;
  return {
    drawing: apply(history.drawing, step.change),
    done: [...history.done, step],
    undone: history.undone.slice(0, -1),
  };
}

/** Ends merging: what comes next is a step of its own. */
export function seal(history: History): History {
  const last = history.done.at(-1);
  if (last?.key === undefined) return history;
  return { ...history, done: [...history.done.slice(0, -1), { ...last, key: undefined }] };
}
