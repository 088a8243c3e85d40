import type { Node, NodeProps } from "@xyflow/react";
import { memo } from "react";
import { displayUnit, formatAge, formatMoment, formatValue } from "../../format";
import { useZone } from "../../moment";
import type { DrawnText, Entry, ValueTag } from "../core/types";
import { useEntry, useStage } from "./context";
import styles from "./view.module.css";

export type TagNodeType = Node<{ tag: ValueTag }, "tag">;
export type TextNodeType = Node<{ text: DrawnText }, "text">;

/** A value beside what it describes. Too old: dashed, with its age. None: a dash, and why on hovering. */
export const TagNode = memo(function TagNode({ data: { tag } }: NodeProps<TagNodeType>) {
  const { sensor, store, select } = useStage();
  const zone = useZone().name;
  const entry = useEntry(tag.sensor);
  const own = sensor(tag.sensor);
  const text = formatValue(entry?.v, own?.unit, own, true);
  const discrete = own?.kind === "discrete";
  const odd = entry !== undefined && (entry.stale || entry.v === null || entry.q === 2);
  const about = () => {
    if (!own) return "";
    const head = `${own.tag} · ${own.name}`;
    return `${head}\n${text}${discrete ? "" : ` ${displayUnit(own.unit)}`}${when(entry, store.at, zone)}`;
  };
  return (
    <div
      className={styles.tag}
      data-anchor={tag.anchor ?? "left"}
      data-sensor={own?.tag}
      data-stale={entry?.stale || undefined}
      data-none={(entry !== undefined && entry.v === null) || undefined}
      data-bad={entry?.q === 2 || undefined}
      data-odd={odd || undefined}
      onPointerEnter={(event) => (event.currentTarget.title = about())}
      onClick={() => select(own?.asset ?? null, tag.sensor)}
    >
      {tag.label && <span className={styles.tagLabel}>{tag.label}</span>}
      <span className={styles.box}>
        <b>{text}</b>
        {!discrete && own && entry && entry.v !== null && <small>{displayUnit(own.unit)}</small>}
      </span>
      {entry?.stale && entry.t !== null && <span className={styles.age}>{formatAge(store.at - entry.t)}</span>}
    </div>
  );
});

function when(entry: Entry | undefined, at: number, zone: string): string {
  if (!entry) return "";
  const why = entry.reason ? `\n${entry.reason}` : "";
  return entry.t === null ? why : `\n${formatMoment(entry.t, zone)}, ${formatAge(at - entry.t)} before${why}`;
}

export const TextNode = memo(function TextNode({ data: { text } }: NodeProps<TextNodeType>) {
  return (
    <div className={styles.text} data-size={text.size ?? "normal"}>
      {text.text}
    </div>
  );
});
