import { useState } from "react";
import { Problem } from "../../api/problem";
import { useChange } from "./data";

interface Kept {
  id: string;
  revision: number;
  changed_by: string;
}

interface Kind<Content, Stored extends Kept> {
  put: (content: Content, base?: Kept) => Promise<Stored>;
  contentOf: (stored: Stored) => Content;
}

/** Something in a form: what was changed, storing it, and what somebody else has stored meanwhile. */
export function useDraft<Content extends object, Stored extends Kept>(
  { put, contentOf }: Kind<Content, Stored>,
  stored: Stored | undefined,
  fresh: () => Content,
  done: (made: Stored) => void,
) {
  const [base, setBase] = useState(stored);
  const [before, setBefore] = useState(() => (stored ? contentOf(stored) : fresh()));
  const [draft, setDraft] = useState(before);
  const save = useChange(
    () => put(draft, base),
    (made) => {
      setBase(made);
      setBefore(contentOf(made));
      setDraft(contentOf(made));
      done(made);
    },
  );
  const conflict = save.error instanceof Problem ? (save.error.extra.current as Stored | undefined) : undefined;
  const take = (theirs: boolean) => {
    if (!conflict) return;
    setBase(conflict);
    setBefore(contentOf(conflict));
    if (theirs) setDraft(contentOf(conflict));
    save.reset();
  };
  return {
    base,
    draft,
    changed: !base || JSON.stringify(before) !== JSON.stringify(draft),
    change: (changes: Partial<Content>) => setDraft((old) => ({ ...old, ...changes })),
    undo: () => setDraft(before),
    save: { ...save, mutate: () => save.mutate(undefined) },
    conflict,
    takeTheirs: () => take(true),
    keepMine: () => take(false),
  };
}

export type Draft<Content extends object, Stored extends Kept> = ReturnType<typeof useDraft<Content, Stored>>;
