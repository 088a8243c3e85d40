import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import type { Sensor } from "../../api/types";
import { formatDate } from "../../format";
import { Inspector } from "../../frame";
import { useNow } from "../../moment";
import type { Zone } from "../../moment";
import { ErrorMessage } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import { save } from "../../ui/save";
import type { Trace } from "../lanes";
import { alike } from "../range";
import type { Span } from "../range";
import { spanLabel } from "../RangePicker";
import { statisticsCsv } from "./csv";
import { readPercentiles, statisticsQuery } from "./data";
import { SensorStatistics } from "./SensorStatistics";
import styles from "./statistics.module.css";
import { texts } from "../texts";

interface Props {
  traces: Trace[];
  /** Tags of what has no samples of its own. */
  calculated: string[];
  span: Span;
  zone: Zone;
  /** Moves the cursor to a moment. */
  pin: (t: number) => void;
  /** The start of the exported file's name. */
  site: string;
  children: ReactNode;
}

/** Statistics of the whole range for each chosen sensor. */
export function StatisticsPane({ traces, calculated, span, zone, pin, site, children }: Props) {
  const sensors = traces.map((each) => each.sensor);
  const client = useQueryClient();
  const thisYear = formatDate(useNow(), zone.name).slice(-4);
  // Percentiles read every sample, so they are kept for the range they were requested for.
  const [requested, setRequested] = useState<{ span: Span; list: string } | null>(null);
  const percentiles = requested && alike(requested.span, span) ? requested : null;
  const exported = useMutation({
    mutationFn: async () => {
      const { list, span: of } = percentiles ?? { list: "", span };
      const read = (sensor: Sensor) => client.fetchQuery(statisticsQuery(sensor, of, list));
      const rows = await Promise.all(sensors.map(async (sensor) => ({ sensor, statistics: await read(sensor) })));
      const name = `${site} statistics ${new Date(of.start).toISOString().slice(0, 16).replace(":", "")}`;
      save(new Blob([statisticsCsv(rows, zone.name)], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
    },
  });
  return (
    <Inspector title={texts.statistics} subtitle={spanLabel(span, zone.name, thisYear)}>
      {children}
      {calculated.length > 0 && <p className={styles.without}>{texts.noStatisticsOf(calculated.join(", "))}</p>}
      <div data-testid="statistics">
        {traces.map((trace) => (
          <SensorStatistics
            key={trace.sensor.id}
            trace={trace}
            span={span}
            percentiles={percentiles}
            zone={zone.name}
            pin={pin}
          />
        ))}
      </div>
      <Percentiles onRequest={(list) => setRequested({ span, list })} />
      {exported.isError && <ErrorMessage error={exported.error} />}
      <Button variant="default" loading={exported.isPending} onClick={() => exported.mutate()}>
        {texts.exportCsv}
      </Button>
    </Inspector>
  );
}

function Percentiles({ onRequest }: { onRequest: (list: string) => void }) {
  const [text, setText] = useState("5, 50, 95");
  const list = readPercentiles(text);
  const submit = () => {
    if (list) onRequest(list);
  };
  return (
    <SubmitForm className={styles.percentiles} onSubmit={submit}>
      <TextInput
        label={texts.percentiles}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={list === null && texts.percentilesHint}
      />
      <Button type="submit" variant="default" disabled={list === null} title={texts.percentilesCost}>
        {texts.apply}
      </Button>
    </SubmitForm>
  );
}
