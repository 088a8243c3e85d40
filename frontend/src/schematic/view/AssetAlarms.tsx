import { Button } from "@mantine/core";
import { Link } from "wouter";
import { PriorityMark, formatWhen, stateWords, targetName, useAct, useAlarms } from "../../alarmData";
import type { Alarm } from "../../alarmData";
import type { Asset } from "../../api/types";
import { hrefWith, useNow, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { ErrorMessage } from "../../ui/states";
import { useSettledMoment } from "../useValueFeed";
import styles from "./inspector.module.css";
import { texts as all } from "../texts";

const texts = all.alarm;
const MAX_SHOWN = 3;

/** The active alarms of the selected asset at the moment. */
export function AssetAlarms({ asset }: { asset: Asset }) {
  const at = useSettledMoment();
  const list = useAlarms({ site: asset.site, asset: asset.id, view: "active", at, limit: MAX_SHOWN }).data;
  const tenant = useTenant();
  const act = useAct();
  const alarms = list?.alarms.filter((alarm) => alarm.asset?.id === asset.id) ?? [];
  const due = alarms.filter((alarm) => alarm.condition === "unacknowledged" || alarm.condition === "returned");
  const rest = (list?.counts.active ?? 0) - alarms.length;
  const page = hrefWith(`/t/${tenant?.slug}/alarms`, { alarm: alarms[0]?.key });
  if (alarms.length === 0) return null;
  return (
    <section className={styles.alarms} aria-label={texts.title(alarms.length)} data-priority={alarms[0]!.priority}>
      {alarms.map((alarm) => (
        <One key={alarm.key} alarm={alarm} at={at} />
      ))}
      {rest > 0 && <p>{texts.more(rest)}</p>}
      <ErrorMessage error={act.error} />
      <div className={styles.alarmActions}>
        <Link href={page}>{texts.see}</Link>
        {at === null && tenant?.role !== "viewer" && due.length > 0 && (
          <Button
            variant="default"
            loading={act.isPending}
            onClick={() => act.mutate({ action: "acknowledge", keys: due.map((alarm) => alarm.key) })}
          >
            {texts.acknowledge}
          </Button>
        )}
      </div>
    </section>
  );
}

function One({ alarm, at }: { alarm: Alarm; at: number | null }) {
  const zone = useZone().name;
  const clock = useNow();
  const now = at ?? clock;
  return (
    <div className={styles.alarm}>
      <PriorityMark priority={alarm.priority} />
      <div>
        <b>
          {targetName(alarm)} {alarm.name}
        </b>
        <p>{alarm.text}</p>
        {alarm.raised !== null && (
          <p>{texts.since(formatWhen(alarm.raised, zone, now), stateWords(alarm, zone, now).title.toLowerCase())}</p>
        )}
      </div>
    </div>
  );
}
