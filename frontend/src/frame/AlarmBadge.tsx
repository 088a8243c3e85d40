import { useAlarmCounts, useAlarmSound } from "../alarmData";
import styles from "./frame.module.css";
import { texts } from "./texts";

const MAX_SHOWN = 99;

/** How many alarms nobody has acknowledged, now, whatever moment is shown. */
export default function AlarmBadge({ site }: { site: string }) {
  const counts = useAlarmCounts(site);
  useAlarmSound(counts);
  if (!counts?.unacknowledged) return null;
  return (
    <span className={styles.count} data-testid="alarm-count">
      <span aria-hidden="true">{counts.unacknowledged > MAX_SHOWN ? `${MAX_SHOWN}+` : counts.unacknowledged}</span>
      <span className={styles.heard}>{texts.unacknowledged(counts.unacknowledged)}</span>
    </span>
  );
}
