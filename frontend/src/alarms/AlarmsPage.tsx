import type { ReactNode } from "react";
import { useAlarmCounts } from "../alarmData";
import { View } from "../frame";
import { hrefWith, useMoment } from "../moment";
import { useSite, useTenant } from "../tenant";
import { PartTabs } from "../ui/PartTabs";
import ui from "../ui/ui.module.css";
import styles from "./alarms.module.css";
import { texts } from "./texts";

/** The parts of this page by their place in its address. */
export const PARTS = ["", "shelved", "journal", "rules", "notifications", "performance"] as const;
export type Part = (typeof PARTS)[number];

interface Props {
  part: Part;
  /** At the right of the tabs. */
  tools?: ReactNode;
  inspector?: ReactNode;
  /** The part scrolls inside, not as a whole. */
  filled?: boolean;
  children: ReactNode;
}

/** One part, below the tabs of all. */
export function AlarmsPage({ part, tools, inspector, filled = false, children }: Props) {
  const tenant = useTenant();
  const { at, live } = useMoment();
  const counts = useAlarmCounts(useSite()?.id, at);
  const count: Partial<Record<Part, number | undefined>> = {
    "": counts?.active,
    shelved: counts && counts.shelved + counts.suppressed + counts.out_of_service,
  };
  return (
    <View title={texts.page(texts.parts[part])} past={!live} inspector={inspector}>
      <div className={`${ui.page} ${styles.page}`} data-filled={filled || undefined}>
        <PartTabs
          label={texts.alarms}
          tabs={PARTS.map((path) => ({
            href: hrefWith(`/t/${tenant?.slug}/alarms${path && `/${path}`}`),
            title: texts.parts[path],
            count: count[path],
            current: path === part,
          }))}
          tools={tools}
        />
        {children}
      </div>
    </View>
  );
}
