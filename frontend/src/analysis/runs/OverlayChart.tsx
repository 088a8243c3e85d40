import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Sensor } from "../../api/types";
import { displayUnit, formatDuration, formatMoment, formatNumber } from "../../format";
import { ErrorMessage, Loading } from "../../ui/states";
import styles from "../analysis.module.css";
import { texts } from "../texts";
import { overlayQuery } from "./data";
import type { Run } from "./data";
import { pathOf, scaleOf, ticksOf } from "./overlay";

const WIDTH = 1000;
const HEIGHT = 260; // as the style sheet says: otherwise it is scaled
const LEFT = 64;
const BOTTOM = 26;
const TOP = 10;

interface Props {
  sensor: Sensor;
  runs: Run[];
  /** The start of the best one, which is drawn on top. */
  best: number | null;
  zone: string;
}

/** The runs on a common start. */
export function OverlayChart({ sensor, runs, best, zone }: Props) {
  const spans = runs.map(({ start, end }) => ({ start, end }));
  const { data, error } = useQuery(overlayQuery(sensor.id, spans));
  const [width, setWidth] = useState(WIDTH);
  if (error) return <ErrorMessage error={error} />;
  if (!data) return <Loading />;
  const scale = scaleOf(data.results);
  const x = (t: number) => LEFT + (t / scale.length) * (width - LEFT - 8);
  const y = (v: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (v - scale.low) / (scale.high - scale.low));
  const step = sensor.kind !== "continuous";
  const lines = [...data.results].sort((a, b) => Number(a.start === best) - Number(b.start === best));
  return (
    <figure className={styles.figure}>
      <figcaption>
        {sensor.tag} {displayUnit(sensor.unit)} · {texts.sinceStart}
      </figcaption>
      <svg
        ref={(element) => {
          if (element?.clientWidth && element.clientWidth !== width) setWidth(element.clientWidth);
        }}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={texts.overlayOf(sensor.tag, data.results.length)}
        data-testid="overlay-chart"
      >
        {ticksOf(scale.low, scale.high).map((tick) => (
          <g key={tick}>
            <line className={styles.grid} x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text className={styles.tick} x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
              {formatNumber(tick)}
            </text>
          </g>
        ))}
        {[0.25, 0.5, 0.75, 1].map((share) => (
          <text
            key={share}
            className={styles.tick}
            x={x(share * scale.length)}
            y={HEIGHT - 8}
            textAnchor={share === 1 ? "end" : "middle"}
          >
            {formatDuration(share * scale.length)}
          </text>
        ))}
        {lines.map((line) => (
          <path
            key={line.start}
            className={styles.run}
            data-best={line.start === best || undefined}
            d={pathOf(line, x, y, step)}
          >
            <title>{formatMoment(line.start, zone, false)}</title>
          </path>
        ))}
      </svg>
    </figure>
  );
}
