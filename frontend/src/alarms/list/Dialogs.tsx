import { Modal, Radio, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { targetName } from "../../alarmData";
import type { Alarm } from "../../alarmData";
import { durationName } from "../../format";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { texts } from "../texts";

export type Asked = "note" | "shelve" | "out-of-service";

export interface Doing {
  action: "acknowledge" | "shelve" | "unshelve" | "reset" | "out-of-service" | "in-service" | "note";
  fields?: { note?: string; until?: number; reason?: string; verdict?: "genuine" | "false" };
}

interface Props {
  what: Asked;
  alarms: readonly Alarm[];
  close: () => void;
  run: (doing: Doing) => void;
  busy: boolean;
  error: unknown;
}

const MAX_NOTE = 2_000;
const MINUTE = 60_000;
const SPANS = [15, 60, 4 * 60, 8 * 60, 24 * 60, 7 * 24 * 60].map((minutes) => minutes * MINUTE);

const subjectOf = (alarms: readonly Alarm[]) =>
  alarms.length === 1 ? `${targetName(alarms[0]!)} ${alarms[0]!.name}` : texts.alarmCount(alarms.length);

/** What has to be said before an alarm is shelved, taken out of service, or given a note. */
export function Dialogs({ what, ...props }: Props) {
  if (what === "note") return <NoteDialog {...props} />;
  return <ReasonDialog what={what} {...props} />;
}

function ReasonDialog({ what, alarms, close, run, busy, error }: Props) {
  const [span, setSpan] = useState(SPANS[1]!);
  const [reason, setReason] = useState("");
  const shelving = what === "shelve";
  const submit = () => {
    const fields = { reason: reason.trim() };
    if (shelving) run({ action: "shelve", fields: { ...fields, until: Date.now() + span } });
    else run({ action: "out-of-service", fields });
  };
  return (
    <Modal opened onClose={close} title={shelving ? texts.shelveTitle : texts.outOfServiceTitle} size={420}>
      <SubmitForm onSubmit={submit} error={error}>
        <p>
          <b>{subjectOf(alarms)}</b>
        </p>
        <p className={ui.quiet}>{shelving ? texts.shelveHint : texts.outOfServiceHint}</p>
        {shelving && (
          <Select
            label={texts.shelveFor}
            data={SPANS.map((ms) => ({ value: String(ms), label: durationName(ms) }))}
            value={String(span)}
            allowDeselect={false}
            onChange={(value) => value && setSpan(Number(value))}
          />
        )}
        <TextInput
          data-autofocus
          label={texts.reason}
          placeholder={shelving ? texts.shelveExample : texts.outOfServiceExample}
          maxLength={MAX_NOTE}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Actions
          does={shelving ? texts.shelve : texts.outOfServiceDo}
          close={close}
          disabled={!reason.trim()}
          loading={busy}
        />
      </SubmitForm>
    </Modal>
  );
}

const VERDICTS = ["none", "genuine", "false"] as const;

function NoteDialog({ alarms, close, run, busy, error }: Omit<Props, "what">) {
  const [note, setNote] = useState("");
  const [verdict, setVerdict] = useState<string>(alarms[0]?.verdict ?? "none");
  const submit = () =>
    run({
      action: "note",
      fields: { note: note.trim(), ...(verdict !== "none" && { verdict: verdict as "genuine" | "false" }) },
    });
  return (
    <Modal opened onClose={close} title={texts.noteTitle} size={420}>
      <SubmitForm onSubmit={submit} error={error}>
        <p>
          <b>{subjectOf(alarms)}</b>
        </p>
        <Textarea
          data-autofocus
          label={texts.note}
          description={texts.noteHint}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={MAX_NOTE}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Radio.Group label={texts.verdict} description={texts.verdictHint} value={verdict} onChange={setVerdict}>
          {VERDICTS.map((each) => (
            <Radio key={each} value={each} label={texts.verdicts[each]} mt={6} />
          ))}
        </Radio.Group>
        <Actions does={texts.addNote} close={close} disabled={!note.trim()} loading={busy} />
      </SubmitForm>
    </Modal>
  );
}
