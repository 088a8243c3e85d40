import { Modal, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { Actions } from "../../../ui/Actions";
import { SubmitForm } from "../../../ui/SubmitForm";
import { applyProposals, proposeReplacement } from "../../core/edit/binding";
import { useEditing, useEditorState } from "../context";
import styles from "../editor.module.css";
import { texts as all } from "../texts";
import { Proposals, useful } from "./Proposals";

const texts = all.replace;

/** Search and replace in the tags of bound sensors: of the selection, or of the whole drawing. */
export function ReplaceDialog({ close }: { close: () => void }) {
  const { editor, catalog } = useEditing();
  const { drawing, selection } = useEditorState();
  const [find, setFind] = useState("");
  const [replace, setReplace] = useState("");
  const chosen = selection.size > 0 ? selection : undefined;
  const proposals = useMemo(
    () => proposeReplacement(drawing, chosen, find, replace, catalog),
    [drawing, chosen, find, replace, catalog],
  );
  const count = useful(proposals).length;
  const submit = () => {
    editor.perform(applyProposals(editor.drawing, useful(proposals)));
    close();
  };
  return (
    <Modal opened onClose={close} title={`${texts.title}: ${all.bind.scope(selection.size)}`} size={640}>
      <SubmitForm onSubmit={submit}>
        <div className={styles.fields}>
          <TextInput
            data-autofocus
            label={texts.find}
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
          <TextInput
            label={texts.replace}
            value={replace}
            onChange={(event) => setReplace(event.currentTarget.value)}
          />
        </div>
        {find && proposals.length === 0 && <p className={styles.quiet}>{texts.none}</p>}
        <Proposals proposals={proposals} />
        <Actions does={texts.apply(count)} close={close} disabled={count === 0} />
      </SubmitForm>
    </Modal>
  );
}
