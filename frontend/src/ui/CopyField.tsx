import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import styles from "./ui.module.css";
import { texts } from "./texts";

/** A secret or a link that is shown once, with a button to copy it. */
export function CopyField({ label, value, note }: { label: string; value: string; note?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value).catch(() => undefined);
    setCopied(true);
  };
  return (
    <div className={styles.copy}>
      <TextInput label={label} value={value} readOnly onFocus={(event) => event.currentTarget.select()} />
      <Button variant="default" onClick={() => void copy()}>
        {copied ? texts.copied : texts.copy}
      </Button>
      {note && <p className={styles.sub}>{note}</p>}
    </div>
  );
}
