import { useElementSize } from "@mantine/hooks";
import { formatDate, formatDuration, formatMoment, formatNumber } from "../../format";
import { useZone } from "../../moment";
import ui from "../../ui/ui.module.css";
import { lanesOf } from "./occurrences";
import styles from "./rules.module.css";
import { texts } from "./texts";
import type { Tried } from "./useBacktest";

const LANE = 20;
const NAME = 96;
const COUNT = 40;

/** What the rule would have raised: in one sentence, and when. */
export function BacktestPicture({ tried: { days, result } }: { tried: Tried }) {
  const { ref, width } = useElementSize();
  const zone = useZone().name;
  const lanes = lanesOf(result);
  const room = Math.max(1, width - NAME - COUNT);
  const x = (t: number) => NAME + ((t - result.start) / (result.end - result.start)) * room;
  const height = lanes.length * LANE;
  return (
    <div ref={ref} data-testid="backtest">
      <p role="status" className={styles.sentence}>
        {texts.wouldHave(result.count, days, result.shorter_than_2_min)}
      </p>
      {result.count > 0 && <p className={ui.sub}>{texts.perDay(formatNumber(result.per_day, 2))}</p>}
      {!result.complete && <p className={ui.sub}>{texts.backtestCut}</p>}
      {width > 0 && lanes.length > 0 && (
        <svg width={width} height={height + 18} className={styles.picture} role="img" aria-label={texts.pictureLabel}>
          {lanes.map((lane, index) => (
            <g key={lane.key} transform={`translate(0 ${index * LANE})`}>
              <text x={0} y={13}>
                {lane.name || texts.others}
              </text>
              <line x1={NAME} x2={NAME + room} y1={9.5} y2={9.5} />
              {lane.bars.map((bar) => (
                <rect
                  key={`${bar.start} ${bar.end}`}
                  x={x(bar.start)}
                  y={4}
                  width={Math.max(2, x(bar.end) - x(bar.start))}
                  height={11}
                  rx={1.5}
                >
                  <title>
                    {texts.occurrence(
                      formatMoment(bar.start, zone),
                      bar.open ? texts.still : formatDuration(Math.max(1_000, bar.end - bar.start)),
                    )}
                  </title>
                </rect>
              ))}
              <text x={width} y={13} textAnchor="end">
                {lane.count}
              </text>
            </g>
          ))}
          <text x={NAME} y={height + 13}>
            {formatDate(result.start, zone, false)}
          </text>
          <text x={NAME + room} y={height + 13} textAnchor="end">
            {formatDate(result.end, zone, false)}
          </text>
        </svg>
      )}
    </div>
  );
}
