import { TextInput } from "@mantine/core";
import { useState } from "react";
import { matches, wordsOf } from "../../catalog/tree";
import { formatCount, formatValue } from "../../format";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Empty, ErrorMessage } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { useSourceNames } from "../flow/sources";
import type { Trial, TriedArrival, TriedField } from "./api";
import styles from "./mapping.module.css";
import { texts } from "./texts";
import { tagsText } from "./trial";
import type { Row } from "./trial";

const MAX_ROWS = 200;

interface Props {
  trial: Trial;
  rows: Row[];
  /** The rules as they are typed cannot be tried. */
  outdated: boolean;
  makeRule: (arrival: TriedArrival) => void;
  openRule: (number: number) => void;
}

/** What the rules make of the latest arrivals; what is not stored comes first. */
export function TrialTable({ trial, rows, outdated, makeRule, openRule }: Props) {
  const [filter, setFilter] = useState("");
  const { nameOf } = useSourceNames();
  if (rows.length === 0)
    return (
      <Card title={texts.trial}>
        <Empty title={texts.nothingArrived}>{texts.nothingArrivedWhy}</Empty>
      </Card>
    );
  const words = wordsOf(filter);
  const found = rows.filter(({ arrival, field }) =>
    matches(words, arrival.name, tagsText(arrival.tags), field.field, field.sensor, field.reason, field.outcome),
  );
  return (
    <Card title={texts.trial} aside={outdated ? texts.trialFailed : countsText(trial)} flush>
      <div className={styles.trialHead}>
        {trial.clashes.map((clash) => (
          <ErrorMessage key={`${clash.site} ${clash.sensor}`}>
            {texts.clash(clash.series, `${clash.site} / ${clash.sensor}`)}
          </ErrorMessage>
        ))}
        <TextInput
          data-filter
          className={styles.filter}
          aria-label={texts.filter}
          placeholder={texts.filter}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      <div data-faint={outdated || undefined} className={styles.trial}>
        <DataTable
          rows={found.slice(0, MAX_ROWS)}
          keyOf={(row) => row.key}
          label={texts.trial}
          columns={[
            {
              head: texts.arrival,
              className: styles.arrival,
              cell: ({ arrival, field, count }) => (
                <>
                  <code className={styles.code}>
                    {arrival.name} {tagsText(arrival.tags)} <b>{field.field}</b>
                  </code>
                  <div className={ui.sub}>
                    {nameOf(arrival.source)} · <Ago ms={arrival.received} />
                    {count > 1 && ` · ${texts.times(count)}`}
                  </div>
                </>
              ),
            },
            {
              head: texts.rule,
              cell: ({ field }) =>
                field.rule === null ? (
                  <span className={ui.quiet}>{texts.none_}</span>
                ) : (
                  <button type="button" className={ui.link} onClick={() => openRule(field.rule!)}>
                    {field.rule}
                  </button>
                ),
            },
            { head: texts.becomes, className: styles.result, cell: ({ field }) => <Result field={field} /> },
            { head: texts.value, number: true, cell: ({ field }) => <TriedValue field={field} brief /> },
            {
              cell: ({ arrival, field }) =>
                field.rule === null && (
                  <button type="button" className={ui.link} onClick={() => makeRule(arrival)}>
                    {texts.makeRule}
                  </button>
                ),
            },
          ]}
        />
        {found.length > MAX_ROWS && (
          <p className={styles.more}>{texts.moreRows(formatCount(found.length - MAX_ROWS))}</p>
        )}
      </div>
    </Card>
  );
}

function countsText(trial: Trial): string {
  const order = ["rejected", "kept", "created", "stored"] as const;
  const parts = order.flatMap((each) => {
    const count = trial.counts[each];
    return count ? [`${formatCount(count)} ${texts.outcomes[each]}`] : [];
  });
  return texts.trialCounts(parts.join(", "));
}

const isLost = (field: TriedField) => field.outcome === "kept" || field.outcome === "rejected";

function Result({ field }: { field: TriedField }) {
  if (isLost(field))
    return (
      <>
        <span className={ui.bad}>{texts.outcome[field.outcome]}</span>
        <div className={ui.sub}>{field.reason}</div>
      </>
    );
  return (
    <>
      <code className={styles.code}>
        {field.site && `${field.site} / `}
        {field.sensor}
      </code>
      {field.outcome === "created" && <div className={ui.sub}>{texts.outcome.created}</div>}
    </>
  );
}

const shown = (value: TriedField["value"] | null, unit = "") =>
  typeof value === "number" ? formatValue(value, null, { unit }) : String(value ?? "").slice(0, 60);

/** What was sent, and what it becomes if that differs. */
export function TriedValue({ field, brief = false }: { field: TriedField; brief?: boolean }) {
  if (isLost(field)) return <>{shown(field.value)}</>;
  const becomes = shown(field.becomes, field.unit);
  if (brief && field.becomes === field.value) return <>{becomes}</>;
  return (
    <>
      <span className={ui.quiet}>{shown(field.value)} →</span> {becomes}
    </>
  );
}
