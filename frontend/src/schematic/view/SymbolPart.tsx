import { memo, useEffect, useRef } from "react";
import { boxOf } from "../core/geometry";
import { stateBinding } from "../core/state";
import type { State } from "../core/state";
import { hasLabelInside, symbolOf } from "../core/library";
import type { Placement } from "../core/types";
import { stateName } from "../../format";
import { crossOf, SymbolShape } from "../symbols/SymbolShape";
import { useEntry, useHasChanged, useOtherState, usePlacementState, useShown, useStage, useStanding } from "./context";
import { placedAt } from "./placedAt";
import { TrendPlot } from "./TrendPlot";
import styles from "./view.module.css";
import { texts } from "../texts";

/** One symbol with its label; it subscribes to its own state only. */
export const SymbolPart = memo(function SymbolPart({ placement }: { placement: Placement }) {
  const { asset, selected, select, open } = useStage();
  const state = usePlacementState(placement.id);
  const shown = useShown(placement, state);
  const bound = stateBinding(placement)?.sensor ?? "";
  const changed = useHasChanged(bound);
  const root = useRef<HTMLDivElement>(null);
  useFlash(root, state);
  const before = useOtherState(placement.id, state);
  const box = boxOf(placement);
  const own = placement.asset ? asset(placement.asset) : undefined;
  const alarm = useStanding(own?.id);
  const symbol = symbolOf(placement.symbol);
  const alarmed = alarm && texts.alarm.at(alarm.priority, alarm.name, alarm.count);
  const name = [placement.label ?? own?.tag, own?.name, texts.states[state], alarmed].filter(Boolean).join(", ");
  const link = placement.link;
  const beside = placement.label_at !== undefined && placement.label_at !== "bottom";
  const anchors = beside || changed || before !== undefined || state === "fault";
  const choose = own ? () => select(own.id) : link && open ? () => open(link) : undefined;
  return (
    <div
      className={styles.symbol}
      ref={root}
      data-changed={changed || undefined}
      data-card={bound || undefined}
      data-before={before}
      data-anchors={anchors || undefined}
      style={{ ...placedAt(box), width: box.width, height: box.height }}
      {...(choose && {
        role: own ? "button" : "link",
        tabIndex: 0,
        "aria-label": name,
        ...(own ? { "aria-pressed": selected === own.id, "data-asset": own.tag } : { "aria-label": texts.opens(name) }),
        onClick: choose,
        onKeyDown: (event: React.KeyboardEvent) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          choose();
        },
      })}
      title={own ? `${own.tag} · ${own.name}` : symbol?.title}
    >
      <svg
        className="pt-symbol"
        aria-hidden="true"
        data-state={state}
        data-symbol={placement.symbol}
        width={box.width}
        height={box.height}
      >
        <SymbolShape placement={placement} shown={shown} />
        <TrendPlot placement={placement} />
        {state === "fault" && <path className="cross" d={crossOf(box.width / 2, box.height / 2)} />}
      </svg>
      {placement.label && !hasLabelInside(placement.symbol) && <Label placement={placement} state={state} />}
      {before && <span className={styles.before}>{texts.comparison.was(texts.states[before])}</span>}
    </div>
  );
});

const FLASH: Keyframe[] = [{ filter: "drop-shadow(0 0 6px var(--pt-history))" }, { filter: "none" }];
const FLASH_MS = 700;

/** A change from one known state to another flashes once; not where people prefer no motion. */
function useFlash(root: React.RefObject<HTMLDivElement | null>, state: State) {
  const before = useRef(state);
  useEffect(() => {
    const known = [before.current, state].every((each) => each !== "none" && each !== "unknown");
    const changed = before.current !== state;
    before.current = state;
    if (!known || !changed || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    root.current?.firstElementChild?.animate(FLASH, FLASH_MS);
  }, [root, state]);
}

function Label({ placement, state }: { placement: Placement; state: State }) {
  const [tag = "", ...rest] = (placement.label ?? "").split(" ");
  return (
    <div
      className={styles.label}
      data-at={placement.label_at ?? "bottom"}
      data-wide={boxOf(placement).width >= 100}
      data-fault={state === "fault" || undefined}
    >
      <b>{tag}</b> {rest.length > 0 && <span>{rest.join(" ")}</span>}
      {state === "fault" && <Fault placement={placement} />}
    </div>
  );
}

/** The plant's own name for the fault, so that it is not shown by colour alone. */
function Fault({ placement }: { placement: Placement }) {
  const { sensor } = useStage();
  const bound = placement.slots?.run?.sensor ?? "";
  const v = useEntry(bound)?.v;
  return <em>{v === null || v === undefined ? texts.fault : stateName(v, sensor(bound)?.states)}</em>;
}
