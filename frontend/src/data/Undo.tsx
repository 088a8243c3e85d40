import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatCount } from "../format";
import { useTenant } from "../tenant";
import { Trouble } from "../ui/states";
import ui from "../ui/ui.module.css";
import { correcting, previewUndo, readCorrection, readRanges, startCorrection } from "./corrections";

/** Takes an import back: first says what that would do. Nothing is shown where nothing can be undone. */
export function Undo({ id }: { id: string }) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const [asked, setAsked] = useState<string | null>(null);
  const ranges = useQuery({
    queryKey: [tenant.slug, "imports", id, "ranges"],
    queryFn: ({ signal }) => readRanges(id, signal),
  });
  const correction = useQuery({
    queryKey: [tenant.slug, "corrections", asked],
    enabled: asked !== null,
    queryFn: ({ signal }) => readCorrection(asked!, signal),
    refetchInterval: (query) => (!query.state.data || correcting(query.state.data) ? 700 : false),
  });
  const preview = useMutation({ mutationFn: previewUndo, onSuccess: (made) => setAsked(made.id) });
  const start = useMutation({
    mutationFn: startCorrection,
    onSettled: () => client.invalidateQueries({ queryKey: [tenant.slug, "corrections"] }),
  });
  if (!ranges.data?.undoable) return null;
  const found = correction.data;
  const result = found?.state === "done" ? found.result : null;
  return (
    <div style={{ margin: "8px 0" }}>
      {!asked && (
        <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate(id)}>
          Undo…
        </Button>
      )}
      {asked && !result && found?.state !== "failed" && (
        <p className={ui.quiet}>{found?.dry_run === false ? "Undoing…" : "Comparing with what is stored…"}</p>
      )}
      {found?.error && <p className={ui.sub}>{found.error}</p>}
      {result && (
        <p>
          {found!.dry_run ? "Undoing would remove" : "Undone: removed"} {formatCount(result.removed)} samples and{" "}
          {found!.dry_run ? "bring" : "brought"} back {formatCount(result.changed + result.added)}.
          {result.left > 0 && ` ${formatCount(result.left)} were overwritten since and stay.`}
        </p>
      )}
      {result && found!.dry_run && (
        <div className={ui.actions}>
          <Button color="red" loading={start.isPending} onClick={() => start.mutate(found!.id)}>
            Undo this import
          </Button>
          <Button variant="default" onClick={() => setAsked(null)}>
            Keep it
          </Button>
        </div>
      )}
      {(preview.isError || start.isError) && <Trouble error={preview.error ?? start.error} />}
    </div>
  );
}
