import { Link } from "wouter";
import { caseName, dueWords, isOverdue, subjectOf, useCases } from "../cases";
import type { Case } from "../cases";
import { hrefWith, useMoment, useNow, useZone } from "../moment";
import { useSites, useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { DataTable } from "../ui/DataTable";
import ui from "../ui/ui.module.css";
import styles from "./home.module.css";
import { texts } from "./texts";

const MAX_SHOWN = 5;
const OPEN = "open,in_progress";

/** The overdue ones first, then those of the signed-in person; each once. */
export function together(overdue: readonly Case[], mine: readonly Case[]): Case[] {
  const byId = new Map([...overdue, ...mine].map((each) => [each.id, each]));
  return [...byId.values()].slice(0, MAX_SHOWN);
}

/** Cases that are overdue, and those of the signed-in person; nothing where there are none. */
export function WorkDue({ site }: { site: string }) {
  const tenant = useTenant();
  const several = (useSites().data?.length ?? 0) > 1;
  const zone = useZone().name;
  const { at } = useMoment();
  const clock = useNow();
  const now = at ?? clock;
  const common = { site: several ? site : undefined, state: OPEN, at, limit: MAX_SHOWN };
  const overdue = useCases({ ...common, overdue: true }).data;
  const mine = useCases({ ...common, assigned: "me" }).data;
  const cases = together(overdue?.results ?? [], mine?.results ?? []);
  if (cases.length === 0) return null;
  const page = (changes: Record<string, string>) => hrefWith(`/t/${tenant?.slug}/work`, changes);
  const [late, my] = [overdue?.counts.overdue ?? 0, mine ? mine.counts.open + mine.counts.in_progress : 0];
  const aside = (
    <>
      {late > 0 && <Link href={page({ overdue: "1" })}>{texts.overdueCount(late)}</Link>}
      {late > 0 && my > 0 && " · "}
      {my > 0 && <Link href={page({ assigned: "me" })}>{texts.myCount(my)}</Link>}
    </>
  );
  return (
    <Card title={texts.work} aside={aside} flush>
      <DataTable
        rows={cases}
        keyOf={(each) => each.id}
        label={texts.work}
        className={styles.lines}
        columns={[
          {
            cell: (each) => (
              <>
                <b className={styles.finding}>{caseName(each)}</b>
                <div className={ui.sub}>
                  {[subjectOf(each), each.asset?.name, each.assigned?.name].filter(Boolean).join(" · ")}
                </div>
              </>
            ),
          },
          {
            number: true,
            cell: (each) => (
              <span className={isOverdue(each, now) ? styles.late : ui.quiet}>{dueWords(each, zone, now)}</span>
            ),
          },
          {
            number: true,
            cell: (each) => (
              <Link
                className={styles.showTrend}
                href={page({ case: each.id })}
                aria-label={texts.seeAlarm(caseName(each))}
              >
                {texts.seeIt}
              </Link>
            ),
          },
        ]}
      />
    </Card>
  );
}
