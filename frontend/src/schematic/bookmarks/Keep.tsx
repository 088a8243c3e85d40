import { Checkbox, Modal, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatMoment } from "../../format";
import { useZone } from "../../moment";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import type { TimeWindow } from "../core/window";
import styles from "./bookmarks.module.css";
import { useKeep } from "./data";
import { texts } from "./texts";

interface Props {
  site: string;
  at: number;
  loop: TimeWindow | null;
  close: () => void;
}

/** Keeps the moment that is shown, or the loop as a period. */
export function Keep({ site, at, loop, close }: Props) {
  const zone = useZone().name;
  const [name, setName] = useState("");
  const [note, setNote] = useState("");
  const [shared, share] = useState(false);
  const [period, asPeriod] = useState(loop !== null);
  const keeping = useKeep(site, close);
  const range = period && loop ? loop : null;
  const start = Math.round(range?.start ?? at);
  const end = range ? Math.round(range.end) : null;
  return (
    <Modal opened onClose={close} title={texts.title} size={420}>
      <SubmitForm onSubmit={() => keeping.mutate({ name, note, shared, start, end })} error={keeping.error}>
        <p className={styles.when}>
          {end === null
            ? texts.moment(formatMoment(start, zone))
            : texts.period(formatMoment(start, zone), formatMoment(end, zone))}
        </p>
        {loop && (
          <Checkbox
            label={texts.asPeriod}
            checked={period}
            onChange={(event) => asPeriod(event.currentTarget.checked)}
          />
        )}
        <TextInput
          data-autofocus
          label={texts.name}
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={texts.note}
          maxLength={2000}
          autosize
          minRows={2}
          maxRows={8}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Checkbox label={texts.shared} checked={shared} onChange={(event) => share(event.currentTarget.checked)} />
        <Actions does={texts.save} close={close} loading={keeping.isPending} disabled={!name.trim()} />
      </SubmitForm>
    </Modal>
  );
}
