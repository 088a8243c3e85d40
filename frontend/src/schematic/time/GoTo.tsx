import { Button, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatAge, formatMoment, parseMomentText, zoneOffset } from "../../format";
import { useNow, useZone } from "../../moment";
import { SubmitForm } from "../../ui/SubmitForm";
import styles from "./time.module.css";
import { texts as all } from "../texts";

const texts = all.goTo;

/** Goes to a typed time, in the page's time zone; the interpretation is shown first. */
export function GoTo({ close, go, from }: { close: () => void; go: (ms: number | null) => void; from: number | null }) {
  const zone = useZone().name;
  const now = useNow();
  const [text, setText] = useState(from === null ? "" : formatMoment(from, zone));
  const moment = parseMomentText(text, zone, now);
  const future = moment !== null && moment > now;
  const submit = () => {
    if (moment === null) return;
    go(future || text.trim().toLowerCase() === "now" ? null : moment);
    close();
  };
  return (
    <Modal opened onClose={close} title={texts.title} size={420}>
      <SubmitForm onSubmit={submit}>
        <TextInput
          data-autofocus
          label={texts.label(zone.replaceAll("_", " "))}
          placeholder={texts.example}
          description={texts.hint}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
        <p className={styles.feedback} role="status">
          {moment === null
            ? text.trim() === ""
              ? "\u00a0"
              : texts.unreadable
            : future
              ? texts.future
              : texts.read(`${formatMoment(moment, zone)} ${zoneOffset(moment, zone)}`, formatAge(now - moment))}
        </p>
        <div className={styles.goButtons}>
          <Button variant="default" onClick={close}>
            {texts.cancel}
          </Button>
          <Button type="submit" disabled={moment === null}>
            {texts.go}
          </Button>
        </div>
      </SubmitForm>
    </Modal>
  );
}
