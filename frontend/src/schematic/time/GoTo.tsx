import { Button, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatAge, formatMoment, parseMomentText, zoneOffset } from "../../format";
import { useNow, useZone } from "../../moment";
import styles from "./time.module.css";

/** A moment typed by hand, read on the clock that the page shows, said back before it is gone to. */
export function GoTo({ close, go, from }: { close: () => void; go: (ms: number | null) => void; from: number | null }) {
  const zone = useZone().name;
  const now = useNow();
  const [text, setText] = useState(from === null ? "" : formatMoment(from, zone));
  const moment = parseMomentText(text, zone, now);
  const future = moment !== null && moment > now;
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (moment === null) return;
    go(future || text.trim().toLowerCase() === "now" ? null : moment);
    close();
  };
  return (
    <Modal opened onClose={close} title="Go to a time" size={420}>
      <form onSubmit={submit} className={styles.goTo}>
        <TextInput
          data-autofocus
          label={`When, ${zone.replaceAll("_", " ")}`}
          placeholder="14 Mar 2026 09:42"
          description="A date, a time of today, or how long ago: 14 Mar 9:42 · 09:42 · -2h"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
        <p className={styles.said} role="status">
          {moment === null
            ? text.trim() === ""
              ? "\u00a0"
              : "That is no time this page understands."
            : future
              ? "That is ahead of now: goes to live."
              : `${formatMoment(moment, zone)} ${zoneOffset(moment, zone)} · ${formatAge(now - moment)} ago`}
        </p>
        <div className={styles.goButtons}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" disabled={moment === null}>
            Go
          </Button>
        </div>
      </form>
    </Modal>
  );
}
