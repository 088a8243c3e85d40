import { Button, Popover } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatDuration, formatValue } from "../../format";
import { CloseIcon } from "../../ui/icons";
import { Segments } from "../../ui/Segments";
import { OF } from "../core/store";
import type { ValueStore } from "../core/store";
import type { Stage } from "../view/context";
import { texts as all } from "../texts";
import styles from "./compare.module.css";
import type { Comparing, Comparison } from "./comparison";
import { OtherTime } from "./OtherMoment";
import { summaryOf } from "./summary";
import type { Differences } from "./summary";
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
    const ends = [first, second].flatMap((store) => ["*", OF].map((key) => store.subscribe(key, later)));
    return () => {
      clearTimeout(timer);
      ends.forEach((end) => end());
    };
  }, [first, second]);
}

const NOTHING_YET: Differences = { states: [], values: [], unknown: 0 };

function Summary({ stage, other }: { stage: Stage; other: ValueStore }) {
  const { store, sensor: sensorOf, asset: assetOf, select } = stage;
  useChanges(store, other);
  const found = summaryOf(stage, other);
  const { states, values, unknown } = found ?? NOTHING_YET;
  return (
    <Popover position="bottom-start" width={320}>
      <Popover.Target>
        <button
          type="button"
          className={styles.summary}
          title={texts.list}
          aria-busy={!found}
          data-testid="differences"
        >
          {found ? texts.summary(states.length, values.length, unknown) : texts.reading}
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
          {values.map(({ id, found }) => {
            const sensor = sensorOf(id);
            return (
              <li key={id}>
                <button type="button" onClick={() => select(sensor?.asset ?? null, id)}>
                  {sensor?.tag ?? id}
                </button>
                <span className="figures">
                  {found.is === "amount" ? found.text : all.comparison.was(formatValue(found.before, null, sensor))}
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
