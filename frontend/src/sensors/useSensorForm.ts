import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../api/problem";
import type { Sensor } from "../api/types";
import { useTenant } from "../tenant";
import { changeSensor } from "./api";
import type { History } from "./api";
import { FIELD_NAMES, changesOf, draftOf, rebase } from "./draft";
import type { Errors, Field } from "./draft";

/** Why a save was refused, if the person can decide: about stored samples, or about somebody else's change. */
export type Decision = { about: "history"; convertible: boolean } | { about: "revision"; current: Sensor };

function decisionOf(error: unknown): Decision | null {
  if (!(error instanceof Problem) || error.status !== 409) return null;
  const { slug, extra } = error;
  if (slug === "stale-revision" && extra.current) return { about: "revision", current: extra.current as Sensor };
  if (slug === "has-samples" && typeof extra.convertible === "boolean") {
    return { about: "history", convertible: extra.convertible };
  }
  return null;
}

/** What the server found wrong, by field; null if the response names no fields. */
function fieldErrors(error: unknown): Errors | null {
  if (!(error instanceof Problem) || !Array.isArray(error.extra.errors)) return null;
  const found = error.extra.errors as { field: Field; message: string }[];
  if (!found.every(({ field }) => field in FIELD_NAMES)) return null; // shown for the whole form
  return Object.fromEntries(found.map(({ field, message }) => [field, message]));
}

/** A sensor being edited: its draft, saving it, and the decisions that saving may require. */
export function useSensorForm(initial: Sensor, saved: () => void) {
  const tenant = useTenant();
  const client = useQueryClient();
  const [sensor, setSensor] = useState(initial);
  const [draft, setDraft] = useState(() => draftOf(initial));
  const { changes, errors } = changesOf(sensor, draft);
  const [decision, setDecision] = useState<Decision | null>(null); // stays while it is being carried out
  const save = useMutation({
    mutationFn: ({ base, history }: { base: Sensor; history?: History }) => changeSensor(base, changes, history),
    onError: (error) => setDecision(decisionOf(error)),
    onSuccess: () => {
      // Labels and values use the unit, so everything read before for this tenant is outdated.
      void client.invalidateQueries({ queryKey: [tenant?.slug] });
      saved();
    },
  });
  const reset = () => {
    save.reset();
    setDecision(null);
  };
  const refused = fieldErrors(save.error);
  return {
    sensor,
    draft,
    changes,
    errors: { ...refused, ...errors },
    error: decision || refused ? null : save.error,
    decision,
    saving: save.isPending,
    /** Nothing to save, or not yet. */
    incomplete: Object.keys(changes).length === 0 || Object.keys(errors).length > 0,
    edit: (part: Partial<typeof draft>) => {
      reset();
      setDraft({ ...draft, ...part });
    },
    save: (history?: History) => save.mutate({ base: sensor, history }),
    /** Back to the fields, with everything as typed. */
    cancelDecision: reset,
    applyTo: (current: Sensor) => {
      reset();
      setSensor(current);
      setDraft(rebase(current, changes));
    },
    discardFor: (current: Sensor) => {
      reset();
      setSensor(current);
      setDraft(draftOf(current));
    },
  };
}

export type SensorFormState = ReturnType<typeof useSensorForm>;
