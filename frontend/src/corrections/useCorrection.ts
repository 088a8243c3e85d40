import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTenant } from "../tenant";
import { cancelCorrection, isActive, readCorrection, startCorrection } from "./api";
import type { Correction } from "./api";

/** A correction from its preview to its end: preview, check the counts, start. */
export function useCorrection<T>(requestPreview: (input: T) => Promise<Correction>) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const [id, setId] = useState<string | null>(null);
  const again = () => client.invalidateQueries({ queryKey: [tenant.slug, "corrections"] });
  const preview = useMutation({ mutationFn: requestPreview, onSuccess: (created) => setId(created.id) });
  const start = useMutation({ mutationFn: startCorrection, onSettled: again });
  const cancel = useMutation({ mutationFn: cancelCorrection, onSettled: again });
  const read = useQuery({
    queryKey: [tenant.slug, "corrections", id],
    enabled: id !== null,
    queryFn: ({ signal }) => readCorrection(id!, signal),
    refetchInterval: (query) => (!query.state.data || isActive(query.state.data) ? 500 : false),
  });
  const found = id === null ? undefined : read.data;
  const working = preview.isPending || start.isPending || (id !== null && (!found || isActive(found)));
  return {
    found,
    working,
    previewed: found?.state === "done" && found.dry_run ? found.result : null,
    done: found?.state === "done" && !found.dry_run ? found.result : null,
    error: preview.error ?? start.error ?? cancel.error ?? read.error,
    preview: preview.mutate,
    start: () => id && start.mutate(id),
    cancel: () => id && cancel.mutate(id),
    reset: () => {
      setId(null);
      preview.reset();
      start.reset();
    },
  };
}
