export interface Bar {
  start: number;
  count: number;
  x: number;
  width: number;
  height: number;
  /** More than an operator can handle. */
  flood: boolean;
}

export interface Bars {
  bars: Bar[];
  /** Heights above the ground of so many alarms per bucket. */
  yOf: (count: number) => number;
  most: Bar | undefined;
}

interface Shape {
  start: number;
  end: number;
  width: number;
  height: number;
}

/** EEMUA 191: more than 10 alarms in 10 minutes are a flood; up to 2 can be managed. */
export const FLOOD_PER_10_MIN = 10;
export const MANAGEABLE_PER_10_MIN = 2;
const TEN_MIN = 600_000;

/** Bars of counts in equal parts of a span; the scale reaches at least twice what can be managed. */
export function barsOf(buckets: readonly number[], bucketMs: number, { start, end, width, height }: Shape): Bars {
  const per = bucketMs / TEN_MIN;
  const top = Math.max(2 * MANAGEABLE_PER_10_MIN * per, ...buckets);
  const yOf = (count: number) => (count / top) * height;
  const step = (bucketMs / (end - start)) * width;
  const bars = buckets.flatMap((count, index): Bar[] =>
    count > 0
      ? [
          {
            start: start + index * bucketMs,
            count,
            x: index * step,
            width: Math.max(1, step - (step > 3 ? 1 : 0)),
            height: yOf(count),
            flood: count > FLOOD_PER_10_MIN * per,
          },
        ]
      : [],
  );
  const most = bars.reduce<Bar | undefined>((best, bar) => (best && best.count >= bar.count ? best : bar), undefined);
  return { bars, yOf, most };
}
