import type { ReactNode } from "react";
import { Link } from "wouter";
import { formatCount } from "../format";
import styles from "./partTabs.module.css";
import ui from "./ui.module.css";
import { useCurrentInView } from "./useCurrentInView";

export interface PartTab {
  href: string;
  title: string;
  /** Of what waits there; absent while it is not known. */
  count?: number | undefined;
  current: boolean;
}

interface Props {
  label: string;
  tabs: readonly PartTab[];
  /** At the right of the tabs. */
  tools?: ReactNode;
}

/** The parts of a screen, each with an address of its own. On a phone the current one is scrolled into view. */
export function PartTabs({ label, tabs, tools }: Props) {
  const counted = tabs.filter((tab) => tab.count !== undefined).length; // counts that come make them wider
  const current = tabs.find((tab) => tab.current)?.title;
  const nav = useCurrentInView<HTMLElement>("[aria-current]", current === undefined ? null : `${current} ${counted}`);
  return (
    <div className={styles.top}>
      <nav className={ui.segments} aria-label={label} ref={nav}>
        {tabs.map(({ href, title, count, current }) => (
          <Link key={title} className={styles.tab} href={href} aria-current={current ? "page" : undefined}>
            {title}
            {count !== undefined && <span>{formatCount(count)}</span>}
          </Link>
        ))}
      </nav>
      {tools && <div className={styles.tools}>{tools}</div>}
    </div>
  );
}
