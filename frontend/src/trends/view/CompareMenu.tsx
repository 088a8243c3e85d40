import { Button, Menu, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatMoment, parseMomentText } from "../../format";
import type { Zone } from "../../moment";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { exactShift, readShift, shiftMs, shiftName, shiftText } from "../options";
import type { Options, Shift } from "../options";
import type { Span } from "../range";
import { texts } from "../texts";
import { usePreviousEvents } from "./previousEvents";

const PRESETS = ["1d", "1w", "4w", "1y"] as const;
const NONE = "";
const OTHER = "other";

interface Props {
  compare: Options["compare"];
  view: Span;
  zone: Zone;
  setCompare: (compare: Shift | null) => void;
}

/** What is drawn below the range: the same sensors yesterday, in the range before, or from any other moment. */
export function CompareMenu({ compare, view, zone, setCompare }: Props) {
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const events = usePreviousEvents(view, open);
  const value = compare ? shiftText(compare) : NONE;
  const previous = shiftText(exactShift(Math.round(view.end - view.start)));
  const known = [NONE, previous, ...PRESETS] as string[];
  return (
    <>
      <Menu position="bottom-end" opened={open} onChange={setOpen}>
        <Menu.Target>
          <Button variant={compare ? "light" : "default"} title={texts.compareHint}>
            {compare ? texts.comparing(shiftName(compare)) : texts.compareMenu}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.RadioGroup
            value={known.includes(value) ? value : OTHER}
            onChange={(text) => setCompare(readShift(text))}
          >
            <Menu.RadioItem closeMenuOnClick value={NONE}>
              {texts.compareNone}
            </Menu.RadioItem>
            <Menu.RadioItem closeMenuOnClick value={previous}>
              {texts.comparePrevious}
            </Menu.RadioItem>
            {PRESETS.filter((each) => each !== previous).map((each) => (
              <Menu.RadioItem key={each} closeMenuOnClick value={each}>
                {texts.comparePresets[each]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Item onClick={() => setAsking(true)}>{texts.compareOther}</Menu.Item>
          {events.length > 0 && <Menu.Label>{texts.compareEvents}</Menu.Label>}
          {events.map(({ type, previous: before, t }) => (
            <Menu.Item
              key={type}
              disabled={before === null}
              onClick={() => before !== null && setCompare(exactShift(t - before))}
            >
              {before === null
                ? texts.noPreviousEvent(type)
                : texts.previousEvent(type, formatMoment(before, zone.name))}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {asking && (
        <Modal opened onClose={() => setAsking(false)} title={texts.compareTitle}>
          <OtherShift
            compare={compare}
            view={view}
            zone={zone}
            apply={(shift) => {
              setCompare(shift);
              setAsking(false);
            }}
          />
        </Modal>
      )}
    </>
  );
}

/** What somebody typed: how much earlier, or when the other range starts; null if it is neither. */
export function readOther(text: string, view: Span, zone: string, now: number): Shift | null {
  const shift = readShift(text);
  if (shift) return shift;
  const start = parseMomentText(text, zone, now);
  if (start === null || start >= view.start) return null;
  return readShift(shiftText(exactShift(Math.round(view.start - start))));
}

function OtherShift({ compare, view, zone, apply }: Omit<Props, "setCompare"> & { apply: (shift: Shift) => void }) {
  const [text, setText] = useState(compare ? shiftText(compare) : "");
  const [now] = useState(() => Date.now());
  const shift = readOther(text, view, zone.name, now);
  return (
    <SubmitForm onSubmit={() => shift && apply(shift)}>
      <TextInput
        label={texts.compareWith}
        placeholder={texts.comparePlaceholder}
        maxLength={60}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text.trim() !== "" && shift === null && texts.compareExample}
        data-autofocus
      />
      <p className={ui.sub}>
        {shift
          ? texts.compareStart(formatMoment(view.start - shiftMs(shift, view, zone.name), zone.name))
          : texts.timesInZone(zone.name)}
      </p>
      <Button type="submit" disabled={shift === null}>
        {texts.apply}
      </Button>
    </SubmitForm>
  );
}
