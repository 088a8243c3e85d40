import { Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { FailureFields, caseName, caseTexts, contentOf } from "../../cases";
import type { Draft } from "../../cases";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { texts } from "../texts";
import type { DialogProps } from "./useActions";

const MAX_TEXT = 4_000;

/** What was done, before a case is closed. */
export function Finish({ each, close, busy, error, current, save }: DialogProps) {
  const [draft, setDraft] = useState<Draft>(contentOf(each));
  const set = (changes: Partial<Draft>) => setDraft((old) => ({ ...old, ...changes }));
  const { what_was_done = "", failure = false, downtime = null } = draft;
  const wrong = downtime?.end != null && Number(downtime.end) <= Number(downtime.start);
  const submit = () => {
    const done = { what_was_done: what_was_done.trim(), failure, downtime };
    if (!wrong) save(current ?? each, { ...done, state: "done", ended: null });
  };
  return (
    <Modal opened onClose={close} title={texts.finishTitle} size={480}>
      <SubmitForm
        onSubmit={submit}
        error={current ? caseTexts.conflict(current.changed_by) : error}
        label={texts.finishTitle}
      >
        <p>
          <b>{caseName(each)}</b>
        </p>
        <Textarea
          data-autofocus
          label={texts.whatWasDone}
          description={texts.doneHint}
          placeholder={texts.doneExample}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={MAX_TEXT}
          value={what_was_done}
          onChange={(event) => set({ what_was_done: event.currentTarget.value })}
        />
        <FailureFields draft={draft} set={set} />
        <Actions does={texts.finishDo} close={close} disabled={wrong} loading={busy} />
      </SubmitForm>
    </Modal>
  );
}
