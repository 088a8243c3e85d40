import { Autocomplete, Button, Checkbox, Select, TextInput } from "@mantine/core";
import { useSite } from "../../tenant";
import ui from "../../ui/ui.module.css";
import type { Active, WeeklyTimes } from "./api";
import { usePlans } from "./data";
import styles from "./notifications.module.css";
import { texts } from "./texts";
import { DAYS } from "./week";

const KINDS = ["always", "weekly", "shifts"] as const;
const WORK: WeeklyTimes = { days: [1, 2, 3, 4, 5], from: "07:00", to: "19:00" };
const ZONES = Intl.supportedValuesOf("timeZone");

/** When a route is used at all. */
export function ActiveFields({ active, change }: { active: Active; change: (active: Active) => void }) {
  const zone = useSite()?.timezone ?? "UTC";
  const plans = usePlans().data ?? [];
  const made: Record<(typeof KINDS)[number], () => Active> = {
    always: () => ({ kind: "always" }),
    weekly: () => ({ kind: "weekly", zone, times: [WORK] }),
    shifts: () => ({ kind: "shifts", plan: plans[0]?.id ?? "" }),
  };
  return (
    <>
      <Select
        label={texts.active}
        data={KINDS.filter((kind) => kind !== "shifts" || plans.length > 0 || active.kind === kind).map((kind) => ({
          value: kind,
          label: texts.actives[kind],
        }))}
        value={active.kind}
        allowDeselect={false}
        onChange={(kind) => kind && change(made[kind]())}
      />
      {active.kind === "shifts" && (
        <Select
          label={texts.plan}
          data={plans.map((each) => ({ value: each.id, label: each.name }))}
          value={active.plan || null}
          allowDeselect={false}
          onChange={(plan) => plan && change({ ...active, plan })}
        />
      )}
      {active.kind === "weekly" && (
        <>
          <ZoneField value={active.zone} onChange={(value) => change({ ...active, zone: value })} />
          {active.times.map((times, index) => (
            <div key={index} className={styles.block} role="group" aria-label={texts.actives.weekly}>
              <TimesFields
                times={times}
                change={(next) =>
                  change({ ...active, times: active.times.map((each, i) => (i === index ? next : each)) })
                }
              />
              {active.times.length > 1 && (
                <button
                  type="button"
                  className={ui.link}
                  onClick={() => change({ ...active, times: active.times.filter((_, i) => i !== index) })}
                >
                  {texts.removeTimes}
                </button>
              )}
            </div>
          ))}
          <Button
            variant="default"
            className={styles.start}
            onClick={() => change({ ...active, times: [...active.times, { ...WORK, days: [6, 7] }] })}
          >
            {texts.addTimes}
          </Button>
        </>
      )}
    </>
  );
}

export function ZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  return (
    <Autocomplete
      label={texts.zone}
      description={texts.zoneHint}
      limit={50}
      data={ZONES}
      value={value}
      onChange={onChange}
    />
  );
}

interface Props<T extends WeeklyTimes> {
  times: T;
  change: (times: T) => void;
}

/** Days, and from when to when. */
export function TimesFields<T extends WeeklyTimes>({ times, change }: Props<T>) {
  const toggle = (day: number, checked: boolean) => {
    const days = checked ? [...times.days, day].sort() : times.days.filter((each) => each !== day);
    if (days.length > 0) change({ ...times, days });
  };
  return (
    <>
      <div className={styles.checks} role="group" aria-label={texts.days}>
        {DAYS.map((day) => (
          <Checkbox
            key={day}
            label={texts.dayNames[day - 1]}
            checked={times.days.includes(day)}
            onChange={(event) => toggle(day, event.currentTarget.checked)}
          />
        ))}
      </div>
      <FromTo from={times.from} to={times.to} change={(hours) => change({ ...times, ...hours })} />
    </>
  );
}

interface FromToProps {
  from: string;
  to: string;
  change: (hours: { from?: string; to?: string }) => void;
}

export function FromTo({ from, to, change }: FromToProps) {
  return (
    <div className={styles.pair}>
      <TextInput
        type="time"
        label={texts.from}
        value={from}
        onChange={(event) => event.currentTarget.value && change({ from: event.currentTarget.value })}
      />
      <TextInput
        type="time"
        label={texts.to}
        description={to <= from ? texts.nextDay : undefined}
        value={to}
        onChange={(event) => event.currentTarget.value && change({ to: event.currentTarget.value })}
      />
    </div>
  );
}
