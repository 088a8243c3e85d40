import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { errorText } from "../../../api/problem";
import { formatMoment, formatTime, parseMomentText } from "../../../format";
import { useNow, useZone } from "../../../moment";
import { ErrorMessage } from "../../../ui/states";
import { SubmitForm } from "../../../ui/SubmitForm";
import { blocks } from "../../core/edit/checks";
import type { Finding } from "../../core/edit/checks";
import type { SaveState } from "../../core/edit/saver";
import { texts as all } from "../texts";
import { backToDrawing } from "../backToDrawing";
import { ModelChanges } from "./ModelChanges";
import { PublishedMeanwhile } from "./PublishedMeanwhile";
import styles from "./draft.module.css";
import type { DraftState } from "./useDraft";

const texts = all.draft;

interface Props {
  draft: DraftState;
  findings: readonly Finding[];
  showFinding: (finding: Finding) => void;
}

/** The draft: whether it is stored, what publishing changes, and the form that publishes it. */
export function DraftPanel({ draft, findings, showFinding }: Props) {
  const zone = useZone().name;
  const now = useNow();
  const [when, setWhen] = useState("");
  const [note, setNote] = useState("");
  const [asking, setAsking] = useState(false);
  const publishing = useMutation({ mutationFn: () => draft.publish(validFrom, note.trim()) });
  const discarding = useMutation({ mutationFn: draft.discard });
  const validFrom = when.trim() === "" ? null : parseMomentText(when, zone, now);
  const unreadable = when.trim() !== "" && validFrom === null;
  const mistakes = findings.filter(blocks);
  const empty = draft.revision === undefined && draft.state.kind === "saved";
  return (
    <section className={styles.panel} aria-label={texts.title} onKeyDown={backToDrawing}>
      <header>
        <h2>{empty ? texts.unchanged : texts.title}</h2>
        <span role="status">{empty ? "" : stateText(draft.state, zone)}</span>
      </header>
      {draft.state.kind === "conflict" && (
        <div className={styles.conflict} role="alertdialog" aria-label={all.conflict.saved}>
          <p>{all.conflict.saved}</p>
          <div className={styles.buttons}>
            <Button onClick={draft.loadStored}>{all.conflict.load}</Button>
            <Button variant="default" onClick={() => void draft.keepMine()}>
              {all.conflict.keep}
            </Button>
          </div>
        </div>
      )}
      {draft.published && <PublishedMeanwhile published={draft.published} merge={draft.merge} />}
      {!empty && <ModelChanges draft={draft} validFrom={validFrom} blocked={mistakes.length > 0} />}
      {mistakes.length > 0 && <p className={styles.quiet}>{texts.mistakes(mistakes.length)}</p>}
      <SubmitForm className={styles.form} onSubmit={() => publishing.mutate()}>
        <ErrorMessage error={publishing.error ?? discarding.error} />
        <TextInput
          label={texts.validFrom}
          placeholder={draft.isNew ? texts.always : texts.now}
          value={when}
          error={unreadable ? texts.unreadable : undefined}
          description={validFrom !== null ? formatMoment(validFrom, zone) : undefined}
          onChange={(event) => setWhen(event.currentTarget.value)}
        />
        <TextInput
          label={texts.note}
          placeholder={texts.noteExample}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <div className={styles.buttons}>
          <Button
            type="submit"
            className={styles.grow}
            loading={publishing.isPending}
            disabled={
              empty || unreadable || mistakes.length > 0 || draft.state.kind === "conflict" || !!draft.published
            }
          >
            {texts.publish(draft.next)}
          </Button>
          {findings.length > 0 && (
            <Button variant="default" onClick={() => showFinding(mistakes[0] ?? findings[0]!)}>
              {texts.findings(findings.length)}
            </Button>
          )}
        </div>
      </SubmitForm>
      {!empty &&
        (asking ? (
          <div className={styles.buttons} role="alertdialog" aria-label={texts.discardQuestion}>
            <span>{texts.discardQuestion}</span>
            <Button color="danger" data-danger loading={discarding.isPending} onClick={() => discarding.mutate()}>
              {texts.discardYes}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {texts.keep}
            </Button>
          </div>
        ) : (
          <button type="button" className={styles.link} onClick={() => setAsking(true)}>
            {texts.discard}
          </button>
        ))}
    </section>
  );
}

function stateText(state: SaveState, zone: string): string {
  if (state.kind === "saved") return state.at === null ? "" : texts.saved(formatTime(state.at, zone, false));
  if (state.kind === "failed") return texts.failed(errorText(state.error));
  return state.kind === "saving" ? texts.saving : texts.waiting;
}
