import { NumberInput, Switch } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { PRIORITIES, PriorityMark, formatWhen } from "../../alarmData";
import { formatCount, formatDuration, formatNumber, durationName } from "../../format";
import { hrefWith, useParam, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Segments } from "../../ui/Segments";
import { Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { AlarmsPage } from "../AlarmsPage";
import type { Performance } from "./api";
import { BadActor } from "./BadActor";
import { BarChart } from "./BarChart";
import { usePerformance } from "./data";
import styles from "./performance.module.css";
import { texts } from "../texts";

const DAY = 86_400_000;
const SPANS = { "1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY };
type SpanName = keyof typeof SPANS;
const MAX_OPERATORS = 100;
/** EEMUA 191's shares of priorities 1 to 3; ISA-18.2 says the same of its three. */
const TARGET_SHARES = [0.05, 0.15, 0.8];

/** How well the alarms work, by the figures of EEMUA 191 and ISA-18.2. */
export function PerformancePage() {
  const [named, setSpan] = useParam("span");
  const [count, setCount] = useParam("operators");
  const span: SpanName = named && Object.hasOwn(SPANS, named) ? (named as SpanName) : "7d";
  const operators = Math.min(MAX_OPERATORS, Math.max(1, Math.floor(Number(count)) || 1));
  const [entered, setEntered] = useParam("entered");
  const past = entered === "1";
  const { data, error, isPlaceholderData, refetch } = usePerformance(SPANS[span], operators, past);
  const tools = (
    <>
      <Segments
        label={texts.span}
        value={span}
        onChange={(value) => setSpan(value === "7d" ? null : value)}
        choices={(Object.keys(SPANS) as SpanName[]).map((value) => ({ value, label: durationName(SPANS[value]) }))}
      />
      <NumberInput
        className={styles.operators}
        aria-label={texts.operators}
        prefix={texts.operatorsPrefix}
        min={1}
        max={MAX_OPERATORS}
        value={operators}
        onChange={(value) => setCount(Number(value) > 1 ? Number(value) : null)}
      />
    </>
  );
  return (
    <AlarmsPage part="performance" tools={tools}>
      {error && !data ? (
        <Failed error={error} what={texts.performanceFailed} retry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        <div className={styles.stack} data-old={isPlaceholderData || undefined}>
          {(past || data.entered_afterwards > 0) && (
            <Switch
              label={texts.withEntered}
              description={texts.enteredHint(data.entered_afterwards, past)}
              checked={past}
              onChange={(event) => setEntered(event.currentTarget.checked ? "1" : null)}
            />
          )}
          <Figures figures={data} />
          <Card title={texts.raisedOverTime} aside={texts.overTimeHint(durationName(data.bucket_ms))}>
            <BarChart figures={data} height={110} />
          </Card>
          <div className={styles.columns}>
            <Priorities figures={data} />
            <Standing figures={data} />
          </div>
          <Top figures={data} />
          <Card title={texts.badActors} aside={texts.badActorsHint} flush={data.bad_actors.length > 0}>
            {data.bad_actors.length === 0 ? (
              <p className={ui.quiet}>{data.raised === 0 ? texts.noneRaised : texts.noBadActors}</p>
            ) : (
              <ul className={styles.actors}>
                {data.bad_actors.map((actor) => (
                  <BadActor key={actor.key} actor={actor} />
                ))}
              </ul>
            )}
          </Card>
        </div>
      )}
    </AlarmsPage>
  );
}

const percent = (share: number) => `${formatNumber(share * 100, share > 0 && share < 0.0995 ? 1 : 0)} %`;
const seconds = (s: number | null) => (s === null ? "–" : formatDuration(s * 1_000));

interface Figure {
  name: string;
  value: ReactNode;
  target: string;
  /** Beyond what is recommended. */
  bad: boolean;
}

function Figures({ figures }: { figures: Performance }) {
  const zone = useZone().name;
  const { acknowledgement: acknowledged, peak, judged } = figures;
  const list: Figure[] = [
    {
      name: texts.perTen,
      value: formatNumber(figures.per_10_min, 2),
      target: texts.perTenTarget,
      bad: figures.per_10_min > 1,
    },
    {
      name: texts.peak,
      value: peak ? texts.peakValue(peak.count, formatWhen(peak.t, zone, figures.end)) : "–",
      target: texts.peakTarget,
      bad: (peak?.count ?? 0) > 10,
    },
    {
      name: texts.floodShare,
      value: percent(figures.flood_share),
      target: texts.floodTarget(figures.floods),
      bad: figures.flood_share > 0.01,
    },
    {
      name: texts.standing,
      value: formatCount(figures.standing_count),
      target: texts.standingTarget(figures.stale_count),
      bad: figures.stale_count > 5,
    },
    {
      name: texts.chattering,
      value: formatCount(figures.chattering_count),
      target: texts.chatteringTarget,
      bad: figures.chattering_count > 0,
    },
    {
      name: texts.topShare,
      value: percent(figures.top_share),
      target: texts.topTarget,
      bad: figures.raised >= 20 && figures.top_share > 0.05,
    },
    {
      name: texts.timeToAcknowledge,
      value: seconds(acknowledged.median_s),
      target: texts.acknowledgeTarget(seconds(acknowledged.p90_s), acknowledged.never),
      bad: false,
    },
    {
      name: texts.falseAlarms,
      value: judged > 0 ? percent(figures.false / judged) : "–",
      target: judged > 0 ? texts.falseTarget(figures.false, judged) : texts.notJudged,
      bad: judged > 0 && figures.false / judged > 0.1,
    },
  ];
  return (
    <>
      {figures.truncated && <p role="status">{texts.truncated}</p>}
      <dl className={styles.figures}>
        {list.map(({ name, value, target, bad }) => (
          <div key={name} data-bad={bad || undefined}>
            <dt>{name}</dt>
            <dd>
              <b>{value}</b>
              {bad && <em>{texts.beyond}</em>}
              <span>{target}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Priorities({ figures }: { figures: Performance }) {
  const total = figures.by_priority.reduce((sum, count) => sum + count, 0);
  return (
    <Card title={texts.distribution} aside={texts.distributionHint}>
      {total === 0 ? (
        <p className={ui.quiet}>{texts.noneRaised}</p>
      ) : (
        <table className={styles.priorities}>
          <tbody>
            {PRIORITIES.map((priority) => {
              const count = figures.by_priority[priority - 1] ?? 0;
              const target = TARGET_SHARES[priority - 1];
              return (
                <tr key={priority}>
                  <td>
                    <PriorityMark priority={priority} />
                  </td>
                  <td className={styles.share}>
                    <div data-priority={priority} style={{ width: `${(count / total) * 100}%` }} />
                    {target !== undefined && <i style={{ left: `${target * 100}%` }} aria-hidden="true" />}
                  </td>
                  <td>{percent(count / total)}</td>
                  <td className={ui.quiet}>{formatCount(count)}</td>
                  <td className={ui.quiet}>{target !== undefined && texts.aim(percent(target))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function Standing({ figures }: { figures: Performance }) {
  const tenant = useTenant();
  const shown = figures.standing.slice(0, 8);
  return (
    <Card title={texts.standing} aside={texts.standingHint} flush={shown.length > 0}>
      {shown.length === 0 ? (
        <p className={ui.quiet}>{texts.noneStanding}</p>
      ) : (
        <DataTable
          rows={shown}
          keyOf={(row) => row.key}
          label={texts.standing}
          columns={[
            { cell: (row) => <PriorityMark priority={row.priority} size={16} /> },
            {
              cell: (row) => (
                <Link href={hrefWith(`/t/${tenant?.slug}/alarms`, { alarm: row.key })}>
                  <b>{row.target.tag || row.target.name}</b> {row.name}
                </Link>
              ),
            },
            {
              number: true,
              cell: (row) => (
                <>
                  {formatDuration(Math.max(60_000, figures.end - row.raised))}
                  {row.stale && <span className={ui.chip}>{texts.stale}</span>}
                </>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}

function Top({ figures }: { figures: Performance }) {
  const tenant = useTenant();
  if (figures.top.length === 0) return null;
  return (
    <Card title={texts.topTen} flush>
      <DataTable
        rows={figures.top}
        keyOf={(row) => row.key}
        label={texts.topTen}
        columns={[
          { head: texts.columns.priority, cell: (row) => <PriorityMark priority={row.priority} size={16} /> },
          {
            head: texts.columns.what,
            cell: (row) => (
              <Link href={hrefWith(`/t/${tenant?.slug}/alarms`, { alarm: row.key })}>
                <b>{row.target.tag || row.target.name}</b> {row.name}
              </Link>
            ),
          },
          { head: texts.asset, cell: (row) => row.asset?.tag },
          { head: texts.times, number: true, cell: (row) => formatCount(row.count) },
          { head: texts.share, number: true, cell: (row) => percent(row.share) },
          { head: texts.short, number: true, cell: (row) => formatCount(row.shorter_than_2_min) },
          { head: texts.median, number: true, cell: (row) => seconds(row.median_s) },
        ]}
      />
    </Card>
  );
}
