import { Button, Checkbox, Modal, Select, Textarea, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { useSiteCatalog } from "../catalog";
import { useZone } from "../moment";
import { useSite } from "../tenant";
import { Actions } from "../ui/Actions";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import { usePeople } from "./data";
import { DeviceField } from "./DeviceField";
import { MomentField } from "./MomentField";
import { KINDS } from "./types";
import type { Case, CaseKind, Draft, Priority } from "./types";
import { texts } from "./texts";

interface Props {
  title: string;
  start: Draft;
  does: string;
  close: () => void;
  submit: (draft: Draft) => void;
  busy: boolean;
  error: unknown;
  /** What somebody else has stored meanwhile; `onTop` stores this form's changes over it. */
  current?: Case | undefined;
  onTop?: (draft: Draft) => void;
  /** Shown instead of the choice of what it is about. */
  fixed?: { label: string; text: string } | undefined;
}

const MAX_TITLE = 200;
const MAX_TEXT = 4_000;
const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];

/** What a case is about, who does it and until when. */
export function CaseForm({ title, start, does, close, submit, busy, error, current, onTop, fixed }: Props) {
  const [draft, setDraft] = useState(start);
  const zone = useZone().name;
  const set = (changes: Partial<Draft>) => setDraft((old) => ({ ...old, ...changes }));
  const down = draft.downtime;
  const [downFrom, downUntil] = [Number(down?.start ?? 0), down?.end == null ? null : Number(down.end)];
  const wrongEnd = down != null && downUntil !== null && downUntil <= downFrom;
  const about = fixed !== undefined || draft.asset || draft.sensor || draft.device || draft.alarm;
  const ready = draft.title.trim() !== "" && about && !wrongEnd;
  const given = { ...draft, title: draft.title.trim() };
  const closed = draft.state === "done" || draft.state === "cancelled";
  return (
    <Modal opened onClose={close} title={title} size={520}>
      <SubmitForm onSubmit={() => ready && submit(given)} error={current ? null : error} label={title}>
        {current && (
          <div className={ui.trouble} role="alertdialog" aria-label={texts.conflict(current.changed_by)}>
            <p>{texts.conflict(current.changed_by)}</p>
            <Button variant="default" onClick={() => onTop?.(given)}>
              {texts.saveOnTop}
            </Button>
          </div>
        )}
        <TextInput
          data-autofocus
          label={texts.caseTitle}
          placeholder={texts.titleExample}
          maxLength={MAX_TITLE}
          value={draft.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        {fixed ? (
          <Fixed {...fixed} />
        ) : (
          <>
            <About draft={draft} set={set} />
            <DeviceField value={draft.device ?? null} onChange={(device) => set({ device })} />
          </>
        )}
        <div className={ui.pair}>
          <Select
            label={texts.kind}
            data={KINDS.map((value) => ({ value, label: texts.kinds[value] }))}
            value={draft.kind ?? "service"}
            onChange={(value) => value && set({ kind: value as CaseKind })}
          />
          <PriorityField value={draft.priority ?? 3} onChange={(priority) => set({ priority })} />
          <Assigned value={draft.assigned ?? null} onChange={(assigned) => set({ assigned })} />
          <MomentField
            label={texts.due}
            zone={zone}
            value={draft.due == null ? null : Number(draft.due)}
            onChange={(due) => set({ due })}
          />
        </div>
        <Textarea
          label={texts.description}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={MAX_TEXT}
          value={draft.description ?? ""}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        {closed && (
          <Textarea
            label={texts.whatWasDone}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={MAX_TEXT}
            value={draft.what_was_done ?? ""}
            onChange={(event) => set({ what_was_done: event.currentTarget.value })}
          />
        )}
        <Checkbox
          label={texts.suppress}
          description={texts.suppressHint}
          checked={draft.suppress ?? false}
          onChange={(event) => set({ suppress: event.currentTarget.checked })}
        />
        <FailureFields draft={draft} set={set} />
        <p className={ui.sub}>{texts.dueHint(zone)}</p>
        <Actions does={does} close={close} disabled={!ready} loading={busy} />
      </SubmitForm>
    </Modal>
  );
}

interface PartProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
}

/** Whether the asset had failed, and while it was down. */
export function FailureFields({ draft, set }: PartProps) {
  const zone = useZone().name;
  const down = draft.downtime;
  const from = down == null ? null : Number(down.start);
  const until = down?.end == null ? null : Number(down.end);
  return (
    <>
      <Checkbox
        label={texts.failure}
        description={texts.failureHint}
        checked={draft.failure ?? false}
        onChange={(event) => set({ failure: event.currentTarget.checked })}
      />
      {(draft.failure || down != null) && (
        <div className={ui.pair}>
          <MomentField
            label={texts.downFrom}
            zone={zone}
            value={from}
            onChange={(start) => set({ downtime: start === null ? null : { start, end: until } })}
          />
          <MomentField
            label={texts.downUntil}
            description={texts.downHint}
            zone={zone}
            value={until}
            error={from !== null && until !== null && until <= from && texts.downWrong}
            onChange={(end) => from !== null && set({ downtime: { start: from, end } })}
          />
        </div>
      )}
    </>
  );
}

function Fixed({ label, text }: { label: string; text: string }) {
  return <TextInput label={label} value={text} readOnly />;
}

const MAX_OPTIONS = 60;

/** An asset or a sensor of the site, found by any part of its name. */
function About({ draft, set }: PartProps) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const data = useMemo(() => {
    const named = ({ id, tag, name }: { id: string; tag: string; name: string }) => ({
      value: id,
      label: name && name !== tag ? `${tag} · ${name}` : tag,
    });
    return [
      { group: texts.assets, items: (catalog?.assets ?? []).map(named) },
      { group: texts.sensors, items: (catalog?.sensors ?? []).map(named) },
    ].filter(({ items }) => items.length > 0);
  }, [catalog]);
  return (
    <Select
      searchable
      clearable
      label={texts.about}
      description={texts.aboutHint}
      data={data}
      limit={MAX_OPTIONS}
      value={draft.sensor ?? draft.asset ?? null}
      onChange={(id) => {
        const sensor = id === null ? undefined : catalog?.sensorById.get(id);
        set({ sensor: sensor?.id ?? null, asset: sensor ? (sensor.asset ?? null) : id });
      }}
      nothingFoundMessage="–"
    />
  );
}

interface PriorityProps {
  value: Priority;
  onChange: (priority: Priority) => void;
}

export function PriorityField({ value, onChange }: PriorityProps) {
  return (
    <Select
      label={texts.priorityLabel}
      data={PRIORITIES.map((each) => ({ value: String(each), label: texts.priority(each) }))}
      value={String(value)}
      onChange={(chosen) => chosen && onChange(Number(chosen) as Priority)}
    />
  );
}

/** Whom it is assigned to. */
export function Assigned({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const people = usePeople();
  return (
    <Select
      searchable
      clearable
      label={texts.assigned}
      placeholder={texts.nobody}
      data={(people?.results ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      nothingFoundMessage="–"
    />
  );
}
