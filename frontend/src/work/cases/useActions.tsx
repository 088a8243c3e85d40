import { Suspense, useState } from "react";
import type { ReactNode } from "react";
import { currentOf, isOpen, useChangeCase, useMayWork, usePeople } from "../../cases";
import type { Case, Draft } from "../../cases";
import { useMomentOf } from "../../moment";
import { texts } from "../texts";
import { lazy } from "../../ui/lazy";

const EditCase = lazy(() => import("./EditCase").then((m) => ({ default: m.EditCase })));
const Finish = lazy(() => import("./Finish").then((m) => ({ default: m.Finish })));

type Act = (each: Case) => void;

export interface Actions {
  /** Why nothing can be done; undefined if something can. */
  closed: string | undefined;
  busy: boolean;
  /** Why the last one was refused. */
  error: unknown;
  start: Act;
  reopen: Act;
  cancel: Act;
  take: Act;
  /** Whether the case can be assigned to the signed-in person, and is not yet. */
  mayTake: (each: Case) => boolean;
  edit: Act;
  finish: Act;
  dialog: ReactNode;
}

/** What people do with a case, by button and by key. */
export function useActions(): Actions {
  const past = useMomentOf((at) => at !== null);
  const mayWork = useMayWork();
  const change = useChangeCase();
  const me = usePeople()?.me ?? null;
  const [asked, setAsked] = useState<{ what: "edit" | "finish"; each: Case } | null>(null);
  const closed = mayWork ? undefined : past ? texts.closedPast : texts.closedViewer;
  const run = (each: Case, changes: Partial<Draft>) => {
    if (mayWork && !change.isPending) change.mutate({ from: each, changes }, { onSuccess: () => setAsked(null) });
  };
  const ask = (what: "edit" | "finish") => (each: Case) => {
    if (!mayWork) return;
    change.reset();
    setAsked({ what, each });
  };
  const mayTake = (each: Case) => me !== null && isOpen(each) && each.assigned?.id !== me;
  const current = currentOf(change.error);
  const common = {
    close: () => setAsked(null),
    busy: change.isPending,
    error: change.error,
    current,
  };
  return {
    closed,
    busy: change.isPending,
    error: asked ? null : change.error,
    start: (each) => each.state === "open" && run(each, { state: "in_progress", began: null }),
    reopen: (each) => !isOpen(each) && run(each, { state: "open", began: null, ended: null }),
    cancel: (each) => isOpen(each) && run(each, { state: "cancelled", ended: null }),
    take: (each) => mayTake(each) && run(each, { assigned: me }),
    mayTake,
    edit: ask("edit"),
    finish: (each) => isOpen(each) && ask("finish")(each),
    dialog: asked && (
      <Suspense fallback={null}>
        {asked.what === "edit" ? (
          <EditCase key={asked.each.id} {...common} each={asked.each} save={run} />
        ) : (
          <Finish key={asked.each.id} {...common} each={asked.each} save={run} />
        )}
      </Suspense>
    ),
  };
}

/** Of the dialogs that change a case. */
export interface DialogProps {
  each: Case;
  close: () => void;
  busy: boolean;
  error: unknown;
  /** What somebody else has stored meanwhile. */
  current: Case | undefined;
  save: (from: Case, changes: Partial<Draft>) => void;
}
