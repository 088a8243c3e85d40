import { TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import { useMemo, useRef, useState } from "react";
import type { Sensor } from "../api/types";
import { displayUnit } from "../format";
import { ChevronIcon } from "../ui/icons";
import { useCoarse } from "../ui/useCoarse";
import { useWindow } from "../ui/useWindow";
import type { SiteCatalog } from ".";
import { makeTree, visibleRows } from "./tree";
import type { Row } from "./tree";
import styles from "./tree.module.css";
import { texts } from "./texts";

interface Props {
  catalog: SiteCatalog;
  /** Sensor id to its colour, 1 to 8. */
  slots: Map<string, number>;
  onToggle: (sensor: Sensor) => void;
  /** The maximum is chosen; no further sensor can be added. */
  full: boolean;
}

/** Areas, assets and sensors with a filter; handles thousands of rows, and the keyboard. */
export function SensorTree({ catalog, slots, onToggle, full }: Props) {
  const [filter, setFilter] = useState("");
  const roots = useMemo(() => makeTree(catalog), [catalog]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => closedAtFirst(catalog, slots));
  const [focus, setFocus] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => visibleRows(roots, closed, filter), [roots, closed, filter]);
  const height = useCoarse() ? 44 : 28;
  const { first, last } = useWindow(scroller, rows.length, height);
  const at = Math.min(focus, rows.length - 1);

  const fold = (key: string, open: boolean) =>
    setClosed((old) => {
      const next = new Set(old);
      if (open) next.delete(key);
      else next.add(key);
      return next;
    });
  const act = (row: Row) => (row.sensor ? onToggle(row.sensor) : fold(row.key, !row.open));
  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setFocus(next);
    const element = scroller.current;
    if (!element) return;
    if (next * height < element.scrollTop) element.scrollTop = next * height;
    else if ((next + 1) * height > element.scrollTop + element.clientHeight) {
      element.scrollTop = (next + 1) * height - element.clientHeight;
    }
  };
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row) return;
    const page = Math.floor((scroller.current?.clientHeight ?? 300) / height);
    const parent = rows.findLastIndex((each, index) => index < at && each.depth < row.depth);
    const steps: Record<string, () => void> = {
      ArrowDown: () => moveTo(at + 1),
      ArrowUp: () => moveTo(at - 1),
      PageDown: () => moveTo(at + page),
      PageUp: () => moveTo(at - page),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      ArrowRight: () => (row.sensor || row.open ? moveTo(at + 1) : fold(row.key, true)),
      ArrowLeft: () => (!row.sensor && row.open ? fold(row.key, false) : parent >= 0 && moveTo(parent)),
      Enter: () => act(row),
      " ": () => act(row),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  };

  return (
    <div className={styles.tree}>
      <div className={styles.filter}>
        <TextInput
          data-filter
          placeholder={texts.filterPlaceholder}
          aria-label={texts.filterLabel}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setFilter("");
            else if (event.key === "Enter") {
              const hit = rows.find((row) => row.sensor);
              if (hit) act(hit);
            } else if (event.key === "ArrowDown") scroller.current?.focus();
          }}
        />
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="tree"
        aria-label={texts.sensors}
        aria-multiselectable="true"
        tabIndex={0}
        aria-activedescendant={rows[at] ? `row-${rows[at].key}` : undefined}
        onKeyDown={onKey}
      >
        {rows.length === 0 && <p className={styles.none}>{filter ? texts.noMatch(filter) : texts.noSensors}</p>}
        <div style={{ height: rows.length * height, position: "relative" }}>
          {rows.slice(first, last).map((row, index) => (
            <TreeRow
              key={row.key}
              row={row}
              top={(first + index) * height}
              height={height}
              slot={slots.get(row.key)}
              focused={first + index === at}
              disabled={full && !slots.has(row.key)}
              onClick={() => {
                setFocus(first + index);
                if (!(row.sensor && full && !slots.has(row.key))) act(row);
              }}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  row: Row;
  top: number;
  height: number;
  slot: number | undefined;
  focused: boolean;
  disabled: boolean;
  onClick: () => void;
}

function TreeRow({ row, top, height, slot, focused, disabled, onClick }: RowProps) {
  const chosen = slot !== undefined;
  const unit = row.sensor ? displayUnit(row.sensor.unit) : "";
  return (
    <div
      id={`row-${row.key}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.sensor ? undefined : row.open}
      aria-selected={row.sensor ? chosen : undefined}
      aria-disabled={(row.sensor && disabled) || undefined}
      className={styles.row}
      data-kind={row.kind}
      data-chosen={chosen || undefined}
      data-focused={focused || undefined}
      style={{ top, height, paddingLeft: 6 + row.depth * 14 }}
      title={`${row.label}${row.note ? ` · ${row.note}` : ""}${unit ? `, ${unit}` : ""}`}
      onClick={onClick}
    >
      {row.sensor ? (
        <span
          className={styles.box}
          style={
            chosen ? { background: `var(--pt-series-${slot})`, borderColor: `var(--pt-series-${slot})` } : undefined
          }
        >
          {chosen && (
            <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
              <path d="m2.5 6.3 2.3 2.3 4.7-5.2" fill="none" stroke="var(--pt-panel)" strokeWidth="2" />
            </svg>
          )}
        </span>
      ) : (
        <span className={styles.fold} data-open={row.open || undefined}>
          <ChevronIcon size={12} />
        </span>
      )}
      <span className={styles.label}>{row.label}</span>
      {row.note && <span className={styles.note}>{row.note}</span>}
      {!row.sensor && <span className={styles.count}>{row.count}</span>}
    </div>
  );
}

/** A tree that fits the screen is fully expanded; a larger one only along the paths to chosen sensors. */
function closedAtFirst(catalog: SiteCatalog, slots: Map<string, number>): ReadonlySet<string> {
  if (catalog.sensors.length <= 40) return new Set();
  const open = new Set<string>();
  for (const id of slots.keys()) {
    let asset = catalog.assetById.get(catalog.sensorById.get(id)?.asset ?? "");
    while (asset && !open.has(asset.id)) {
      open.add(asset.id);
      asset = asset.parent ? catalog.assetById.get(asset.parent) : undefined;
    }
  }
  return new Set(catalog.assets.filter((asset) => !open.has(asset.id)).map((asset) => asset.id));
}
