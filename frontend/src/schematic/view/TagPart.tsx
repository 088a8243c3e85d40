import { memo, useLayoutEffect, useRef } from "react";
import { PriorityMark } from "../../alarmData/PriorityMark";
import { flashing } from "../../alarmData/mark";
import type { Sensor } from "../../api/types";
import { displayUnit, formatAge, formatValue } from "../../format";
import { differenceOf } from "../core/compare";
import { abnormalOf } from "../core/limits";
import type { ValueStore } from "../core/store";
import type { DrawnText, Entry, ValueTag } from "../core/types";
import { useStage, useStanding } from "./context";
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
  useLayoutEffect(() => {
    const elements = elementsOf(root.current!);
    const show = () => {
      paint(elements, store.entry(tag.sensor), own, store.at);
      paintDifference(elements, store, other, tag.sensor, own);
    };
    show();
    // The stream sends a stale value once; after that only its age changes.
    const grow = () => {
      const entry = store.entry(tag.sensor);
      if (entry?.stale) paintAge(elements, entry, store.at);
    };
    const ends = [store.subscribe(tag.sensor, show), other?.subscribe(tag.sensor, show), store.subscribe("*", grow)];
    return () => ends.forEach((end) => end?.());
  }, [store, other, tag.sensor, own]);
  return (
    <div
      className={styles.tag}
      ref={root}
      data-sensor={own?.tag}
      data-card={tag.sensor}
      data-pins={own?.asset ? undefined : true}
      role="button"
      tabIndex={0}
      aria-description={own?.tag ?? texts.gone}
      onClick={() => select(own?.asset ?? null, tag.sensor)}
    >
      <TagAlarm sensor={tag.sensor} />
      {tag.label && <span className={styles.tagLabel}>{tag.label}</span>}
      <span className={styles.box}>
        <i aria-hidden="true" />
        <b />
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
  value: Element;
  unit: Element;
  delta: Element;
  age: Element;
}

function elementsOf(root: HTMLElement): Elements {
  const [limit, value, unit] = root.querySelectorAll(":scope > span > :is(i, b, small)");
  const [age, delta] = [...root.children].reverse();
  return { root, limit: limit!, value: value!, unit: unit!, delta: delta!, age: age! };
}

function paint(elements: Elements, entry: Entry | undefined, sensor: Sensor | undefined, at: number): void {
  const { root, limit, value, unit } = elements;
  const none = entry?.v === null;
  write(value, formatValue(entry?.v, sensor?.unit, sensor, true));
  write(unit, entry && !none && sensor?.kind !== "discrete" ? displayUnit(sensor?.unit) : "");
  paintAge(elements, entry, at);
  mark(root, "stale", entry?.stale);
  mark(root, "none", none);
  mark(root, "bad", entry?.q === 2);
  mark(root, "changed", entry?.changed);
  const abnormal = abnormalOf(entry, sensor);
  write(limit, abnormal ? texts.abnormal[abnormal] : "");
  if (root.dataset.abnormal !== abnormal) {
    if (abnormal) root.dataset.abnormal = abnormal;
    else delete root.dataset.abnormal;
  }
  mark(root, "odd", none || abnormal !== undefined || entry?.stale || entry?.q === 2);
}

function paintAge({ age }: Elements, entry: Entry | undefined, at: number): void {
  write(age, entry?.stale && entry.t !== null ? formatAge(at - entry.t) : "");
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
  write(delta, text);
  mark(root, "same", other !== undefined && found === undefined);
}

/** A text in place of another one is laid out again; a new text node would be styled, too. */
function write(element: Element, text: string): void {
  const shown = element.firstChild as Text | null;
  if (shown && text) {
    if (shown.data !== text) shown.data = text;
  } else if (shown || text) element.textContent = text;
}

function mark(element: HTMLElement, name: string, on: boolean | undefined): void {
  element.toggleAttribute(`data-${name}`, on === true);
}

export const TextPart = memo(function TextPart({ text }: { text: DrawnText }) {
  return (
    <div className={styles.text} data-size={text.size ?? "normal"}>
      {text.text}
    </div>
  );
});
