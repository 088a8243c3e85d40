import { useCallback, useState } from "react";
import { useCase, useMayWork } from "../../cases";
import type { Case } from "../../cases";
import { useShortcuts } from "../../keyboard";
import { useMoment, useParams } from "../../moment";
import { beside } from "../beside";
import { useActions } from "./useActions";
import type { Actions } from "./useActions";

export interface Board {
  current: string | null;
  show: (id: string | null) => void;
  adding: boolean;
  setAdding: (adding: boolean) => void;
  /** Undefined for who may not. */
  add: (() => void) | undefined;
  actions: Actions;
}

/** A list with its current case, keys and actions. */
export function useBoard(cases: readonly Case[]): Board {
  const [params, change] = useParams();
  const [adding, setAdding] = useState(false);
  const mayWork = useMayWork();
  const { at } = useMoment();
  const current = params.get("case");
  const read = useCase(current, at).data;
  const show = useCallback((id: string | null) => change({ case: id }, { replace: true }), [change]);
  const actions = useActions();
  const add = mayWork ? () => setAdding(true) : undefined;
  const go = (step: 1 | -1) => () => {
    const next = beside(cases, current, step);
    if (next) show(next);
  };
  const shown = read ?? cases.find((each) => each.id === current);
  const withShown = (act: (each: Case) => void) => () => (shown ? act(shown) : false);
  useShortcuts("work", {
    next: go(1),
    previous: go(-1),
    add: () => (add ? add() : false),
    edit: withShown(actions.edit),
    take: withShown(actions.take),
    start: withShown(actions.start),
    finish: withShown(actions.finish),
    close: () => (current ? show(null) : false),
  });
  return { current, show, adding, setAdding, add, actions };
}
