import { Button, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { durationName, parseDuration } from "../../format";
import { MAX_SPAN_MS, MIN_SPAN_MS, SPANS } from "../core/window";
import { SubmitForm } from "../../ui/SubmitForm";
import { texts as all } from "../texts";

const texts = all.time;

/** A span other than those of the buttons. */
export function CustomSpan({ span, setSpan }: { span: number; setSpan: (ms: number) => void }) {
  const [open, setOpen] = useState(false);
  const own = !SPANS.some(([, ms]) => ms === span);
  return (
    <Popover opened={open} onChange={setOpen} position="top" width={240} trapFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          aria-pressed={own}
          aria-haspopup="dialog"
          title={texts.customHint}
          onClick={() => setOpen(!open)}
        >
          {own ? durationName(span) : texts.custom}
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
  const fits = ms !== null && ms >= MIN_SPAN_MS && ms <= MAX_SPAN_MS;
  const submit = () => {
    if (fits) set(ms);
  };
  return (
    <SubmitForm onSubmit={submit}>
      <TextInput
        data-autofocus
        label={texts.customLabel}
        placeholder={texts.customExamples}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== "" && !fits && texts.customError}
      />
      <Button type="submit" disabled={!fits}>
        {texts.apply}
      </Button>
    </SubmitForm>
  );
}
