import { Button, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { durationName, formatDate, formatMoment, formatTime, parseDuration, parseMomentText } from "../format";
import { useNow } from "../moment";
import { LONG_RANGES, MAX_SPAN_MS, PRESETS } from "./range";
import type { Range, Span } from "./range";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import styles from "./trends.module.css";
import { texts } from "./texts";

interface Props {
  range: Range;
  view: Span;
  zone: string;
  choose: (span: Span) => void;
  preset: (range: Range) => void;
}

/** "9 Mar 10:14 – 12:14": what both ends share is not repeated. */
export function spanLabel({ start, end }: Span, zone: string, thisYear: string): string {
  const sameDay = formatDate(start, zone) === formatDate(end, zone);
  const year = formatDate(start, zone).endsWith(thisYear) && formatDate(end, zone).endsWith(thisYear) ? false : true;
  const seconds = end - start < 10 * 60_000;
  if (end - start > 60 * 86_400_000) return `${formatDate(start, zone)} – ${formatDate(end, zone)}`;
  const from = formatMoment(start, zone, seconds, year && sameDay ? true : year);
  return `${from} – ${sameDay ? formatTime(end, zone, seconds) : formatMoment(end, zone, seconds, year)}`;
}

export function RangePicker({ range, view, zone, choose, preset }: Props) {
  const [open, setOpen] = useState(false);
  const own = range.kind === "fixed" || !PRESETS.some(({ value }) => parseDuration(value) === range.length);
  const thisYear = formatDate(useNow(), zone).slice(-4);
  const label =
    range.kind === "fixed"
      ? spanLabel(view, zone, thisYear)
      : own
        ? texts.lastLength(durationName(range.length))
        : texts.custom;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width={320} trapFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          aria-pressed={own}
          aria-haspopup="dialog"
          onClick={() => setOpen(!open)}
          data-testid="range"
        >
          {label}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {open && <Fields view={view} zone={zone} choose={choose} preset={preset} close={() => setOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Fields({ view, zone, choose, preset, close }: Omit<Props, "range"> & { close: () => void }) {
  const [from, setFrom] = useState(formatMoment(view.start, zone));
  const [to, setTo] = useState(formatMoment(view.end, zone));
  const [length, setLength] = useState("");
  const [now] = useState(() => Date.now());
  const start = parseMomentText(from, zone, now);
  const end = parseMomentText(to, zone, now);
  const conflict = start === null || end === null ? null : end <= start ? texts.endAfterStart : null;
  const last = parseDuration(length);
  const fits = last !== null && last <= MAX_SPAN_MS;
  const submit = () => {
    if (length) {
      if (!fits) return;
      preset({ kind: "last", length: last });
    } else {
      if (start === null || end === null || conflict) return;
      choose({ start, end });
    }
    close();
  };
  return (
    <SubmitForm onSubmit={submit}>
      <TextInput
        label={texts.from}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={start === null && texts.timeExample}
        data-autofocus
      />
      <TextInput
        label={texts.to}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={end === null ? texts.timeExample : conflict}
      />
      <TextInput
        label={texts.orLast}
        placeholder={texts.lengthPlaceholder}
        value={length}
        onChange={(event) => setLength(event.currentTarget.value)}
        error={length !== "" && !fits && texts.lengthExample}
      />
      <div className={styles.presets} role="group" aria-label={texts.last}>
        {LONG_RANGES.map((text) => (
          <Button
            key={text}
            variant="default"
            onClick={() => {
              preset({ kind: "last", length: parseDuration(text)! });
              close();
            }}
          >
            {durationName(parseDuration(text)!)}
          </Button>
        ))}
      </div>
      <p className={ui.sub}>{texts.timesInZone(zone)}</p>
      <Button type="submit">{texts.apply}</Button>
    </SubmitForm>
  );
}
