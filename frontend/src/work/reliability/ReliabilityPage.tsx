import { Button, Select } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "wouter";
import { useSiteCatalog } from "../../catalog";
import { durationName, formatCount, formatNumber } from "../../format";
import { hrefWith, useMoment, useNow, useParam } from "../../moment";
import { useSite, useSites, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Segments } from "../../ui/Segments";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { WorkPage } from "../WorkPage";
import { exportAddress, useReliability } from "./api";
import type { Figures, Month, Reliability, Row } from "./api";
import { formatHours, SPANS } from "./figures";
import type { SpanName } from "./figures";
import { MonthChart } from "./MonthChart";
import styles from "./reliability.module.css";
import { texts } from "../texts";

const TYPE = "type:";

/** How reliable the assets are, by the cases that were failures. */
export function ReliabilityPage() {
  const [named, setSpan] = useParam("span");
  const [of, setOf] = useParam("of");
  const { at } = useMoment();
  const now = useNow();
  const site = useSite();
  const several = (useSites().data?.length ?? 0) > 1;
  const span: SpanName = named && Object.hasOwn(SPANS, named) ? (named as SpanName) : "1y";
  const type = of?.startsWith(TYPE) ? of.slice(TYPE.length) : undefined;
  const query = {
    asset: of && type === undefined ? of : undefined,
    type,
    site: several && (!of || type !== undefined) ? site?.id : undefined,
  };
  const { data, error, isPlaceholderData, refetch } = useReliability(query, at ?? now, SPANS[span], at === null);
  const tools = (
    <>
      <Subject value={of} onChange={setOf} />
      <Segments
        label={texts.span}
        value={span}
        onChange={(value) => setSpan(value === "1y" ? null : value)}
        choices={(Object.keys(SPANS) as SpanName[]).map((value) => ({ value, label: durationName(SPANS[value]) }))}
      />
      {data && (
        <Button
          component="a"
          variant="default"
          href={exportAddress({ ...query, from: data.start, to: data.end })}
          download
          title={texts.reliabilityCsvHint}
        >
          {texts.csv}
        </Button>
      )}
    </>
  );
  return (
    <WorkPage part="reliability" tools={tools}>
      {error && !data ? (
        <Failed error={error} what={texts.reliabilityFailed} retry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.failures === 0 ? (
        <Empty title={texts.noReliability}>{texts.noReliabilityHint}</Empty>
      ) : (
        <div className={styles.stack} data-old={isPlaceholderData || undefined}>
          <FigureRow figures={data} />
          <Charts months={data.months} failures={data.failures} />
          {data.rows.length > 0 && <ByAsset rows={data.rows} />}
          <p className={ui.sub}>{texts.formulas}</p>
        </div>
      )}
    </WorkPage>
  );
}

function Subject({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const data = useMemo(() => {
    const types = [...new Set(catalog?.assets.map((each) => each.type).filter(Boolean) ?? [])].sort();
    return [
      { group: texts.types, items: types.map((each) => ({ value: `${TYPE}${each}`, label: texts.ofType(each) })) },
      {
        group: texts.assets,
        items: (catalog?.assets ?? []).map(({ id, tag, name }) => ({ value: id, label: `${tag} · ${name}` })),
      },
    ].filter(({ items }) => items.length > 0);
  }, [catalog]);
  return (
    <Select
      className={styles.subject}
      aria-label={texts.reliabilityOf}
      placeholder={texts.everything}
      searchable
      clearable
      limit={80}
      data={data}
      value={value}
      onChange={onChange}
    />
  );
}

const percent = (share: number | null) =>
  share === null ? texts.notKnown : `${formatNumber(share * 100, share > 0.99 && share < 1 ? 2 : 1)} %`;

const intervalOf = (interval: Figures["mtbf_interval"]) =>
  interval
    ? texts.interval(formatHours(interval.low), interval.high === null ? null : formatHours(interval.high))
    : texts.few;

function FigureRow({ figures }: { figures: Reliability }) {
  const { trend } = figures;
  const list = [
    {
      name: texts.mtbf,
      value: formatHours(figures.mtbf_h),
      detail: `${texts.bases[figures.basis]} · ${intervalOf(figures.mtbf_interval)}`,
    },
    {
      name: texts.mttr,
      value: formatHours(figures.mttr_h),
      detail: `${texts.restoredOf(figures.restored, figures.failures)} · ${intervalOf(figures.mttr_interval)}`,
    },
    {
      name: texts.availability,
      value: percent(figures.availability),
      detail: texts.downtimeOf(formatHours(figures.downtime_h)),
    },
    {
      name: texts.failures,
      value: formatCount(figures.failures),
      detail: texts.ofAssets(figures.assets),
    },
    {
      name: texts.trend,
      value: texts.verdicts[trend.verdict],
      detail: trend.u === null ? texts.verdictUnknown : texts.verdictHint(formatNumber(trend.u, 2)),
      bad: trend.verdict === "worse",
    },
  ];
  return (
    <dl className={styles.figures}>
      {list.map(({ name, value, detail, bad }) => (
        <div key={name} data-bad={bad || undefined}>
          <dt>{name}</dt>
          <dd>
            <b>{value}</b>
            <span>{detail}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const failuresOf = (month: Month) => month.failures;
const mtbfOf = (month: Month) => month.mtbf_h;
const mttrOf = (month: Month) => month.mttr_h;

function Charts({ months, failures }: { months: readonly Month[]; failures: number }) {
  return (
    <div className={styles.charts}>
      <Card title={texts.failures} aside={texts.perMonthAside}>
        <MonthChart
          months={months}
          value={failuresOf}
          say={formatCount}
          label={texts.chartLabel(failures, months.length)}
        />
      </Card>
      <Card title={texts.mtbfShort} aside={texts.perMonthAside}>
        <MonthChart months={months} value={mtbfOf} say={formatHours} label={texts.chartOf(texts.mtbf)} />
      </Card>
      <Card title={texts.mttrShort} aside={texts.perMonthAside}>
        <MonthChart months={months} value={mttrOf} say={formatHours} label={texts.chartOf(texts.mttr)} />
      </Card>
    </div>
  );
}

function ByAsset({ rows }: { rows: readonly Row[] }) {
  const tenant = useTenant();
  return (
    <Card title={texts.byAsset} flush>
      <DataTable
        rows={rows}
        keyOf={(row) => row.asset.id}
        label={texts.byAsset}
        columns={[
          {
            head: texts.asset,
            cell: (row) => (
              <Link href={hrefWith(`/t/${tenant?.slug}/work`, { asset: row.asset.id, show: "all" })}>
                <b>{row.asset.tag}</b> {row.asset.name}
              </Link>
            ),
          },
          { head: texts.assetType, cell: (row) => row.type },
          { head: texts.failures, number: true, cell: (row) => formatCount(row.failures) },
          {
            head: texts.mtbfShort,
            number: true,
            cell: (row) => (
              <>
                {formatHours(row.mtbf_h)}
                {row.basis !== "calendar" && <div className={ui.sub}>{texts.countedBy(row.counted_by ?? "")}</div>}
              </>
            ),
          },
          { head: texts.mttrShort, number: true, cell: (row) => formatHours(row.mttr_h) },
          { head: texts.availability, number: true, cell: (row) => percent(row.availability) },
          {
            head: texts.trend,
            className: styles.verdict,
            cell: (row) => (
              <span data-bad={row.trend.verdict === "worse" || undefined}>{texts.verdicts[row.trend.verdict]}</span>
            ),
          },
        ]}
      />
    </Card>
  );
}
