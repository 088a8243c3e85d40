import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { errorText } from "../../api/problem";
import type { Sensor, Statistics } from "../../api/types";
import { displayUnit, formatDuration, formatMoment, formatNumber } from "../../format";
import type { Trace } from "../lanes";
import { alike } from "../range";
import type { Span } from "../range";
import { fromRungs } from "../rungs";
import { heldStates, percentilesOf, statisticsQuery, UNKNOWN } from "./data";
import styles from "./statistics.module.css";
import { texts } from "../texts";

const MAX_STATES = 12;
const WEEK = 7 * 86_400_000;
const YEAR = 365 * 86_400_000;

interface Props {
  trace: Trace;
  span: Span;
  percentiles: { span: Span; list: string } | null;
  zone: string;
  pin: (t: number) => void;
}

export function SensorStatistics({ trace: { sensor, slot }, span, percentiles, zone, pin }: Props) {
  const { data, error, isPlaceholderData } = useQuery(statisticsQuery(sensor, span));
  const old = isPlaceholderData && data !== undefined && !alike(data, span);
  const length = span.end - span.start;
  const when = (t: number | null) =>
    t !== null && (
      <button type="button" onClick={() => pin(t)} title={texts.moveCursorTo(formatMoment(t, zone))}>
        {formatMoment(t, zone, length < WEEK, length > YEAR / 4)}
      </button>
    );
  return (
    <section className={styles.sensor} aria-label={texts.statisticsOf(sensor.tag)} data-old={old || undefined}>
      <h3>
        <i style={{ background: `var(--pt-series-${slot})` }} />
        <b title={sensor.tag}>{sensor.tag}</b>
        <span title={sensor.name}>{sensor.name}</span>
      </h3>
      {error && !data && <p role="alert">{errorText(error)}</p>}
      {data && data.count === 0 && <p>{texts.noSamplesInRange}</p>}
      {data && (data.count > 0 || data.states) && (
        <table>
          <tbody>
            <Row
              name={texts.samples}
              value={formatNumber(data.count, 0)}
              about={`${fromRungs([data.rung])}. ${texts.rungsHint}`}
            >
              {data.bad > 0 && texts.badExcluded(formatNumber(data.bad, 0))}
            </Row>
            {sensor.kind === "discrete" || sensor.kind === "text" ? (
              <States statistics={data} sensor={sensor} />
            ) : (
              <>
                <Figures statistics={data} sensor={sensor} when={when} />
                {percentiles && <PercentileRows sensor={sensor} {...percentiles} />}
              </>
            )}
          </tbody>
        </table>
      )}
      {data && !data.complete && <p role="status">{texts.lateSamples}</p>}
    </section>
  );
}

interface RowProps {
  name: string;
  value: ReactNode;
  about?: string;
  children?: ReactNode;
}

function Row({ name, value, about, children }: RowProps) {
  return (
    <tr title={about}>
      <th scope="row" title={about ?? name}>
        {name}
      </th>
      <td>{value}</td>
      <td>{children}</td>
    </tr>
  );
}

function Figure({ value, sensor }: { value: number | null | undefined; sensor: Sensor }) {
  return (
    <>
      {formatNumber(value)} <small>{displayUnit(sensor.unit)}</small>
    </>
  );
}

interface FiguresProps {
  statistics: Statistics;
  sensor: Sensor;
  when: (t: number | null) => ReactNode;
}

function Figures({ statistics: { min, tmin, max, tmax, mean, std, increase }, sensor, when }: FiguresProps) {
  return (
    <>
      {increase !== undefined && <Row name={texts.increase} value={<Figure value={increase} sensor={sensor} />} />}
      <Row name={texts.min} value={<Figure value={min} sensor={sensor} />}>
        {when(tmin)}
      </Row>
      <Row name={texts.max} value={<Figure value={max} sensor={sensor} />}>
        {when(tmax)}
      </Row>
      {sensor.kind !== "counter" && (
        <Row name={texts.meanRow} value={<Figure value={mean} sensor={sensor} />} about={texts.meanHint}>
          {texts.stdDev} <b>{formatNumber(std)}</b>
        </Row>
      )}
    </>
  );
}

function States({ statistics, sensor }: { statistics: Statistics; sensor: Sensor }) {
  const held = heldStates(statistics, sensor);
  if (held === null) return <Row name={texts.states} value={texts.tooManyStates} />;
  return (
    <>
      {held.slice(0, MAX_STATES).map(({ name, ms, share }) => (
        <Row key={name} name={name} value={shareName(share)} about={aboutState(name, sensor)}>
          {formatDuration(ms)}
        </Row>
      ))}
      {held.length > MAX_STATES && <Row name={texts.others} value={formatNumber(held.length - MAX_STATES, 0)} />}
    </>
  );
}

function aboutState(name: string, sensor: Sensor): string {
  if (name === UNKNOWN) return texts.unknownStateHint;
  return sensor.sampling === "periodic" ? texts.periodicStateHint(name) : texts.stateHint(name);
}

/** A state that was active at all is not "0 %", and one that was nearly always active is not "100 %". */
function shareName(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1\u2009%";
  if (share > 0.999 && share < 1) return "> 99.9\u2009%";
  return `${formatNumber(100 * share, 1)}\u2009%`;
}

function PercentileRows({ sensor, span, list }: { sensor: Sensor; span: Span; list: string }) {
  const { data, error, isPending } = useQuery({
    ...statisticsQuery(sensor, span, list),
    placeholderData: undefined,
  });
  if (error || isPending) {
    return (
      <tr>
        <td colSpan={3} className={styles.status} role={error ? "alert" : "status"}>
          {error ? errorText(error) : texts.readingEverySample}
        </td>
      </tr>
    );
  }
  return percentilesOf(data).map(([name, value]) => (
    <Row key={name} name={`P${name}`} value={<Figure value={value} sensor={sensor} />} />
  ));
}
