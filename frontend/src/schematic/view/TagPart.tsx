import { memo, useLayoutEffect, useRef } from "react";
import { PriorityMark } from "../../alarmData/PriorityMark";
import { flashing } from "../../alarmData/mark";
import type { Sensor } from "../../api/types";
import { displayUnit, formatAge, formatValue } from "../../format";
import { writeText } from "../../ui/writeText";
import { differenceOf } from "../core/compare";
import { abnormalOf } from "../core/limits";
import type { ValueStore } from "../core/store";
import type { DrawnText, Entry, ValueTag } from "../core/types";
import { useStage, useStanding } from "./context";
import { useRoom } from "./room";
import { roomFor, widthOf } from "./valueWidth";
import styles from "./view.module.css";
import { texts as all } from "../texts";

const texts = all.tag;
const { comparison } = all;

/**
 * A value beside what it describes. Stale: dashed, with its age. None: a dash, with the reason on its card. Beyond its
 * limits: coloured, with the direction.
 *
 * Rendered once; the store then writes straight into its three texts, so that hundreds can follow a dragged playhead.
 */
export const TagPart = memo(function TagPart({ tag }: { tag: ValueTag }) {
  const { sensor, store, other, select } = useStage();
  const own = sensor(tag.sensor);
  const root = useRef<HTMLDivElement>(null);
  const room = useRoom();
  useLayoutEffect(() => {
    const elements = elementsOf(root.current!, own);
    const show = () => {
      paint(elements, store.entry(tag.sensor), own, store.at);
      paintDifference(elements, store, other, tag.sensor, own);
    };
    const inView = room && (() => room.shows(tag));
    show();
    // The stream sends a stale value once; after that only its age changes.
    const grow = () => {
      const entry = store.entry(tag.sensor);
      if (entry?.stale) paintAge(elements, entry, store.at);
    };
    const ends = [
      store.subscribe(tag.sensor, show, inView),
      other?.subscribe(tag.sensor, show, inView),
      store.subscribe("*", grow),
    ];
    return () => ends.forEach((end) => end?.());
  }, [store, other, tag, own, room]);
  return (
    <div
      className={styles.tag}
      ref={root}
      data-sensor={own?.tag}
      data-card={tag.sensor}
      data-pins={own?.asset ? undefined : true}
      data-labelled={tag.label ? true : undefined}
      role="button"
      tabIndex={0}
      aria-description={own?.tag ?? texts.gone}
      onClick={() => select(own?.asset ?? null, tag.sensor)}
    >
      <TagAlarm sensor={tag.sensor} />
      {tag.label && <span className={styles.tagLabel}>{tag.label}</span>}
      <span className={styles.box}>
        <i aria-hidden="true" />
        <span className={styles.figure} data-named={own?.kind === "discrete" || undefined}>
          <b />
        </span>
        <small />
      </span>
      <span className={styles.delta} />
      <span className={styles.age} />
    </div>
  );
});

/** The value's box has the colour of its alarm, too. */
function TagAlarm({ sensor }: { sensor: string }) {
  const alarm = useStanding(sensor);
  if (!alarm) return null;
  return (
    <span
      className={`${styles.tagAlarm} ${flashing}`}
      data-priority={alarm.priority}
      title={all.alarm.at(alarm.priority, alarm.name, alarm.count)}
    >
      <PriorityMark priority={alarm.priority} size={16} unacknowledged={alarm.unacknowledged} />
    </span>
  );
}

interface Elements {
  root: HTMLElement;
  limit: Element;
  figure: HTMLElement;
  value: Element;
  unit: Element;
  delta: Element;
  age: Element;
  /** The width of `figure`, em: it grows with its text and never shrinks, so that hardly a value moves what is beside it. */
  width: number;
  /** What the marks of `root` say. */
  marks: string;
}

function elementsOf(root: HTMLElement, sensor: Sensor | undefined): Elements {
  const value = root.querySelector("b")!;
  const figure = value.parentElement!;
  const [age, delta] = [...root.children].reverse();
  const width = roomFor(sensor);
  if (sensor?.kind !== "discrete") figure.style.width = `${width}em`;
  const [limit, unit] = [figure.previousElementSibling!, figure.nextElementSibling!];
  return { root, limit, figure, value, unit, delta: delta!, age: age!, width, marks: "" };
}

function paint(elements: Elements, entry: Entry | undefined, sensor: Sensor | undefined, at: number): void {
  const none = entry?.v === null;
  const text = formatValue(entry?.v, sensor?.unit, sensor, true);
  if (sensor?.kind !== "discrete") makeRoom(elements, text);
  writeText(elements.value, text);
  writeText(elements.unit, entry && !none && sensor?.kind !== "discrete" ? displayUnit(sensor?.unit) : "");
  paintAge(elements, entry, at);
  const abnormal = abnormalOf(entry, sensor);
  writeText(elements.limit, abnormal ? texts.abnormal[abnormal] : "");
  const [stale, bad] = [entry?.stale === true, entry?.q === 2];
  const odd = none || abnormal !== undefined || stale || bad;
  paintMarks(elements, { stale, none, bad, changed: entry?.changed === true, odd }, abnormal);
}

function makeRoom(elements: Elements, text: string): void {
  const width = widthOf(text);
  if (width <= elements.width) return;
  elements.width = width;
  elements.figure.style.width = `${width}em`;
}

function paintMarks(elements: Elements, marks: Record<string, boolean>, abnormal: string | undefined): void {
  const { root } = elements;
  const said = `${Object.values(marks).join()} ${abnormal ?? ""}`;
  if (said === elements.marks) return;
  elements.marks = said;
  for (const [name, on] of Object.entries(marks)) root.toggleAttribute(`data-${name}`, on);
  if (abnormal) root.dataset.abnormal = abnormal;
  else delete root.dataset.abnormal;
}

function paintAge({ age }: Elements, entry: Entry | undefined, at: number): void {
  writeText(age, entry?.stale && entry.t !== null ? formatAge(at - entry.t) : "");
}

function paintDifference(
  { root, delta }: Elements,
  store: ValueStore,
  other: ValueStore | undefined,
  id: string,
  sensor: Sensor | undefined,
): void {
  const found = other && other.at > 0 ? differenceOf(store.entry(id), other.entry(id), sensor) : undefined;
  const text =
    found?.is === "amount"
      ? found.text
      : found?.is === "state"
        ? comparison.was(formatValue(found.before, null, sensor))
        : found
          ? comparison.notKnown
          : "";
  writeText(delta, text);
  root.toggleAttribute("data-same", other !== undefined && found === undefined);
}

export const TextPart = memo(function TextPart({ text }: { text: DrawnText }) {
  return (
    <div className={styles.text} data-size={text.size ?? "normal"}>
      {text.text}
    </div>
  );
});
