import { useEffect, useMemo, useRef } from "react";
import { Link } from "wouter";
import { displayUnit, formatDate, formatMoment, formatNumber, formatTime, formatValue } from "../../format";
import { useHref, useMomentOf } from "../../moment";
import { EditSensor } from "../../sensors/EditSensor";
import { sparkOf } from "../../series/spark";
import { useTenant } from "../../tenant";
import { abnormalOf } from "../core/limits";
import type { Entry } from "../core/types";
import { useTrend } from "../data";
import { texts as all } from "../texts";
import { useRestingEnd } from "../useRestingEnd";
import styles from "./card.module.css";
import { useAge, useEntry, useStage } from "./context";
import type { OpenCard } from "./useCard";

const texts = all.card;
const DAY = 86_400_000;
const SPARK = { width: 246, height: 44 };

/** A value in full: its age, its limits, the day before; and what leads on from it. */
export function SensorCard({ card, close }: { card: OpenCard; close: () => void }) {
  const { sensor: sensorOf, asset: assetOf, select } = useStage();
  const tenant = useTenant();
  const hrefWith = useHref();
  const entry = useEntry(card.sensor);
  const root = useRef<HTMLDivElement>(null);
  const sensor = sensorOf(card.sensor);
  const { pinned } = card;
  useEffect(() => {
    if (pinned) root.current?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  }, [pinned, card.sensor]);
  const asset = sensor?.asset ? assetOf(sensor.asset) : undefined;
  return (
    <div
      className={styles.card}
      ref={root}
      data-is-card
      role="dialog"
      aria-label={texts.label(sensor?.tag ?? card.sensor)}
      style={{ left: card.left, top: card.top }}
    >
      {sensor ? (
        <>
          <h3 title={sensor.name}>
            {sensor.tag} <span>{sensor.name}</span>
          </h3>
          <Value sensor={sensor} entry={entry} />
          <Day sensor={sensor} />
          <div className={styles.actions}>
            <Link href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors: sensor.tag, range: "1d" })}>
              {texts.trend}
            </Link>
            <EditSensor sensor={sensor} className="">
              {texts.sensor}
            </EditSensor>
            {asset && (
              <button
                type="button"
                onClick={() => {
                  select(asset.id, sensor.id);
                  close();
                }}
              >
                {texts.asset(asset.tag)}
              </button>
            )}
          </div>
        </>
      ) : (
        <p>{all.tag.gone}</p>
      )}
    </div>
  );
}

type Sensor = NonNullable<ReturnType<ReturnType<typeof useStage>["sensor"]>>;

function Value({ sensor, entry }: { sensor: Sensor; entry: Entry | undefined }) {
  const { zone } = useStage();
  const live = useMomentOf((at) => at === null);
  const abnormal = abnormalOf(entry, sensor);
  const limit = sensor.range?.[abnormal === "low" ? 0 : 1];
  const when = entry?.t == null ? "" : formatMoment(entry.t, zone);
  const age = useAge(entry);
  return (
    <>
      <p>
        <b className="figures">{formatValue(entry?.v, sensor.unit, sensor)}</b>
        {when && (live ? texts.age(when, age) : texts.ageThen(when, age))}
      </p>
      {abnormal && (
        <p data-abnormal={abnormal}>
          <i>{all.tag.abnormal[abnormal]}</i>
          {abnormal === "fault" ? texts.fault : texts[abnormal](formatValue(limit, sensor.unit, sensor))}
        </p>
      )}
      {entry?.changed && <p>{texts.changed}</p>}
      {(entry?.reason || entry?.q === 2) && <p>{entry.reason ?? texts.bad}</p>}
    </>
  );
}

function Day({ sensor }: { sensor: Sensor }) {
  const { zone } = useStage();
  const live = useMomentOf((at) => at === null);
  const end = useRestingEnd();
  const window = useMemo(() => ({ start: end - DAY, end }), [end]);
  const { data, error } = useTrend(sensor.id, window, SPARK.width, false);
  const discrete = sensor.kind === "discrete";
  const spark = useMemo(() => data && sparkOf(data, { ...window, ...SPARK }, discrete), [data, window, discrete]);
  const unit = displayUnit(sensor.unit);
  return (
    <figure aria-label={live ? texts.lastDay : texts.dayBefore}>
      {spark ? (
        <svg viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} preserveAspectRatio="none" aria-hidden="true">
          <path d={spark.path} vectorEffect="non-scaling-stroke" />
        </svg>
      ) : (
        <p>{error ? texts.failed : data ? texts.noSamples : "\u00a0"}</p>
      )}
      <figcaption>
        <span>{`${formatDate(window.start, zone, false)} ${formatTime(window.start, zone, false)}`}</span>
        {spark && !discrete && (
          <span>{`${formatNumber(spark.low)} … ${formatNumber(spark.high)}${unit ? `\u202f${unit}` : ""}`}</span>
        )}
        <span>{`${formatDate(window.end, zone, false)} ${formatTime(window.end, zone, false)}`}</span>
      </figcaption>
    </figure>
  );
}
