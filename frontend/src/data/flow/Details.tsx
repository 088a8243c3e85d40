import type { Flow } from "../../api/types";
import { DASH, formatCount, formatNumber } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { SourceActions } from "./SourceActions";
import { Trace } from "./Trace";
import type { Stage } from "./model";
import { formatLag, formatRate, sum } from "./model";
import styles from "./flow.module.css";
import { texts } from "./texts";

interface Props {
  stage: Stage;
  flow: Flow;
  mayEdit: boolean;
  watch: () => void;
  close: () => void;
}

const REPLAY = "replay";

type Row = [string, React.ReactNode];

/** The selected stage: its trend and its figures over the chosen span. */
export function Details({ stage, flow, mayEdit, watch, close }: Props) {
  const source = flow.sources.find((each) => each.id === stage.id);
  const series = source ? source.accepted : stage.id === "writer" ? flow.writer.stored : undefined;
  const rejected = source ? source.rejected : stage.id === "writer" ? flow.writer.rejected : undefined;
  const rows = source ? sourceRows(source) : rowsOf(stage.id, flow);
  const endpoints = source && texts.endpointsOf[source.kind];
  const isReplay = source?.kind === REPLAY;
  return (
    <Inspector title={stage.title} subtitle={stage.detail} onClose={close}>
      {source && !isReplay && (
        <SourceActions
          key={source.id}
          flow={source}
          title={stage.title}
          mayEdit={mayEdit}
          watch={watch}
          close={close}
        />
      )}
      {series && (
        <InspectorSection title={(source ? texts.arriving : texts.storing)(peakOf(series, flow.step_ms))}>
          <Trace numbers={series} height={48} />
        </InspectorSection>
      )}
      {source && <TurnedAway source={source} />}
      {rejected && (
        <InspectorSection title={texts.rejectedSeries}>
          {sum(rejected) ? <Trace numbers={rejected} height={32} /> : <p className={ui.quiet}>{texts.noneRejected}</p>}
        </InspectorSection>
      )}
      {rows.length > 0 && (
        <dl className={ui.dl}>
          {rows.map(([name, value]) => (
            <div key={name} className={styles.pair}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {endpoints && (
        <InspectorSection title={texts.endpoints}>
          {endpoints.map((each) => (
            <p key={each}>
              <code>{each}</code>
            </p>
          ))}
        </InspectorSection>
      )}
    </Inspector>
  );
}

/** Requests of which nothing was taken, and the last error that was the reason. */
function TurnedAway({ source }: { source: Flow["sources"][number] }) {
  const { turned_away, last_error } = source;
  if (!sum(turned_away) && !last_error) return null;
  return (
    <InspectorSection title={texts.turnedAwaySeries}>
      {sum(turned_away) > 0 && <Trace numbers={turned_away} height={32} />}
      {last_error && (
        <div className={styles.source}>
          <p>
            <Ago ms={last_error.at} />: {last_error.reason}
          </p>
          {last_error.item && <pre className={ui.pre}>{last_error.item}</pre>}
        </div>
      )}
    </InspectorSection>
  );
}

const peakOf = (numbers: readonly number[], stepMs: number): string =>
  formatRate((Math.max(0, ...numbers) / stepMs) * 1000);

function sourceRows(source: Flow["sources"][number]): Row[] {
  const [accepted, rejected, requests] = [sum(source.accepted), sum(source.rejected), sum(source.requests)];
  return [
    ...(source.kind === REPLAY ? [] : [[texts.onError, texts.onErrorShort[source.on_error]] as Row]),
    [texts.accepted, formatCount(accepted)],
    [texts.rejectedCount, formatCount(rejected)],
    [texts.requests, formatCount(requests)],
    [texts.turnedAway, formatCount(sum(source.turned_away))],
    [texts.perRequest, requests ? formatNumber((accepted + rejected) / requests, 1) : DASH],
    [texts.sendersCount, formatCount(source.senders)],
    [texts.last, source.last === null ? DASH : <Ago ms={source.last} />],
  ];
}

function rowsOf(id: string, flow: Flow): Row[] {
  if (id === "writer") {
    const { stored, rejected, left_out, batches, lag_ms, busy_ms, last } = flow.writer;
    const count = sum(batches);
    const mean = (numbers: number[]) => (count ? formatLag(sum(numbers) / count) : DASH);
    return [
      [texts.stored, formatCount(sum(stored))],
      [texts.rejectedCount, formatCount(sum(rejected))],
      [texts.leftOut, formatCount(sum(left_out))],
      [texts.batches, formatCount(count)],
      [texts.meanLag, mean(lag_ms)],
      [texts.meanBusy, mean(busy_ms)],
      [texts.last, last === null ? DASH : <Ago ms={last} />],
    ];
  }
  if (id === "queue") {
    const { waiting, limit, oldest } = flow.queue;
    return [
      [texts.waiting, formatCount(waiting)],
      [texts.oldest, oldest === null ? DASH : <Ago ms={oldest} />],
      [texts.limit, formatCount(limit)],
    ];
  }
  if (id === "database") return [[texts.limit, formatCount(flow.sensors.limit)]];
  if (id === "letters")
    return [
      [texts.waiting, formatCount(flow.letters.kept)],
      [texts.limit, formatCount(flow.letters.limit)],
      [texts.rejectedCount, formatCount(flow.letters.dropped)],
    ];
  return [];
}
