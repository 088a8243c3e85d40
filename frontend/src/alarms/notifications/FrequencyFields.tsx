import { Checkbox, Select, TextInput } from "@mantine/core";
import { PRIORITIES, PriorityMark } from "../../alarmData";
import type { Priority } from "../../alarmData";
import { useSite } from "../../tenant";
import { SecondsInput } from "../rules/SecondsInput";
import type { RouteContent } from "./api";
import styles from "./notifications.module.css";
import { texts } from "./texts";
import { FromTo, ZoneField } from "./TimesFields";

interface Props {
  route: RouteContent;
  change: (changes: Partial<RouteContent>) => void;
}

const DIGESTS = ["none", "every", "daily"] as const;

/** Repetition, digest, quiet hours, and whether later routes are used. */
export function FrequencyFields({ route, change }: Props) {
  const zone = useSite()?.timezone ?? "UTC";
  const { digest, repeat_s } = route;
  const kind = !digest ? "none" : digest.at ? "daily" : "every";
  const made: Record<(typeof DIGESTS)[number], () => Partial<RouteContent>> = {
    none: () => ({ digest: null }),
    every: () => ({ digest: { every_s: 3_600, at: null, zone }, repeat_s: null }),
    daily: () => ({ digest: { every_s: null, at: "07:00", zone }, repeat_s: null }),
  };
  return (
    <>
      <div className={styles.pair}>
        <Select
          label={texts.digest}
          data={DIGESTS.filter((each) => each === "none" || route.steps.length === 1).map((value) => ({
            value,
            label: texts.digests[value],
          }))}
          value={kind}
          allowDeselect={false}
          onChange={(value) => value && change(made[value]())}
        />
        {digest && kind === "every" && (
          <SecondsInput
            label={texts.digestEveryLabel}
            value={digest.every_s ?? 0}
            onChange={(value) => change({ digest: { ...digest, every_s: Math.max(60, Math.round(value)) } })}
          />
        )}
        {digest && kind === "daily" && (
          <TextInput
            type="time"
            label={texts.digestAtLabel}
            description={digest.zone}
            value={digest.at ?? ""}
            onChange={(event) =>
              event.currentTarget.value && change({ digest: { ...digest, at: event.currentTarget.value } })
            }
          />
        )}
        {!digest && (
          <SecondsInput
            label={texts.repeat}
            hint={texts.repeatHint}
            value={repeat_s ?? 0}
            onChange={(value) => change({ repeat_s: value > 0 ? Math.max(60, Math.round(value)) : null })}
          />
        )}
      </div>
      <QuietFields route={route} change={change} zone={zone} />
      <Checkbox
        label={texts.stop}
        checked={route.stop}
        onChange={(event) => change({ stop: event.currentTarget.checked })}
      />
    </>
  );
}

function QuietFields({ route, change, zone }: Props & { zone: string }) {
  const { quiet } = route;
  const exempt = quiet?.exempt ?? [];
  const toggle = (priority: Priority, checked: boolean) =>
    quiet &&
    change({
      quiet: {
        ...quiet,
        exempt: checked ? [...exempt, priority].sort() : exempt.filter((each) => each !== priority),
      },
    });
  return (
    <>
      <Checkbox
        label={texts.quietHours}
        description={texts.quietHint}
        checked={!!quiet}
        onChange={(event) =>
          change({ quiet: event.currentTarget.checked ? { from: "22:00", to: "06:00", zone, exempt: [1] } : null })
        }
      />
      {quiet && (
        <div className={styles.block} role="group" aria-label={texts.quietHours}>
          <FromTo from={quiet.from} to={quiet.to} change={(hours) => change({ quiet: { ...quiet, ...hours } })} />
          <ZoneField value={quiet.zone} onChange={(value) => change({ quiet: { ...quiet, zone: value } })} />
          <Checkbox.Group label={texts.exempt} value={exempt.map(String)}>
            <div className={styles.checks}>
              {PRIORITIES.map((priority) => (
                <Checkbox
                  key={priority}
                  value={String(priority)}
                  label={<PriorityMark priority={priority} />}
                  onChange={(event) => toggle(priority, event.currentTarget.checked)}
                />
              ))}
            </div>
          </Checkbox.Group>
        </div>
      )}
    </>
  );
}
