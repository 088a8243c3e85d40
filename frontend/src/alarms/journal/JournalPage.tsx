import { Button, MultiSelect, Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "wouter";
import { tenantOfPath, withQuery } from "../../api/client";
import { PAGE, PriorityMark, alarmTexts, readJournal, readMoreJournal } from "../../alarmData";
import type { Transition, What } from "../../alarmData";
import { durationName, formatMoment } from "../../format";
import { hrefWith, setMoment, useMoment, useNow, useParam, useZone } from "../../moment";
import { useAnnounced } from "../../stream";
import { useSite, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { AlarmsPage } from "../AlarmsPage";
import styles from "./journal.module.css";
import { transitionWords } from "./words";
import { texts } from "../texts";

const DAY = 86_400_000;
const SPANS = { "1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY };
type SpanName = keyof typeof SPANS;
const STEP = 60_000;
const PAGE_SIZE = 200;
const WHATS = Object.keys(alarmTexts.whats) as What[];

/** Everything that alarms did before the moment, newest first, and as files. */
export function JournalPage() {
  const site = useSite();
  const zone = useZone().name;
  const { at } = useMoment();
  const now = useNow();
  const [named, setSpan] = useParam("span");
  const [what, setWhat] = useParam("what");
  const [priority, setPriority] = useParam("priority");
  const span: SpanName = named && Object.hasOwn(SPANS, named) ? (named as SpanName) : "7d";
  const to = at ?? Math.ceil(now / STEP) * STEP;
  const chosen = useMemo(() => WHATS.filter((each) => (what ?? "").split(",").includes(each)), [what]);
  const query = {
    site: site?.id,
    from: to - SPANS[span],
    to,
    what: chosen.join(",") || undefined,
    priority: priority ?? undefined,
  };
  const every = useAnnounced("alarms", tenantOfPath());
  const list = useInfiniteQuery({
    queryKey: [tenantOfPath(), "journal", "page", { ...query, from: span, to: at }],
    queryFn: ({ pageParam, signal }) =>
      pageParam ? readMoreJournal(pageParam, signal) : readJournal({ ...query, limit: PAGE_SIZE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled: site !== undefined,
    refetchInterval: at === null ? every(30_000) : false,
  });
  const rows = list.data?.pages.flatMap((page) => page.transitions) ?? [];
  const file = (format: string) => withQuery("/api/v1/journal", { ...query, format, limit: PAGE });
  const tools = (
    <>
      <Select
        className={styles.span}
        aria-label={texts.span}
        data={Object.entries(SPANS).map(([value, ms]) => ({ value, label: texts.lastSpan(durationName(ms)) }))}
        value={span}
        allowDeselect={false}
        onChange={(value) => setSpan(value === "7d" ? null : value)}
      />
      <MultiSelect
        className={styles.what}
        aria-label={texts.whatHappened}
        placeholder={chosen.length ? undefined : texts.anything}
        data={WHATS.map((value) => ({ value, label: alarmTexts.whats[value] }))}
        value={chosen}
        onChange={(value) => setWhat(value.join(",") || null)}
      />
      <Select
        className={styles.span}
        aria-label={texts.priority}
        placeholder={texts.anyPriority}
        clearable
        data={["1", "2", "3", "4"].map((value) => ({ value, label: texts.priorities([value]) }))}
        value={priority}
        onChange={(value) => setPriority(value)}
      />
      <Button component="a" variant="default" href={file("csv")} download>
        CSV
      </Button>
      <Button component="a" variant="default" href={file("parquet")} download>
        Parquet
      </Button>
    </>
  );
  return (
    <AlarmsPage part="journal" tools={tools}>
      {list.isError ? (
        <Failed error={list.error} what={texts.journalFailed} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Empty title={texts.journalNone}>{texts.journalNoneHint}</Empty>
      ) : (
        <>
          <Card flush>
            <Entries rows={rows} zone={zone} />
          </Card>
          <Earlier list={list} />
        </>
      )}
    </AlarmsPage>
  );
}

function Entries({ rows, zone }: { rows: readonly Transition[]; zone: string }) {
  const tenant = useTenant();
  return (
    <DataTable
      rows={rows}
      keyOf={(row) => row.number}
      label={texts.parts.journal}
      className={styles.table}
      cards
      columns={[
        {
          head: texts.columns.time,
          className: styles.time,
          cell: (row) => (
            <button type="button" className={ui.link} title={texts.seeAllThen} onClick={() => setMoment(row.t)}>
              {formatMoment(row.t, zone)}
            </button>
          ),
        },
        {
          head: texts.columns.priority,
          className: ui.lead,
          cell: (row) => <PriorityMark priority={row.priority} size={16} />,
        },
        {
          head: texts.columns.what,
          cell: (row) => (
            <Link href={hrefWith(`/t/${tenant?.slug}/alarms`, { alarm: row.key })} className={styles.name}>
              <b>{row.target.tag || row.target.name}</b> {row.name}
            </Link>
          ),
        },
        {
          head: texts.columns.event,
          cell: (row) => (
            <>
              {transitionWords(row)}
              {row.note && <div className={ui.sub}>{row.note}</div>}
            </>
          ),
        },
        { head: texts.columns.detail, className: ui.quiet, cell: (row) => row.text },
        { head: texts.asset, cell: (row) => row.asset?.tag },
      ]}
    />
  );
}
