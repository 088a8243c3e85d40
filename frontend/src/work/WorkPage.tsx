import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useCases } from "../cases";
import { formatCount } from "../format";
import { View } from "../frame";
import { hrefWith, useMoment } from "../moment";
import { useTenant } from "../tenant";
import { LeftIcon } from "../ui/icons";
import ui from "../ui/ui.module.css";
import styles from "./work.module.css";
import { texts } from "./texts";

/** The parts of this page by their place in its address. */
export const PARTS = ["", "maintenance", "campaigns", "reliability"] as const;
export type Part = (typeof PARTS)[number];

const PHONE = "(max-width: 760px)";

interface Props {
  part: Part;
  /** At the right of the tabs. */
  tools?: ReactNode;
  /** What is selected; on a phone it has the screen for itself. */
  details?: ReactNode;
  /** Back to the list, on a phone. */
  close?: () => void;
  children: ReactNode;
}

/** One part, below the tabs of all. */
export function WorkPage({ part, tools, details, close, children }: Props) {
  const { live } = useMoment();
  const phone = useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false });
  const alone = phone && details;
  return (
    <View title={texts.page(texts.parts[part])} past={!live} inspector={alone ? undefined : details}>
      <div className={`${ui.page} ${styles.page}`}>
        {alone ? (
          <>
            <button type="button" className={`${ui.link} ${styles.back}`} onClick={close}>
              <LeftIcon size={14} />
              {texts.back}
            </button>
            <div className={styles.alone}>{details}</div>
          </>
        ) : (
          <>
            <div className={styles.top}>
              <Tabs part={part} />
              {tools && <div className={styles.tools}>{tools}</div>}
            </div>
            {children}
          </>
        )}
      </div>
    </View>
  );
}

function Tabs({ part }: { part: Part }) {
  const tenant = useTenant();
  const { at } = useMoment();
  const nav = useRef<HTMLElement>(null);
  const counts = useCases({ at, limit: 1 }).data?.counts;
  useEffect(() => {
    const tab = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (tab) nav.current!.scrollLeft = tab.offsetLeft - nav.current!.offsetLeft - 40;
  }, [part]);
  return (
    <nav className={ui.segments} aria-label={texts.work} ref={nav}>
      {PARTS.map((path) => (
        <Link
          key={path}
          className={styles.tab}
          href={hrefWith(`/t/${tenant?.slug}/work${path && `/${path}`}`)}
          aria-current={path === part ? "page" : undefined}
        >
          {texts.parts[path]}
          {path === "" && counts && <span>{formatCount(counts.open + counts.in_progress)}</span>}
        </Link>
      ))}
    </nav>
  );
}
