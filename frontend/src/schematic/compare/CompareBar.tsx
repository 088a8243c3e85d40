import { Button, Popover } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatDuration, formatValue } from "../../format";
import { CloseIcon } from "../../ui/icons";
import { Segments } from "../../ui/Segments";
import { differenceOf, stateDifferences } from "../core/compare";
import type { ValueStore } from "../core/store";
import type { Stage } from "../view/context";
import { texts as all } from "../texts";
import styles from "./compare.module.css";
import type { Comparing, Comparison } from "./comparison";
import { OtherTime } from "./OtherMoment";
import { texts } from "./texts";

interface Props {
  comparing: Comparing;
  comparison: Comparison;
  stage: Stage | undefined;
  other: ValueStore;
}

const MODES = (Object.keys(texts.modes) as (keyof typeof texts.modes)[]).map((value) => ({
  value,
  label: texts.modes[value],
}));

/** Above the drawing while two moments are compared: which, how, and what differs. */
export function CompareBar({ comparing, comparison, stage, other }: Props) {
  const moving = "shift" in comparison.other ? comparison.other.shift : null;
  return (
    <div className={styles.bar} role="group" aria-label={texts.bar}>
      <span>
        {texts.with("")}
        <OtherTime comparison={comparison} />
        {moving !== null && (
          <small>{` · ${moving > 0 ? texts.before(formatDuration(moving)) : texts.after(formatDuration(-moving))}`}</small>
        )}
      </span>
      {stage && <Summary stage={stage} other={other} />}
      <Segments
        label={texts.mode}
        value={comparison.side ? "side" : "difference"}
        onChange={(mode) => comparing.setSide(mode === "side")}
        choices={MODES}
      />
      <Button
        className={styles.moves}
        variant={moving === null ? "default" : "light"}
        aria-pressed={moving !== null}
        title={texts.movingHint}
        onClick={comparing.turn}
      >
        {texts.moving}
      </Button>
      <button
        type="button"
        className={styles.end}
        aria-label={texts.end}
        title={texts.end}
        onClick={() => comparing.compare(null)}
      >
        <CloseIcon size={16} />
      </button>
    </div>
  );
}

const SUMMARY_MS = 300;

/** Renders again soon after values have changed, not with each of them. */
function useChanges(first: ValueStore, second: ValueStore): void {
  const [, render] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        render((count) => count + 1);
      }, SUMMARY_MS);
    };
    const ends = [first, second].map((store) => store.subscribe("*", later));
    return () => {
      clearTimeout(timer);
      ends.forEach((end) => end());
    };
  }, [first, second]);
}

function Summary({ stage, other }: { stage: Stage; other: ValueStore }) {
  const { scene, store, sensor: sensorOf, asset: assetOf, select } = stage;
  useChanges(store, other);
  if (other.at === 0) return <span role="status">{texts.reading}</span>;
  const states = stateDifferences(scene.placements.values(), store.state, other.state);
  const sensors = [...new Set((scene.drawing.tags ?? []).map((tag) => tag.sensor))];
  const values = sensors.flatMap((id) => {
    const found = differenceOf(store.entry(id), other.entry(id), sensorOf(id));
    return found ? [{ id, found }] : [];
  });
  const known = values.filter(({ found }) => found.is !== "unknown");
  const unknown = values.length - known.length;
  return (
    <Popover position="bottom-start" width={320}>
      <Popover.Target>
        <button type="button" className={styles.summary} title={texts.list} data-testid="differences">
          {texts.summary(states.length, known.length)}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <ul className={styles.list} aria-label={texts.list}>
          {states.map(({ placement, before, after }) => (
            <li key={placement.id}>
              <button type="button" disabled={!placement.asset} onClick={() => select(placement.asset!)}>
                {placement.label ?? assetOf(placement.asset ?? "")?.tag ?? placement.id}
              </button>
              <span>{texts.change(all.states[before], all.states[after])}</span>
            </li>
          ))}
          {known.map(({ id, found }) => {
            const sensor = sensorOf(id);
            return (
              <li key={id}>
                <button type="button" onClick={() => select(sensor?.asset ?? null, id)}>
                  {sensor?.tag ?? id}
                </button>
                <span className="figures">
                  {found.is === "amount"
                    ? found.text
                    : found.is === "state" && all.comparison.was(formatValue(found.before, null, sensor))}
                </span>
              </li>
            );
          })}
          {unknown > 0 && <li>{texts.unknown(unknown)}</li>}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
