import { Modal, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { Actions } from "../../../ui/Actions";
import { SubmitForm } from "../../../ui/SubmitForm";
import { applyProposals, proposeByPattern } from "../../core/edit/binding";
import { symbolOf } from "../../core/library";
import { useEditing, useEditorState } from "../context";
import styles from "../editor.module.css";
import { texts as all } from "../texts";
import { Proposals, useful } from "./Proposals";

const texts = all.bind;

/** Binds the slots of many symbols by a pattern of their tags; what it would bind is shown first. */
export function BindDialog({ close }: { close: () => void }) {
  const { editor, catalog } = useEditing();
  const { drawing, selection } = useEditorState();
  const [patterns, setPatterns] = useState<Record<string, string>>({});
  const chosen = useMemo(() => {
    const symbols = new Set(drawing.placements?.filter(({ id }) => selection.has(id)).map(({ id }) => id));
    return symbols.size > 0 ? symbols : undefined;
  }, [drawing, selection]);
  const slots = useMemo(() => {
    const found = new Map<string, string>();
    for (const { id, symbol } of drawing.placements ?? []) {
      if (chosen && !chosen.has(id)) continue;
      for (const [slot, { title }] of Object.entries(symbolOf(symbol)?.slots ?? {})) found.set(slot, title);
    }
    return [...found];
  }, [drawing, chosen]);
  const proposals = useMemo(
    () => proposeByPattern(drawing, chosen, patterns, catalog),
    [drawing, chosen, patterns, catalog],
  );
  const count = useful(proposals).length;
  const submit = () => {
    editor.perform(applyProposals(editor.drawing, useful(proposals)));
    close();
  };
  return (
    <Modal opened onClose={close} title={`${texts.title}: ${texts.scope(chosen?.size ?? 0)}`} size={720}>
      <SubmitForm onSubmit={submit}>
        <p className={styles.quiet}>{slots.length === 0 ? texts.none : texts.hint}</p>
        <div className={styles.fields}>
          {slots.map(([slot, title]) => (
            <TextInput
              key={slot}
              label={title}
              aria-label={texts.pattern(title.toLowerCase())}
              placeholder={texts.example}
              value={patterns[slot] ?? ""}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setPatterns((old) => ({ ...old, [slot]: value.trim() }));
              }}
            />
          ))}
        </div>
        <Proposals proposals={proposals} />
        <Actions does={texts.apply(count)} close={close} disabled={count === 0} />
      </SubmitForm>
    </Modal>
  );
}
