import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Problem } from "../../api/problem";
import { useTenant } from "../../tenant";
import { readMapping, replayMatching, saveMapping, tryRules } from "./api";
import type { Mapping, Trial } from "./api";
import { changed, draftOf, errorsOf, mappingOf, same, startOf, undone } from "./draft";
import type { Draft, Errors, History } from "./draft";

const TRIAL_DELAY_MS = 500;
const TRIAL_INTERVAL_MS = 10_000;

interface Edited {
  base: Mapping;
  history: History;
}

/** Changes that are not saved yet stay while somebody looks at other pages. */
const kept = new Map<string, Edited>();

/** The tenant's mapping, the changes to it, their trial, and saving them. */
export function useMapping() {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const [edited, setEdited] = useState(() => kept.get(tenant.slug));
  const query = useQuery({ queryKey: [tenant.slug, "mapping"], queryFn: ({ signal }) => readMapping(signal) });
  const read = query.data;
  const initial = useMemo(() => read && { base: read, history: startOf(draftOf(read)) }, [read]);
  const now = edited ?? initial;
  const draft = now?.history.draft;
  const dirty = !!edited && !same(edited.history.draft, draftOf(edited.base));
  useEffect(() => {
    if (edited && dirty) kept.set(tenant.slug, edited);
    else kept.delete(tenant.slug);
  }, [tenant.slug, edited, dirty]);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
  const sent = useMemo(() => draft && mappingOf(draft), [draft]);
  const save = useMutation({
    mutationFn: ({ revision }: { revision: number }) => saveMapping(sent!.mapping, revision),
    onSuccess: ({ replayed: _replayed, ...mapping }) => {
      client.setQueryData([tenant.slug, "mapping"], mapping);
      setEdited(undefined);
      for (const what of ["deadletters", "unmapped", "flow"])
        void client.invalidateQueries({ queryKey: [tenant.slug, what] });
    },
  });
  const replay = useMutation({
    mutationFn: replayMatching,
    onSettled: () => client.invalidateQueries({ queryKey: [tenant.slug, "deadletters"] }),
  });
  const change = (next: (history: History) => History) => {
    if (!now) return;
    save.reset();
    replay.reset();
    setEdited({ base: now.base, history: next(now.history) });
  };
  const trial = useTrial(tenant.slug, sent, tenant.role !== "viewer");
  const refused = [save.error, trial.error].find((each) => each instanceof Problem && each.status === 400);
  const listed = refused instanceof Problem ? refused.extra.errors : undefined;
  const errors: Errors = { ...errorsOf(listed), ...sent?.errors };
  const stale = save.error instanceof Problem && save.error.slug === "stale-revision";
  const current = stale ? ((save.error as Problem).extra.current as Mapping) : undefined;
  return {
    query,
    draft,
    dirty,
    mayUndo: !!edited?.history.past.length,
    errors,
    /** What cannot be shown at a field. */
    error: stale || Object.keys(errors).length ? null : (save.error ?? replay.error),
    current,
    trial,
    saving: save.isPending,
    replaying: replay.isPending,
    replayed: replay.data ?? save.data?.replayed,
    isSaved: save.isSuccess,
    edit: (next: Draft, what?: string) => change((history) => changed(history, next, what)),
    undo: () => change(undone),
    discard: () => {
      save.reset();
      setEdited(undefined);
    },
    save: () => now && dirty && !Object.keys(errors).length && save.mutate({ revision: now.base.revision }),
    replaceTheirs: () => current && save.mutate({ revision: current.revision }),
    takeTheirs: () => {
      client.setQueryData([tenant.slug, "mapping"], current);
      save.reset();
      setEdited(undefined);
    },
    replayRest: () => replay.mutate(),
  };
}

export type MappingState = ReturnType<typeof useMapping>;

interface TrialState {
  data: Trial | undefined;
  error: unknown;
}

/** The rules as they are typed, tried half a second later, and again as more arrives; `data` may be of the rules before. */
function useTrial(slug: string, sent: ReturnType<typeof mappingOf> | undefined, enabled: boolean): TrialState {
  const [shown, setShown] = useState(sent);
  useEffect(() => {
    const timer = setTimeout(() => setShown(sent), shown ? TRIAL_DELAY_MS : 0);
    return () => clearTimeout(timer);
  }, [sent, shown]);
  const valid = shown && !Object.keys(shown.errors).length;
  const query = useQuery({
    queryKey: [slug, "mapping trial", shown?.mapping],
    queryFn: ({ signal }) => tryRules(shown!.mapping, signal),
    enabled: enabled && !!valid,
    refetchInterval: ({ state }) => (state.error ? false : TRIAL_INTERVAL_MS),
    retry: (count, error) => count < 2 && error instanceof Problem && error.transient,
    gcTime: 60_000,
  });
  const [last, setLast] = useState(query.data);
  if (query.data && query.data !== last) setLast(query.data);
  return { data: query.data ?? last, error: shown === sent ? query.error : null };
}
