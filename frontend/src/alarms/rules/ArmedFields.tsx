import { Checkbox, TextInput } from "@mantine/core";
import type { Armed, Schedule } from "./api";
import { SecondsInput } from "./SecondsInput";
import styles from "./rules.module.css";
import { texts } from "./texts";

interface Props {
  armed: Armed | null;
  change: (armed: Armed | null) => void;
}

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** Without one of both it is always armed. */
const normal = (armed: Armed): Armed | null => (armed.expression || armed.schedule ? armed : null);

/** When the rule watches at all: a condition, a schedule. */
export function ArmedFields({ armed, change }: Props) {
  const now: Armed = armed ?? { expression: null, delay_s: 0, schedule: null };
  const set = (changes: Partial<Armed>) => change(normal({ ...now, ...changes }));
  return (
    <>
      <TextInput
        label={texts.armedWhile}
        description={texts.armedHint}
        placeholder={texts.armedExample}
        maxLength={2_000}
        value={now.expression ?? ""}
        onChange={(event) => set({ expression: event.currentTarget.value || null })}
      />
      {now.expression && (
        <SecondsInput
          label={texts.armedDelay}
          hint={texts.armedDelayHint}
          value={now.delay_s ?? 0}
          onChange={(delay_s) => set({ delay_s })}
        />
      )}
      <Checkbox
        label={texts.scheduled}
        checked={!!now.schedule}
        onChange={(event) =>
          set({
            schedule: event.currentTarget.checked ? { days: [1, 2, 3, 4, 5], start: "07:00", until: "19:00" } : null,
          })
        }
      />
      {now.schedule && <ScheduleFields schedule={now.schedule} change={(schedule) => set({ schedule })} />}
    </>
  );
}

function ScheduleFields({ schedule, change }: { schedule: Schedule; change: (schedule: Schedule) => void }) {
  const days = schedule.days ?? DAYS;
  const toggle = (day: number, on: boolean) => {
    const next = on ? [...days, day].sort() : days.filter((each) => each !== day);
    if (next.length > 0) change({ ...schedule, days: next });
  };
  return (
    <div className={styles.schedule} role="group" aria-label={texts.scheduled}>
      <div className={styles.days}>
        {DAYS.map((day) => (
          <Checkbox
            key={day}
            label={texts.days[day - 1]}
            checked={days.includes(day)}
            onChange={(event) => toggle(day, event.currentTarget.checked)}
          />
        ))}
      </div>
      <div className={styles.pair}>
        <TextInput
          type="time"
          label={texts.from}
          value={schedule.start ?? "00:00"}
          onChange={(event) => event.currentTarget.value && change({ ...schedule, start: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={texts.until}
          description={texts.untilHint}
          value={schedule.until === "24:00" ? "00:00" : (schedule.until ?? "00:00")}
          onChange={(event) =>
            event.currentTarget.value &&
            change({
              ...schedule,
              until: event.currentTarget.value === "00:00" ? "24:00" : event.currentTarget.value,
            })
          }
        />
      </div>
    </div>
  );
}
