import { Link } from "wouter";
import { PriorityMark, formatFor, formatWhen, stateWords, targetName } from "../alarmData";
import type { Alarm, AlarmList } from "../alarmData";
import { hrefWith, useMoment, useNow, useZone } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { DataTable } from "../ui/DataTable";
import ui from "../ui/ui.module.css";
import styles from "./home.module.css";
import { texts } from "./texts";

export const MAX_ALARMS = 6;

/** The active alarms, most important first. */
export function WhatNeedsYou({ list }: { list: AlarmList }) {
  const tenant = useTenant();
  const zone = useZone().name;
  const { at } = useMoment();
  const clock = useNow();
  const now = at ?? clock;
  const { active, unacknowledged } = list.counts;
  const shown = list.alarms.slice(0, MAX_ALARMS);
  const page = (alarm?: Alarm) => hrefWith(`/t/${tenant?.slug}/alarms`, { alarm: alarm?.key });
  return (
    <Card
      title={texts.whatNeedsYou}
      aside={<Link href={page()}>{texts.alarmCounts(active, unacknowledged)}</Link>}
      flush
    >
      <DataTable
        rows={shown}
        keyOf={(alarm) => alarm.key}
        label={texts.whatNeedsYou}
        className={styles.alarms}
        columns={[
          {
            className: styles.alarmMark,
            cell: (alarm) => <PriorityMark priority={alarm.priority} />,
          },
          {
            cell: (alarm) => (
              <>
                <b className={styles.finding}>
                  {targetName(alarm)} {alarm.name}
                </b>
                <div className={ui.sub}>{[alarm.text, alarm.asset?.name].filter(Boolean).join(" · ")}</div>
              </>
            ),
          },
          {
            number: true,
            className: styles.optional,
            cell: (alarm) => alarm.raised !== null && formatWhen(alarm.raised, zone, now),
          },
          {
            number: true,
            cell: (alarm) => alarm.raised !== null && formatFor(Math.max(0, (alarm.returned ?? now) - alarm.raised)),
          },
          {
            className: styles.optional,
            cell: (alarm) =>
              alarm.condition === "unacknowledged" ? <b>{texts.isNew}</b> : stateWords(alarm, zone, now).title,
          },
          {
            number: true,
            cell: (alarm) => (
              <Link
                className={styles.showTrend}
                href={page(alarm)}
                aria-label={texts.seeAlarm(`${targetName(alarm)} ${alarm.name}`)}
              >
                {texts.seeIt}
              </Link>
            ),
          },
        ]}
      />
      {active > shown.length && (
        <p className={styles.more}>
          <Link href={page()}>{texts.more(active - shown.length)}</Link>
        </p>
      )}
    </Card>
  );
}
