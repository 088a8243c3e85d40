import { Link } from "wouter";
import { hrefWith, useNow, useZone } from "../moment";
import { useTenant } from "../tenant";
import { ErrorMessage } from "../ui/states";
import ui from "../ui/ui.module.css";
import styles from "./cases.module.css";
import { useCases } from "./data";
import { OpenCaseButton, useMayWork } from "./OpenCase";
import type { Case, Draft } from "./types";
import { caseName, dueWords, isOverdue } from "./words";
import { texts } from "./texts";

const MAX_SHOWN = 4;

interface Props {
  /** Whose open cases are listed. */
  of: { asset: string } | { alarm: string };
  /** What a new one says at first. */
  start: () => Draft;
  fixed?: { label: string; text: string };
  /** As of then; null: now. */
  at: number | null;
}

/** The open cases of an asset or an alarm, and a button that opens another. */
export function CasesOf({ of, start, fixed, at }: Props) {
  const tenant = useTenant();
  const mayWork = useMayWork();
  const list = useCases({ ...of, state: "open,in_progress", at, limit: MAX_SHOWN });
  const cases = list.data?.results ?? [];
  const counts = list.data?.counts;
  const rest = counts ? counts.open + counts.in_progress - cases.length : 0;
  const all = hrefWith(`/t/${tenant?.slug}/work`, of);
  return (
    <div className={styles.casesOf}>
      <ErrorMessage error={list.error} />
      {cases.length > 0 && (
        <ul aria-label={texts.work}>
          {cases.map((each) => (
            <Line key={each.id} each={each} at={at} />
          ))}
        </ul>
      )}
      {rest > 0 && <Link href={all}>{texts.more(rest)}</Link>}
      {mayWork && (
        <div>
          <OpenCaseButton start={start} {...(fixed && { fixed })} />
        </div>
      )}
    </div>
  );
}

function Line({ each, at }: { each: Case; at: number | null }) {
  const tenant = useTenant();
  const zone = useZone().name;
  const clock = useNow();
  const now = at ?? clock;
  const overdue = isOverdue(each, now);
  return (
    <li>
      <Link href={hrefWith(`/t/${tenant?.slug}/work`, { case: each.id })}>{caseName(each)}</Link>
      <span className={ui.sub}>
        {[texts.states[each.state], each.assigned?.name].filter(Boolean).join(" · ")}
        {each.due !== null && (
          <>
            {" · "}
            <span className={overdue ? styles.overdue : undefined}>{dueWords(each, zone, now)}</span>
          </>
        )}
      </span>
    </li>
  );
}
