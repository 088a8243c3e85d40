import { memo } from "react";
import { PriorityMark } from "../../alarmData/PriorityMark";
import { flashing } from "../../alarmData/mark";
import { boxOf } from "../core/geometry";
import type { Placement } from "../core/types";
import { useStage, useStanding } from "./context";
import styles from "./view.module.css";
import { texts } from "../texts";

/** The most important alarm of a symbol's asset, above its corner and everything else. The symbol's own name says it. */
export const SymbolAlarm = memo(function SymbolAlarm({ placement }: { placement: Placement }) {
  const { asset, select } = useStage();
  const own = placement.asset ? asset(placement.asset) : undefined;
  const alarm = useStanding(own?.id);
  if (!own || !alarm) return null;
  const { x, y } = boxOf(placement);
  return (
    <span
      className={`${styles.alarm} ${flashing}`}
      style={{ left: x, top: y }}
      title={texts.alarm.at(alarm.priority, alarm.name, alarm.count)}
      data-testid="symbol-alarm"
      onClick={() => select(own.id)}
    >
      <PriorityMark priority={alarm.priority} unacknowledged={alarm.unacknowledged} silent />
    </span>
  );
});
