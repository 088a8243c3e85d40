import { Button, Popover, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useState } from "react";
import { durationName, parseDuration } from "../../format";
import { LONGEST_SPAN, SHORTEST_SPAN, SPANS } from "../core/window";
import styles from "./time.module.css";

/** A span that none of the buttons has, typed by hand. */
export function OwnSpan({ span, setSpan }: { span: number; setSpan: (ms: number) => void }) {
  const [open, setOpen] = useState(false);
  const own = !SPANS.some(([, ms]) => ms === span);
  return (
    <Popover opened={open} onChange={setOpen} position="top" width={240} trapFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          aria-pressed={own}
          aria-haspopup="dialog"
          title="Another span"
          onClick={() => setOpen(!open)}
        >
          {own ? durationName(span) : "Own"}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {open && (
          <Field
            set={(ms) => {
              setSpan(ms);
              setOpen(false);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Field({ set }: { set: (ms: number) => void }) {
  const [text, setText] = useState("");
  const ms = parseDuration(text);
  const fits = ms !== null && ms >= SHORTEST_SPAN && ms <= LONGEST_SPAN;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fits) set(ms);
  };
  return (
    <form className={styles.own} onSubmit={submit}>
      <TextInput
        data-autofocus
        label="Span of the time bar"
        placeholder="36h, 90d, 5y"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== "" && !fits && "Like 36h, 90d or 5y; one minute to 30 years"}
      />
      <Button type="submit" disabled={!fits}>
        Show
      </Button>
    </form>
  );
}
