import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { markRun } from "../../api/runDefinitions";
import { parseMomentText } from "../../format";
import { useNow } from "../../moment";
import { SubmitForm } from "../../ui/SubmitForm";
import styles from "../analysis.module.css";
import { texts } from "../texts";

/** Marks a run by hand, with times as people write them. */
export function MarkForm({ definition, zone, done }: { definition: string; zone: string; done: () => void }) {
  const now = useNow();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const start = parseMomentText(from, zone, now);
  const end = parseMomentText(to, zone, now);
  const fits = start !== null && end !== null && end > start;
  const stored = useMutation({
    mutationFn: () => markRun(definition, { start: start!, end: end!, note }),
    onSuccess: () => {
      setFrom("");
      setTo("");
      setNote("");
      done();
    },
  });
  return (
    <SubmitForm
      className={styles.mark}
      label={texts.markRun}
      onSubmit={() => fits && stored.mutate()}
      error={stored.error}
    >
      <TextInput
        label={texts.start}
        placeholder="2026-03-14 09:42"
        value={from}
        error={from !== "" && start === null && texts.notATime}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        label={texts.end}
        placeholder="2026-03-14 11:00"
        value={to}
        error={to !== "" && end === null && texts.notATime}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput label={texts.note} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={!fits} loading={stored.isPending}>
        {texts.markRun}
      </Button>
    </SubmitForm>
  );
}
