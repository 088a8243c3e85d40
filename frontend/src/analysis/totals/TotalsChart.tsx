import { useState } from "react";
import type { Sensor } from "../../api/types";
import { displayUnit, formatNumber } from "../../format";
import { texts } from "../texts";
import styles from "../analysis.module.css";
import { axisOf, barsOf, periodName, shortName } from "./bars";
import type { Axis, Bar } from "./bars";
import type { Totals } from "./data";

const WIDTH = 1000;
const HEIGHT = 260;
const LEFT = 64;
const BOTTOM = 24;
const TOP = 10;
const MAX_LABELS = 10;
const MARK = 5;

interface Props {
  totals: Totals;
  sensor: Sensor;
  states: string[];
  /** Of the table below. */
  marked: number | null;
  mark: (index: number | null) => void;
}

export function TotalsChart({ totals, sensor, states, marked, mark }: Props) {
  const bars = barsOf(totals.results, sensor, states);
  const inStates = sensor.kind === "discrete" || sensor.kind === "text";
  const axis = axisOf(bars, inStates);
  const [width, setWidth] = useState(WIDTH);
  const step = (width - LEFT) / Math.max(bars.length, 1);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - axis.low) / (axis.high - axis.low));
  const every = Math.ceil(bars.length / Math.max(2, Math.min(MAX_LABELS, Math.floor(width / 90))));
  return (
    <figure className={styles.figure}>
      <figcaption>{inStates ? texts.timeInState : displayUnit(sensor.unit)}</figcaption>
      <svg
        ref={(element) => {
          if (element && element.clientWidth && element.clientWidth !== width) setWidth(element.clientWidth);
        }}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={texts.chartOf(sensor.tag, totals.by)}
        data-testid="totals-chart"
        onMouseLeave={() => mark(null)}
      >
        <Grid axis={axis} y={y} width={width} />
        {bars.map((bar, index) => {
          const period = totals.results[index]!;
          const x = LEFT + index * step;
          return (
            <g key={period.start} data-marked={index === marked || undefined} onMouseEnter={() => mark(index)}>
              <title>{periodName(period, totals.by, totals.zone)}</title>
              <rect className={styles.hit} x={x} y={TOP} width={step} height={HEIGHT - TOP - BOTTOM} />
              <BarShape bar={bar} x={x + step * 0.14} width={Math.max(step * 0.72, 0.5)} y={y} floor={axis.low} />
              {index % every === 0 && x + 60 < width && (
                <text className={styles.tick} x={x + step * 0.14} y={HEIGHT - 7}>
                  {shortName(period, totals.by, totals.zone)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

function Grid({ axis, y, width }: { axis: Axis; y: (value: number) => number; width: number }) {
  return axis.ticks.map((tick) => (
    <g key={tick}>
      <line className={styles.grid} x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
      <text className={styles.tick} x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
        {formatNumber(tick)}
      </text>
    </g>
  ));
}

interface ShapeProps {
  bar: Bar;
  x: number;
  width: number;
  y: (value: number) => number;
  /** Where the axis begins; if that is not zero, there are marks at the values instead of bars. */
  floor: number;
}

function BarShape({ bar: { parts, whisker }, x, width, y, floor }: ShapeProps) {
  return (
    <>
      {parts.map(({ low, high, slot }) => (
        <rect
          key={low}
          x={x}
          width={width}
          y={floor > 0 ? y(high) - MARK / 2 : y(high)}
          height={floor > 0 ? MARK : Math.max(y(low) - y(high), 1)}
          style={{ fill: `var(--pt-series-${slot})` }}
        />
      ))}
      {whisker && (
        <line className={styles.whisker} x1={x + width / 2} x2={x + width / 2} y1={y(whisker[0])} y2={y(whisker[1])} />
      )}
    </>
  );
}
