import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../api/client";
import { formatNumber } from "../../format";
import { useReadiness } from "../../frame/health";
import { useParam } from "../../moment";
import { useTenant } from "../../tenant";
import { Segments } from "../../ui/Segments";
import { Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { DataPage } from "../DataPage";
import { Attention } from "./Attention";
import { Details } from "./Details";
import { Picture } from "./Picture";
import { Growth } from "./Growth";
import { Watch } from "./Watch";
import { SourceForm } from "./SourceForm";
import { SPAN_MS, useFlow, useLadder, useSeriesGrowth } from "./api";
import type { Span } from "./api";
import { findingsOf, formatLag, formatRate, pictureOf } from "./model";
import styles from "./flow.module.css";
import { texts } from "./texts";

const formatPercent = (share: number): string =>
  share < 0.001 ? texts.lessThan : formatNumber(share * 100, share < 0.1 ? 1 : 0);

const SPANS = Object.keys(SPAN_MS) as Span[];

/** Where each sample comes from and how far it got: sources, queue, writer, database, ladder, dead letters. */
export function Flow() {
  const tenant = useTenant()!;
  const [chosen, setSpan] = useParam("span");
  const [selected, select] = useParam("stage");
  const [watching, setWatching] = useParam("watch");
  const [creating, setCreating] = useState(false);
  const span = SPANS.find((each) => each === chosen) ?? "15m";
  const now = useFlow("15m");
  const flow = useFlow(span);
  const ladder = useLadder();
  const growth = useSeriesGrowth();
  const { down } = useReadiness();
  const mayInspect = tenant.role !== "viewer";
  const newest = useNewestReason(mayInspect && !!now.data?.letters.kept);
  if (!now.data || !flow.data)
    return (
      <DataPage part="">
        {now.isError ? <Failed error={now.error} retry={() => void now.refetch()} /> : <Loading />}
      </DataPage>
    );
  const databaseUp = !down.some((part) => part.name.startsWith("tenant database"));
  const picture = pictureOf(now.data, flow.data, ladder.data, databaseUp);
  const { rate, lagMs } = picture;
  const stages = [...picture.sources, picture.queue, picture.writer, picture.database, picture.ladder, picture.letters];
  const stage = stages.find((each) => each.id === selected);
  const watched = mayInspect ? picture.sources.find((each) => each.id === watching) : undefined;
  const limit = now.data.samples_per_s;
  return (
    <DataPage
      part=""
      inspector={
        stage && (
          <Details
            stage={stage}
            flow={flow.data}
            mayEdit={mayInspect}
            watch={() => setWatching(stage.id)}
            close={() => select(null)}
          />
        )
      }
    >
      <section className={styles.card}>
        <div className={styles.head}>
          <h2>{texts.samplesPerSecond(formatRate(rate))}</h2>
          <span className={ui.quiet}>
            {rate > 0
              ? [
                  lagMs !== null && texts.readableAfter(formatLag(lagMs)),
                  limit > 0 && texts.ofLimit(formatPercent(rate / limit)),
                ]
                  .filter(Boolean)
                  .join(" · ")
              : texts.notMoving}
          </span>
          <span className={ui.grow} />
          {mayInspect && (
            <Button variant="default" onClick={() => setCreating(true)}>
              {texts.newSource}
            </Button>
          )}
          <Segments
            label={texts.span}
            value={span}
            onChange={(value) => setSpan(value === "15m" ? null : value)}
            choices={SPANS.map((value) => ({ value, label: texts.spans[value] }))}
          />
        </div>
        <Picture picture={picture} selected={selected} onSelect={select} mayInspect={mayInspect} />
      </section>
      {creating && (
        <SourceForm
          close={() => setCreating(false)}
          done={(id) => {
            setCreating(false);
            select(id);
          }}
        />
      )}
      {watched && <Watch key={watched.id} source={watched.id} title={watched.title} close={() => setWatching(null)} />}
      <Attention
        select={select}
        findings={findingsOf(now.data, flow.data, texts.spans[span], newest, growth.data?.warning)}
        mayInspect={mayInspect}
      />
      {growth.data && <Growth growth={growth.data} />}
    </DataPage>
  );
}

function useNewestReason(enabled: boolean): string | undefined {
  const tenant = useTenant()!;
  const query = useQuery({
    queryKey: [tenant.slug, "deadletters", "newest"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/deadletters", { params: { query: { limit: 1 } }, signal })),
    refetchInterval: 10_000,
    enabled,
  });
  return query.data?.results[0]?.reason;
}
