import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useCases } from "../cases";
import { View } from "../frame";
import { hrefWith, useMoment } from "../moment";
import { useTenant } from "../tenant";
import { LeftIcon } from "../ui/icons";
import { PartTabs } from "../ui/PartTabs";
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
            <Tabs part={part} tools={tools} />
            {children}
          </>
        )}
      </div>
    </View>
  );
}

function Tabs({ part, tools }: { part: Part; tools: ReactNode }) {
  const tenant = useTenant();
  const { at } = useMoment();
  const counts = useCases({ at, limit: 1 }).data?.counts;
  return (
    <PartTabs
      label={texts.work}
      tabs={PARTS.map((path) => ({
        href: hrefWith(`/t/${tenant?.slug}/work${path && `/${path}`}`),
        title: texts.parts[path],
        count: path === "" && counts ? counts.open + counts.in_progress : undefined,
        current: path === part,
      }))}
      tools={tools}
    />
  );
}
