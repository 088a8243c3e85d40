import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "../api/client";
import type { Dashboard, DashboardContent } from "../api/types";
import { contentOf, saveDashboard } from "./data";

const DELAY_MS = 700;
const RETRY_MS = 5_000;

export type SaveState = "saved" | "saving" | "failed";

interface Options {
  dashboard: Dashboard;
  onSaved: (dashboard: Dashboard) => void;
  save?: typeof saveDashboard;
}

/**
 * A dashboard that is edited: changes are saved a moment after the last one, each from the revision that the server
 * gave. `conflict`: how somebody else has saved it meanwhile; nothing is saved until `resolve` has chosen. `store` saves at
 * once, and says whether all is saved; `discard` goes back to what was saved last.
 */
export function useAutosave({ dashboard, onSaved, save = saveDashboard }: Options) {
  const [content, setContent] = useState(() => contentOf(dashboard));
  const [state, setState] = useState<SaveState>("saved");
  const [error, setError] = useState<unknown>(null);
  const [conflict, setConflict] = useState<Dashboard | null>(null);
  const known = useRef({ revision: dashboard.revision, wanted: content, stored: content, stopped: false });
  const running = useRef<Promise<void>>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const announce = useRef(onSaved);
  useEffect(() => {
    announce.current = onSaved;
  });

  const run = useCallback(async () => {
    const now = known.current;
    try {
      while (!now.stopped && now.wanted !== now.stored) {
        setState("saving");
        const sent = now.wanted;
        const saved = await save(dashboard.id, sent, now.revision);
        now.revision = saved.revision;
        now.stored = sent;
        setError(null);
        announce.current(saved);
        if (now.wanted === sent) setState("saved");
      }
    } catch (problem) {
      setState("failed");
      if (problem instanceof Problem && problem.slug === "stale-revision") {
        now.stopped = true;
        setConflict(problem.extra.current as Dashboard);
      } else setError(problem);
    }
  }, [dashboard.id, save]);
  const store = useCallback(async () => {
    clearTimeout(timer.current);
    running.current ??= run().finally(() => (running.current = undefined));
    await running.current;
    return known.current.wanted === known.current.stored;
  }, [run]);

  const change = useCallback(
    (update: (content: DashboardContent) => DashboardContent) => {
      const next = update(known.current.wanted);
      if (next === known.current.wanted) return;
      known.current.wanted = next;
      setContent(next);
      setState("saving");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void store(), DELAY_MS);
    },
    [store],
  );
  const resolve = useCallback(
    (mine: boolean) => {
      const now = known.current;
      if (!conflict) return;
      now.revision = conflict.revision;
      now.stopped = false;
      setConflict(null);
      if (mine) return void store();
      const theirs = contentOf(conflict);
      [now.wanted, now.stored] = [theirs, theirs];
      setContent(theirs);
      setState("saved");
      announce.current(conflict);
    },
    [conflict, store],
  );
  const discard = useCallback(() => {
    const now = known.current;
    clearTimeout(timer.current);
    now.wanted = now.stored;
    setContent(now.stored);
    setError(null);
    setState("saved");
  }, []);
  useEffect(() => {
    if (error === null) return;
    const again = setTimeout(() => void store(), RETRY_MS);
    return () => clearTimeout(again);
  }, [error, store]);
  useEffect(() => () => void store(), [store]);
  return { content, state, error, conflict, change, resolve, store, discard };
}
