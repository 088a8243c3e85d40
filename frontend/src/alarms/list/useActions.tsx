import { Suspense, useEffect, useState } from "react";
import type { ReactNode } from "react";
import { useAct } from "../../alarmData";
import type { Alarm } from "../../alarmData";
import { useMomentOf } from "../../moment";
import { useTenant } from "../../tenant";
import * as may from "./actions";
import type { Asked, Doing } from "./Dialogs";
import { texts } from "../texts";
import { lazy } from "../../ui/lazy";

const Dialogs = lazy(() => import("./Dialogs").then((m) => ({ default: m.Dialogs })));

export interface Actions {
  /** Why nothing can be done; undefined if something can. */
  closed: string | undefined;
  busy: boolean;
  acknowledge: (alarms: readonly Alarm[]) => void;
  reset: (alarms: readonly Alarm[]) => void;
  unshelve: (alarms: readonly Alarm[]) => void;
  returnToService: (alarms: readonly Alarm[]) => void;
  ask: (what: Asked, alarms: readonly Alarm[]) => void;
  /** What became of the last one, for the top of the list. */
  outcome: { done: string; refused: { detail: string; count: number }[]; error: unknown } | null;
  dismiss: () => void;
  dialog: ReactNode;
}

/** What went well is said for as long as it takes to read it. */
const READ_MS = 6_000;

const keysOf = (alarms: readonly Alarm[]) => alarms.map((alarm) => alarm.key);

/** What people do with alarms, by button and by key. */
export function useActions(): Actions {
  const past = useMomentOf((at) => at !== null);
  const tenant = useTenant();
  const act = useAct();
  const [asked, setAsked] = useState<{ what: Asked; alarms: readonly Alarm[] } | null>(null);
  const closed = past ? texts.closedPast : tenant?.role === "viewer" ? texts.closedViewer : undefined;
  const run = (doing: Doing, alarms: readonly Alarm[]) => {
    if (closed || alarms.length === 0) return;
    act.mutate({ ...doing, keys: keysOf(alarms) }, { onSuccess: () => setAsked(null) });
  };
  const on = (action: Doing["action"], check: (alarm: Alarm) => boolean) => (alarms: readonly Alarm[]) =>
    run({ action }, alarms.filter(check));
  const outcome =
    act.data && act.variables
      ? { done: texts.did[act.variables.action](act.data.alarms.length), error: null }
      : act.error && !asked
        ? { done: "", error: act.error }
        : null;
  const clean = outcome !== null && outcome.error === null && act.data?.refused.length === 0;
  const { reset } = act;
  useEffect(() => {
    if (!clean) return;
    const timer = setTimeout(reset, READ_MS);
    return () => clearTimeout(timer);
  }, [clean, reset]);
  return {
    closed,
    busy: act.isPending,
    acknowledge: on("acknowledge", may.mayAcknowledge),
    reset: on("reset", may.mayReset),
    unshelve: on("unshelve", may.mayUnshelve),
    returnToService: on("in-service", may.mayReturnToService),
    ask: (what, alarms) => {
      if (closed || alarms.length === 0) return;
      act.reset();
      setAsked({ what, alarms });
    },
    outcome: outcome && { ...outcome, refused: may.reasonsOf(act.data?.refused ?? []) },
    dismiss: reset,
    dialog: asked && (
      <Suspense fallback={null}>
        <Dialogs
          {...asked}
          close={() => setAsked(null)}
          run={(doing) => run(doing, asked.alarms)}
          busy={act.isPending}
          error={act.error}
        />
      </Suspense>
    ),
  };
}
