import type { ShiftPlan } from "./api";
import styles from "./notifications.module.css";
import { texts } from "./texts";
import { blocksOf, DAY_MINUTES, DAYS } from "./week";
import type { Block } from "./week";
import type { Names } from "./words";

type Plan = Pick<ShiftPlan, "name" | "entries" | "rotation">;
const HOURS = [0, 6, 12, 18, 24];
const percent = (minutes: number) => `${(minutes / DAY_MINUTES) * 100}%`;
const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** Who is on duty at an entry's times: its own people, and the group whose turn it is. */
const onDuty = (plan: Plan, entry: number, names: Names): string => {
  const people = (plan.entries[entry]?.people ?? []).map(names.person);
  return [...people, ...(plan.rotation ? [texts.groupOnDuty] : [])].join(", ") || texts.nobody;
};

/** A week with its shifts, a row for each day. */
export function WeekGrid({ plan, names }: { plan: Plan; names: Names }) {
  const always = plan.entries.length === 0 && plan.rotation;
  const blocks = always ? blocksOf([{ days: DAYS, from: "00:00", to: "24:00" }]) : blocksOf(plan.entries);
  return (
    <div className={styles.week} role="group" aria-label={texts.weekOf(plan.name)}>
      <div className={styles.hours} aria-hidden="true">
        {HOURS.map((hour) => (
          <span key={hour} style={{ left: percent(hour * 60) }}>
            {hour}
          </span>
        ))}
      </div>
      <ul>
        {DAYS.map((day) => (
          <li key={day} className={styles.day}>
            <span className={styles.dayName}>{texts.dayNames[day - 1]}</span>
            <div className={styles.track}>
              {blocks
                .filter((block) => block.day === day)
                .map((block, index) => (
                  <Shift key={index} block={block} who={onDuty(plan, block.entry, names)} />
                ))}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Shift({ block, who }: { block: Block; who: string }) {
  const { start, end, lane, lanes, entry } = block;
  const hours = `${clock(start)}–${clock(end)}`;
  return (
    <div
      className={styles.shift}
      data-entry={entry % 8}
      title={`${hours} ${who}`}
      style={{
        left: percent(start),
        width: percent(end - start),
        top: `${(lane / lanes) * 100}%`,
        height: `${100 / lanes}%`,
      }}
    >
      <span>
        <span className={styles.shiftHours}>{hours} </span>
        {who}
      </span>
    </div>
  );
}
