import { Button, Select } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { bytes } from "../../api/client";
import type { Sensor } from "../../api/types";
import type { SiteCatalog } from "../../catalog";
import { formatCount } from "../../format";
import { hrefWith, useMoment, useNow, useParams, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { LeftIcon, RightIcon } from "../../ui/icons";
import { Segments } from "../../ui/Segments";
import { save } from "../../ui/save";
import { Empty, ErrorMessage, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import styles from "../analysis.module.css";
import { texts } from "../texts";
import { statesOf } from "./bars";
import { BY, totalsQuery } from "./data";
import type { By, Question } from "./data";
import { fitsIn, RANGES, readChoice, roundedUp } from "./ranges";
import { TotalsChart } from "./TotalsChart";
import { TotalsTable } from "./TotalsTable";

const MAX_OPTIONS = 50;

/** One sensor per local hour, day, week or month; everything chosen is in the address. */
export function Totals({ catalog }: { catalog: SiteCatalog }) {
  const [params, change] = useParams();
  const now = useNow();
  const { at } = useMoment();
  const zone = useZone();
  const named = params.get("sensor") ?? "";
  const sensor = catalog.sensorById.get(named) ?? catalog.sensorByTag.get(named);
  const { range, by, end: chosen } = readChoice(params);
  const end = roundedUp(chosen ?? at ?? now);
  const question = { sensor: sensor?.id ?? "", by, zone: zone.name, start: end - range.ms, end };
  const move = (share: number) => {
    const until = end + share * range.ms;
    change({ until: until >= now ? null : until });
  };
  return (
    <>
      <div className={styles.bar}>
        <Select
          className={styles.sensor}
          aria-label={texts.sensor}
          placeholder={texts.chooseSensor}
          searchable
          limit={MAX_OPTIONS}
          nothingFoundMessage={texts.nothingFound}
          data={catalog.sensors.map((each) => ({ value: each.id, label: `${each.tag} ${each.name}` }))}
          value={sensor?.id ?? null}
          onChange={(id) => change({ sensor: id })}
        />
        <Segments<By>
          label={texts.per}
          value={by}
          choices={BY.filter((each) => fitsIn(range.ms, each)).map((each) => ({ value: each, label: each }))}
          onChange={(value) => change({ by: value })}
        />
        <span className={styles.range}>
          <Button variant="default" px={8} aria-label={texts.earlier} onClick={() => move(-1)}>
            <LeftIcon size={14} />
          </Button>
          <Button variant="default" px={8} aria-label={texts.later} disabled={end >= now} onClick={() => move(1)}>
            <RightIcon size={14} />
          </Button>
          <Segments
            label={texts.range}
            value={range.value}
            choices={RANGES}
            onChange={(value) => change({ range: value, by: null })}
          />
        </span>
      </div>
      {sensor ? (
        <TotalsOf sensor={sensor} question={question} />
      ) : (
        <Empty title={texts.chooseSensor}>{texts.chooseSensorDetail}</Empty>
      )}
    </>
  );
}

function TotalsOf({ sensor, question }: { sensor: Sensor; question: Question }) {
  const tenant = useTenant();
  const { data, error, refetch, isPlaceholderData } = useQuery(totalsQuery(question));
  const [marked, setMarked] = useState<number | null>(null);
  const exported = useMutation({
    mutationFn: async () => {
      const { sensor: of, ...query } = question;
      const csv = await bytes(`/api/v1/sensors/${of}/totals`, { ...query, format: "csv" });
      save(new Blob([csv], { type: "text/csv;charset=utf-8" }), `${sensor.tag} per ${query.by}.csv`);
    },
  });
  const shown = data?.sensor === sensor.id ? data : undefined;
  if (error && !shown) return <Failed error={error} retry={() => void refetch()} what={texts.totalsUnavailable} />;
  if (!shown) return <Loading />;
  const states = statesOf(shown.results);
  const { sensor: id, ...query } = question;
  return (
    <div className={styles.result} data-old={isPlaceholderData || undefined}>
      <Card
        title={`${sensor.tag} ${sensor.name}`}
        aside={
          <span className={styles.links}>
            <Link href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors: id, start: query.start, end: query.end })}>
              {texts.openInTrends}
            </Link>
            <Button variant="default" loading={exported.isPending} onClick={() => exported.mutate()}>
              {texts.exportCsv}
            </Button>
          </span>
        }
      >
        {exported.isError && <ErrorMessage error={exported.error} />}
        {states === null ? (
          <p className={ui.quiet}>{texts.tooManyStates}</p>
        ) : (
          <TotalsChart totals={shown} sensor={sensor} states={states} marked={marked} mark={setMarked} />
        )}
        <p className={styles.foot}>
          {texts.foot(texts.periods(formatCount(shown.results.length), shown.by), texts.rung(shown.rung), shown.zone)}
          {sensor.kind === "continuous" && ` · ${texts.meanHint}`}
          {!shown.complete && <span role="status"> · {texts.lateSamples}</span>}
        </p>
      </Card>
      <TotalsTable totals={shown} sensor={sensor} states={states} marked={marked} />
    </div>
  );
}
