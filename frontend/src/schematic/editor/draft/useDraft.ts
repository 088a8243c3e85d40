import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { tenantOfPath } from "../../../api/client";
import { useNavigateWith } from "../../../moment";
import { useTenant } from "../../../tenant";
import type { Editor } from "../../core/edit/editor";
import { applyDifferences } from "../../core/edit/merging";
import { fitPage } from "../../core/edit/parts";
import { Saver } from "../../core/edit/saver";
import type { SaveState } from "../../core/edit/saver";
import { texts } from "../texts";
import { discardDraft, isConflict, publish, publishedSince, readDraft, saveDraft } from "../api";
import type { Opened, PublishedSince } from "../api";

export interface DraftState {
  id: string;
  name: string;
  state: SaveState;
  /** The stored revision; undefined if nothing has been stored yet. */
  revision: number | undefined;
  /** The number that publishing gives; undefined for a new schematic. */
  next: number | undefined;
  isNew: boolean;
  publish: (validFrom: number | null, note: string) => Promise<void>;
  discard: () => Promise<void>;
  /** After another window of mine stored the draft. */
  loadStored: () => void;
  keepMine: () => Promise<void>;
  /** What somebody else published meanwhile, until it is merged. */
  published: PublishedSince | undefined;
  merge: (mine: ReadonlySet<string>) => Promise<void>;
  close: () => void;
}

/** Keeps the draft on the server the same as the drawing, and publishes it. */
export function useDraft(id: string, { draft, newest }: Opened, editor: Editor, reload: () => void): DraftState {
  const client = useQueryClient();
  const tenant = useTenant();
  const navigate = useNavigateWith();
  const isNew = newest === undefined;
  const latest = Math.max(0, ...(newest?.versions ?? []).map(({ version }) => version));
  const [base, setBase] = useState(draft ? draft.base : latest);
  const [published, setPublished] = useState<PublishedSince>();
  const [state, setState] = useState<SaveState>({ kind: "saved", at: draft?.saved ?? null });
  const [saver] = useState(
    () =>
      new Saver(
        {
          store: (drawing, revision) =>
            saveDraft(id, { drawing, ...(revision === undefined ? base !== null && { base } : { revision }) }),
          isConflict,
          changed: setState,
        },
        draft?.revision,
        draft?.saved ?? null,
      ),
  );
  useEffect(() => {
    let stored = editor.drawing;
    const end = editor.subscribe(() => {
      if (editor.drawing === stored) return;
      stored = editor.drawing;
      saver.change(stored);
    });
    return () => {
      end();
      void saver.flush();
    };
  }, [editor, saver]);
  useWarning(state);

  const viewer = useCallback(
    (schematic = id) => navigate(`/t/${tenant!.slug}/plant/${schematic}`),
    [navigate, tenant, id],
  );
  const forget = () =>
    Promise.all([
      // Also the list that nobody looks at now: the viewer asks it whether there is such a schematic.
      client.invalidateQueries({ queryKey: [tenantOfPath(), "schematics"], refetchType: "all" }),
      client.invalidateQueries({ queryKey: [tenantOfPath(), "catalog"] }),
    ]);
  return {
    id,
    name: (draft ?? newest!).name,
    state,
    revision: saver.storedRevision,
    next: newest && Math.max(latest, base ?? 0) + 1,
    isNew,
    publish: async (validFrom, note) => {
      editor.perform(fitPage(editor.drawing));
      await saver.flush();
      if (saver.state.kind !== "saved" || saver.storedRevision === undefined) throw new Error(texts.draft.notSaved);
      try {
        await publish(id, {
          revision: saver.storedRevision,
          ...(validFrom !== null && { valid_from: validFrom }),
          ...(note && { note }),
        });
      } catch (error) {
        const since = publishedSince(error);
        if (!since) throw error;
        return setPublished(since);
      }
      saver.stop();
      await forget();
      viewer();
    },
    discard: async () => {
      saver.stop();
      await saver.flush();
      if (saver.storedRevision !== undefined) await discardDraft(id);
      await forget();
      if (isNew) navigate(`/t/${tenant!.slug}/plant`);
      else viewer();
    },
    loadStored: reload,
    keepMine: async () => {
      const { revision } = await readDraft(id);
      await saver.overwrite(revision, editor.drawing);
    },
    published,
    merge: async (mine) => {
      if (!published) return;
      editor.perform(applyDifferences(editor.drawing, published.differences, mine));
      await saver.flush();
      const { version } = published.current;
      const { revision, saved } = await saveDraft(id, {
        drawing: editor.drawing,
        revision: saver.storedRevision,
        base: version,
      });
      saver.accept(revision, saved);
      setBase(version);
      setPublished(undefined);
    },
    close: () => {
      void saver.flush();
      if (isNew) navigate(`/t/${tenant!.slug}/plant`);
      else viewer();
    },
  };
}

/** The browser asks before a page is closed whose last changes are not stored yet. */
function useWarning({ kind }: SaveState): void {
  useEffect(() => {
    if (kind === "saved") return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [kind]);
}
