import { formatDuration } from "../../format";
import ui from "../../ui/ui.module.css";
import type { ShiftPlan } from "./api";
import styles from "./notifications.module.css";
import { texts } from "./texts";
import { unstaffedMinutes } from "./week";
import type { Names } from "./words";

const MINUTE = 60_000;

/** What the grid does not show: whose turn it is, and when nobody is on duty. */
export function PlanWords({ plan, names }: { plan: Pick<ShiftPlan, "entries" | "rotation">; names: Names }) {
  const { entries, rotation } = plan;
  const groups = rotation?.groups.filter((each) => each.length > 0) ?? [];
  const gap = unstaffedMinutes(entries, rotation);
  return (
    <div className={styles.planWords}>
      <p className={ui.quiet}>{gap === 0 ? texts.covered : texts.uncovered(formatDuration(gap * MINUTE))}</p>
      {rotation && (
        <>
          <p>{texts.rotating(groups.length, rotation.days, rotation.begins)}</p>
          <ol className={styles.groups}>
            {rotation.groups.map((group, index) => (
              <li key={index}>{texts.and(group.map(names.person)) || texts.nobody}</li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
