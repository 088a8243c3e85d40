import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../../api/problem";
import { tenantOfPath } from "../../api/client";
import { changeRule, contentOf, createRule } from "./api";
import type { Rule, RuleContent } from "./api";
import { isSame, missingOf, newRule } from "./draft";
import { withNames } from "./names";
import type { NameOf } from "./names";

/** A rule in the form: what was changed, storing it, and what somebody else has stored meanwhile. */
export function useRule(rule: Rule | undefined, site: string, nameOf: NameOf, stored: (rule: Rule) => void) {
  const client = useQueryClient();
  const read = (from: RuleContent) => contentOf(withNames(from, nameOf));
  const [base, setBase] = useState(rule);
  const [before, setBefore] = useState(() => (rule ? read(rule) : newRule(site)));
  const [draft, setDraft] = useState<RuleContent>(before);
  const [note, setNote] = useState("");
  const save = useMutation({
    mutationFn: (enabled: boolean) => {
      const body = { ...draft, enabled, note: note.trim() };
      return base ? changeRule(base.id, { ...body, revision: base.revision }) : createRule(body);
    },
    onSuccess: (made) => {
      const content = read(made);
      setBase(made);
      setBefore(content);
      setDraft(content);
      setNote("");
      void client.invalidateQueries({ queryKey: [tenantOfPath(), "rules"] });
      stored(made);
    },
  });
  const conflict = save.error instanceof Problem ? (save.error.extra.current as Rule | undefined) : undefined;
  const takeTheirs = () => {
    if (!conflict) return;
    setBase(conflict);
    setBefore(read(conflict));
    setDraft(read(conflict));
    save.reset();
  };
  const keepMine = () => {
    if (!conflict) return;
    setBase(conflict);
    setBefore(read(conflict));
    save.reset();
  };
  return {
    base,
    draft,
    before,
    change: (changes: Partial<RuleContent>) => setDraft((old) => ({ ...old, ...changes })),
    replace: setDraft,
    undo: () => setDraft(before),
    note,
    setNote,
    missing: missingOf(draft),
    changed: !base || !isSame(before, draft),
    save,
    conflict,
    takeTheirs,
    keepMine,
  };
}

export type RuleState = ReturnType<typeof useRule>;
