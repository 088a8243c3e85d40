import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useAlarmCounts } from "../alarmData";
import { formatCount } from "../format";
import { View } from "../frame";
import { hrefWith, useMoment } from "../moment";
import { useSite, useTenant } from "../tenant";
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
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const tab = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (tab) nav.current!.scrollLeft = tab.offsetLeft - nav.current!.offsetLeft - 40;
  }, [part]);
  const count: Partial<Record<Part, number | undefined>> = {
    "": counts?.active,
    shelved: counts && counts.shelved + counts.suppressed + counts.out_of_service,
  };
  return (
    <View title={texts.page(texts.parts[part])} past={!live} inspector={inspector}>
      <div className={`${ui.page} ${styles.page}`} data-filled={filled || undefined}>
        <div className={styles.top}>
          <nav className={ui.segments} aria-label={texts.alarms} ref={nav}>
            {PARTS.map((path) => (
              <Link
                key={path}
                className={styles.tab}
                href={hrefWith(`/t/${tenant?.slug}/alarms${path && `/${path}`}`)}
                aria-current={path === part ? "page" : undefined}
              >
                {texts.parts[path]}
                {count[path] !== undefined && <span>{formatCount(count[path])}</span>}
              </Link>
            ))}
          </nav>
          {tools && <div className={styles.tools}>{tools}</div>}
        </div>
        {children}
      </div>
    </View>
  );
}
