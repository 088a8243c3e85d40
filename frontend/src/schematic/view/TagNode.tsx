import type { Node, NodeProps } from "@xyflow/react";
import { memo, useLayoutEffect, useRef } from "react";
import type { Sensor } from "../../api/types";
import { displayUnit, formatAge, formatMoment, formatValue } from "../../format";
import type { DrawnText, Entry, ValueTag } from "../core/types";
import { useStage } from "./context";
import styles from "./view.module.css";
import { texts as all } from "../texts";

const texts = all.tag;

export type TagNodeType = Node<{ tag: ValueTag }, "tag">;
export type TextNodeType = Node<{ text: DrawnText }, "text">;

/**
 * A value beside what it describes. Stale: dashed, with its age. None: a dash, with the reason on hover.
 *
 * Rendered once; the store then writes straight into its three texts, so that hundreds can follow a dragged playhead.
 */
export const TagNode = memo(function TagNode({ data: { tag } }: NodeProps<TagNodeType>) {
  const { sensor, store, select, zone } = useStage();
  const own = sensor(tag.sensor);
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const show = () => paint(root.current!, store.entry(tag.sensor), own, store.at);
    show();
    return store.subscribe(tag.sensor, show);
  }, [store, tag.sensor, own]);
  return (
    <div
      className={styles.tag}
      ref={root}
      data-anchor={tag.anchor ?? "left"}
      data-sensor={own?.tag}
      onPointerEnter={(event) => {
        event.currentTarget.title = about(own, store.entry(tag.sensor), store.at, zone);
      }}
      onClick={() => select(own?.asset ?? null, tag.sensor)}
    >
      {tag.label && <span className={styles.tagLabel}>{tag.label}</span>}
      <span className={styles.box}>
        <b />
        <small />
      </span>
      <span className={styles.age} />
    </div>
  );
});

function paint(root: HTMLElement, entry: Entry | undefined, sensor: Sensor | undefined, at: number): void {
  const [value, unit] = root.querySelectorAll<HTMLElement>("b, small");
  const none = entry?.v === null;
  write(value!, formatValue(entry?.v, sensor?.unit, sensor, true));
  write(unit!, entry && !none && sensor?.kind !== "discrete" ? displayUnit(sensor?.unit) : "");
  write(root.lastElementChild!, entry?.stale && entry.t !== null ? formatAge(at - entry.t) : "");
  mark(root, "stale", entry?.stale);
  mark(root, "none", none);
  mark(root, "bad", entry?.q === 2);
  mark(root, "changed", entry?.changed);
  mark(root, "odd", none || entry?.stale || entry?.q === 2);
}

function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function mark(element: HTMLElement, name: string, on: boolean | undefined): void {
  element.toggleAttribute(`data-${name}`, on === true);
}

function about(sensor: Sensor | undefined, entry: Entry | undefined, at: number, zone: string): string {
  if (!sensor) return texts.gone;
  const when = entry?.t == null ? "" : `\n${texts.age(formatMoment(entry.t, zone), formatAge(at - entry.t))}`;
  const inside = entry?.changed ? `\n${texts.changed}` : "";
  const why = entry?.reason ? `\n${entry.reason}` : "";
  return `${sensor.tag} · ${sensor.name}\n${formatValue(entry?.v, sensor.unit, sensor)}${when}${inside}${why}`;
}

export const TextNode = memo(function TextNode({ data: { text } }: NodeProps<TextNodeType>) {
  return (
    <div className={styles.text} data-size={text.size ?? "normal"}>
      {text.text}
    </div>
  );
});
